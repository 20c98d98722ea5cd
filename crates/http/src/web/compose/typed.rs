//! What stands in the form where one writes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::body::Bytes;
use model::audience::Audience;
use model::clock::{DAY, MINUTE, Millis, date, parse_from, rfc3339};
use model::experiment::{Experiment, Sentences, Wanted, read as read_sentences};
use model::id::Id;
use model::poll::Poll;
use model::post::{Draft, Post};
use storage::Aim;

use crate::ApiError;
use crate::params::Params;
use crate::web::language::Language;

/// Choices of a poll that can be filled in.
const CHOICES: usize = 4;
/// A line with this alone stands between the posts of a thread where they are kept as one text: in a draft, and in what a browser
/// brings back.
const NEXT: &str = "⁂";

/// Everything that can be typed or chosen. Names are those of the API, so that what is sent is read by it.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a box of the form")]
pub struct Typed {
    pub status: String,
    /// What is said in further posts, each an answer to the one before it.
    pub more: Vec<String>,
    pub summary: String,
    pub sensitive: bool,
    pub language: String,
    /// The button that was pressed: for whom it is; empty if that was another.
    pub to: String,
    /// For whom it is to be, before a button was pressed.
    pub wished: String,
    /// The button for people that was pressed before the form came back.
    pub meant: String,
    /// Who may quote it: a name of the API; empty: as usual.
    pub quotes: String,
    pub in_reply_to: Option<Id>,
    pub quoted: Option<Id>,
    pub draft: Option<Id>,
    /// When the draft that the form was made of was kept; nothing: it was made of none.
    pub draft_seen: Option<Millis>,
    /// The draft says something else by now.
    pub overtaken: bool,
    /// Files and what is said of each.
    pub media: Vec<(Id, String)>,
    /// What is said of a file that is about to be attached.
    pub new_alt: String,
    /// Something was just attached.
    pub attached: bool,
    /// It was asked once whether nothing is to be said of a file.
    pub alt_asked: bool,
    pub choices: Vec<String>,
    /// Days.
    pub poll_days: i64,
    pub poll_multiple: bool,
    /// `2027-01-31T09:00`, in the browser's time.
    pub at: String,
    /// Minutes from there to UTC, as browsers say it; without a script it is UTC.
    pub offset: i64,
    /// Makes of two sendings one post.
    pub key: String,
    pub hat: String,
    pub is_experiment: bool,
    pub believe: String,
    pub leads_to: String,
    pub test: String,
    pub share: String,
    pub is_planned: bool,
    pub testers: bool,
    pub critical_friend: bool,
    pub look_again: String,
    pub place: String,
    pub organisation: String,
    pub licence: String,
    pub tries: Option<Id>,
    pub changed: String,
}

impl Typed {
    pub fn read(params: &Params) -> Self {
        let text = |name| params.text(name).unwrap_or_default();
        let poll = params.group("poll").unwrap_or_default();
        let own = params.group("outloud").unwrap_or_default();
        let x = own.group("experiment").unwrap_or_default();
        let said = |name| x.text(name).unwrap_or_default();
        let asks = x.list("asks");
        let tries = params.number("tries").or_else(|| x.number("tries"));
        let media = params.ids("media_ids");
        Self {
            status: params.text("status").or_else(|| params.text("text")).unwrap_or_default(),
            more: params.list("more"),
            summary: text("spoiler_text"),
            sensitive: params.flag("sensitive").unwrap_or(false),
            language: text("language"),
            to: text("to"),
            wished: text("for"),
            meant: text("meant"),
            quotes: text("quote_approval_policy"),
            in_reply_to: params.number("in_reply_to_id"),
            quoted: params.number("quoted_status_id"),
            draft: params.number("draft"),
            draft_seen: params.number("draft_seen"),
            overtaken: false,
            media: media.iter().map(|id| (*id, params.text(&format!("alt-{id}")).unwrap_or_default())).collect(),
            new_alt: text("alt"),
            attached: false,
            alt_asked: params.flag("alt_asked").unwrap_or(false),
            choices: poll.list("options"),
            poll_days: params.number("poll_days").unwrap_or(7).clamp(1, 365),
            poll_multiple: poll.flag("multiple").unwrap_or(false),
            at: text("at"),
            offset: params.number("offset").unwrap_or(0).clamp(-1_000, 1_000),
            key: text("key"),
            hat: own.text("hat").unwrap_or_default(),
            is_experiment: own.has("experiment") || tries.is_some() || text("kind") == "experiment",
            believe: said("believe"),
            leads_to: said("leads_to"),
            test: said("test"),
            share: said("share"),
            is_planned: said("state") != "running",
            testers: asks.iter().any(|a| a == "testers"),
            critical_friend: asks.iter().any(|a| a == "critical_friend"),
            look_again: said("look_again_on"),
            place: said("place"),
            organisation: said("organisation"),
            licence: said("licence"),
            tries,
            changed: said("changed"),
        }
    }

    pub fn of_post(post: &Post) -> Self {
        Self {
            status: post.source.clone(),
            summary: post.summary.clone(),
            sensitive: post.sensitive,
            language: post.language.clone(),
            in_reply_to: post.in_reply_to_id,
            poll_days: 7,
            ..Self::default()
        }
    }

    /// Makes of one text the posts of a thread that it was kept for.
    pub fn unfold(&mut self) {
        let mut parts = vec![String::new()];
        for line in self.status.split('\n') {
            if line.trim() == NEXT {
                parts.push(String::new());
            } else if let Some(part) = parts.last_mut() {
                part.push_str(line);
                part.push('\n');
            }
        }
        if parts.len() > 1 {
            let mut parts = parts.into_iter().map(|part| part.trim().to_owned());
            self.status = parts.next().unwrap_or_default();
            self.more = parts.chain(std::mem::take(&mut self.more)).collect();
        }
    }

    /// The posts of a thread as one text, to be kept.
    pub fn folded(&self) -> String {
        let mut text = self.status.trim_end().to_owned();
        for part in self.further() {
            text = format!("{text}\n\n{NEXT}\n\n{part}");
        }
        text
    }

    /// What further posts say: those in which nothing stands are none.
    pub fn further(&self) -> impl Iterator<Item = &str> {
        self.more.iter().map(|part| part.trim()).filter(|part| !part.is_empty())
    }

    /// Makes of two sendings of the same one post; `files` come with it. Other words, or for others, are a post of their own.
    pub fn once(&self, files: &[Bytes]) -> Option<String> {
        let mut hasher = DefaultHasher::new();
        (format!("{self:?}"), files).hash(&mut hasher);
        (!self.key.is_empty()).then(|| format!("{}-{:016x}", self.key, hasher.finish()))
    }

    /// For whom it is to be, as far as that was said.
    pub fn for_whom(&self) -> &str {
        if self.meant.is_empty() { &self.wished } else { &self.meant }
    }

    /// What is to become of the draft `post_id`; `scheduled_at`: when.
    pub fn aim(&self, post_id: Id, scheduled_at: Option<Millis>) -> Aim {
        let (audience, team_id) = match self.for_whom().strip_prefix("team-").map(str::parse) {
            Some(Ok(team)) => (Some(Audience::Team), Some(team)),
            Some(Err(_)) => (None, None),
            None => (Audience::from_name(self.for_whom()), None),
        };
        Aim { post_id, audience, team_id, quote_policy: self.quotes.clone(), scheduled_at }
    }

    pub fn take_aim(&mut self, aim: Aim) {
        if let Some(audience) = aim.audience {
            self.wished = name_of(audience, aim.team_id);
        }
        self.quotes = aim.quote_policy;
        // In UTC: a script says it in the browser's time.
        let at = aim.scheduled_at.map(rfc3339);
        self.at = at.and_then(|at| Some(at.get(..16)?.to_owned())).unwrap_or_default();
        self.offset = 0;
    }

    pub fn take_poll(&mut self, poll: &Poll) {
        self.choices = poll.titles();
        self.poll_multiple = poll.multiple;
    }

    pub fn take_experiment(&mut self, x: &Experiment) {
        // What is one only by its words goes on to be that.
        if x.by_words {
            return;
        }
        self.is_experiment = true;
        let (sentences, rest) = read_sentences(&self.status);
        if !sentences.is_empty() {
            let Sentences { believe, leads_to, test, share } = sentences;
            (self.believe, self.leads_to, self.test, self.share) = (believe, leads_to, test, share);
            self.status = rest;
        }
        self.is_planned = x.state == model::experiment::State::Planned;
        self.testers = x.testers;
        self.critical_friend = x.critical_friend;
        self.look_again = x.look_again_at.map_or_else(String::new, date);
        self.place.clone_from(&x.place);
        self.organisation.clone_from(&x.organisation);
        self.licence = x.licence.map_or_else(String::new, |l| l.name().to_owned());
        self.tries = x.tries_id;
        self.changed.clone_from(&x.changed);
    }

    /// The choices of a poll, with room for as many as there can be.
    pub fn fields(&self) -> Vec<String> {
        let mut fields = self.choices.clone();
        fields.resize(fields.len().max(CHOICES), String::new());
        fields
    }

    /// Something is said beside the text, so that the part of the form for it stands open.
    pub fn has_poll(&self) -> bool {
        self.choices.iter().any(|c| !c.trim().is_empty())
    }

    /// Puts into a draft what the form says in other words than the API.
    ///
    /// # Errors
    /// 422 for somebody whom nothing can be posted for.
    pub fn fill(&self, draft: &mut Draft) -> Result<(), ApiError> {
        let unknown = || ApiError::unprocessable("Validation failed: There is nobody of that name to post to");
        (draft.audience, draft.team_id) = match self.to.strip_prefix("team-") {
            Some(team) => (Some(Audience::Team), Some(team.parse().map_err(|_| unknown())?)),
            None if self.to == "save" => (None, None),
            None => (Some(Audience::from_name(&self.to).ok_or_else(unknown)?), None),
        };
        draft.is_vague = false;
        draft.media_ids = self.media.iter().map(|(id, _)| *id).collect();
        let said = |options: &Vec<String>| options.iter().any(|o| !o.trim().is_empty());
        draft.poll = draft.poll.take().filter(|poll| said(&poll.options));
        if let Some(poll) = &mut draft.poll {
            poll.options.retain(|o| !o.trim().is_empty());
            poll.expires_in = Some(self.poll_days * DAY);
        }
        if let Some(Wanted::Is(form)) = &mut draft.experiment {
            form.organisation = form.organisation.take().filter(|o| !o.trim().is_empty());
        }
        Ok(())
    }

    /// When it is to be posted; nothing: at once.
    ///
    /// # Errors
    /// 422 for what is no time.
    pub fn scheduled_at(&self, t: Language) -> Result<Option<Millis>, ApiError> {
        if self.at.trim().is_empty() {
            return Ok(None);
        }
        let at = parse_from(&format!("{}:00Z", self.at.trim().get(..16).unwrap_or_default()));
        let at = at.ok_or_else(|| ApiError::unprocessable(t.say("write-no-time")))?;
        Ok(Some(at + self.offset * MINUTE))
    }
}

/// What a button says to the form for whom a post is: `public`, `team-12`.
pub fn name_of(audience: Audience, team: Option<Id>) -> String {
    match team {
        Some(id) => format!("team-{id}"),
        None => audience.own_name().unwrap_or_else(|| audience.mastodon_name()).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use model::audience::Audience;
    use storage::Aim;

    use super::Typed;

    #[test]
    fn for_whom_a_draft_is_is_kept_and_comes_back() {
        for (wished, audience, team_id) in [
            ("", None, None),
            ("nobody-knows", None, None),
            ("private", Some(Audience::Followers), None),
            ("team-7", Some(Audience::Team), Some(7)),
            ("team-x", None, None),
        ] {
            let typed = Typed { wished: wished.to_owned(), quotes: "nobody".to_owned(), ..Typed::default() };
            let at = Some(1_767_258_000_000);
            let aim = Aim { post_id: 9, audience, team_id, quote_policy: "nobody".to_owned(), scheduled_at: at };
            assert_eq!(typed.aim(9, at), aim);
            let mut again = Typed::default();
            again.take_aim(aim);
            assert_eq!((again.at.as_str(), again.offset), ("2026-01-01T09:00", 0));
            assert_eq!(
                (again.wished.as_str(), again.quotes.as_str()),
                (if audience.is_some() { wished } else { "" }, "nobody")
            );
        }
    }

    #[test]
    fn a_thread_is_kept_as_one_text_and_comes_back() {
        let mut typed = Typed { status: "One".to_owned(), ..Typed::default() };
        typed.more = ["Two\n\nlines".to_owned(), " ".to_owned(), "Three".to_owned()].into();
        let mut again = Typed { status: typed.folded(), ..Typed::default() };
        again.unfold();
        assert_eq!(
            (again.status.as_str(), again.more.as_slice()),
            ("One", &["Two\n\nlines".to_owned(), "Three".to_owned()][..])
        );
        let mut plain = Typed { status: "A star ⁂ in a line\n".to_owned(), ..Typed::default() };
        plain.unfold();
        assert_eq!((plain.status.as_str(), plain.more.len()), ("A star ⁂ in a line\n", 0));
    }
}
