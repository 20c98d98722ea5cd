//! Accounts and posts as the pages show them. Everything that becomes HTML goes through the sanitiser once more.

use std::collections::HashMap;

use model::account::{Account, Emoji};
use model::audience::{Audience, Viewer};
use model::clock::Millis;
use model::experiment::{self, Experiment, Outcome, Standing, State};
use model::filter::FilterAction;
use model::hashtag::normalise;
use model::html;
use model::id::Id;
use model::policy::Leave;
use model::poll::Poll;
use model::post::{CARRIED, Media, MediaKind, Post};
use node::config::authority;
use node::remote::Owner;
use storage::Tx;

use super::language::{Language, When};
use crate::mastodon::entities::html::{clean, linked};
use crate::mastodon::entities::status::Batch;
use crate::{ApiError, App};

/// Who reads a page, and where on it.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub app: &'a App,
    pub viewer: Viewer,
    pub t: Language,
    /// Which of the reader's filters are at work (entities/Filter#context); empty: none.
    pub context: &'static str,
}

impl Reader<'_> {
    /// The address of somebody's page: here for members, who can do something with it, else where they are at home.
    pub fn page_of(&self, account: &Account) -> String {
        if account.is_local() || !self.viewer.is_member() {
            return web_url(&account.url);
        }
        format!("/@{}@{}", account.username, account.domain)
    }
}

/// Somebody, here or elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub name: String,
    /// The same as HTML, with pictures for the custom emoji in it.
    pub drawn: String,
    /// `alice@example.org`.
    pub handle: String,
    pub url: String,
    /// Empty: the initial is shown.
    pub avatar: String,
    pub initial: String,
    pub is_bot: bool,
    pub id: Id,
}

impl Person {
    /// As a reader sees them, with the page that is for that reader.
    pub fn seen(reader: &Reader<'_>, account: &Account) -> Self {
        Self { url: reader.page_of(account), ..Self::new(reader.app, account) }
    }

    pub fn new(app: &App, account: &Account) -> Self {
        let name = account.shown_name().trim().to_owned();
        let config = &app.node.config;
        // Pictures of others come from us as well: no page makes a browser tell another server who reads.
        let avatar = match account.avatar.as_str() {
            "" => String::new(),
            key if account.is_local() => config.media_url(key),
            url => config.remote_url(Owner::Avatar, account.id, url),
        };
        Self {
            id: account.id,
            handle: app.node.config.full_handle(account),
            url: web_url(&account.url),
            avatar,
            initial: name
                .chars()
                .find(|c| c.is_alphanumeric())
                .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect()),
            is_bot: account.is_bot(),
            drawn: Emojis::of_account(app, account).draw(&html::escape(&name)),
            name,
        }
    }
}

/// The custom emoji of an account or a post, which can be drawn into its texts.
pub struct Emojis<'a> {
    app: &'a App,
    owner: Owner,
    id: Id,
    list: &'a [Emoji],
}

impl<'a> Emojis<'a> {
    pub fn of_account(app: &'a App, account: &'a Account) -> Self {
        let list = if app.node.rejects_media_by(account) { &[][..] } else { &account.emojis };
        Self { app, owner: Owner::AccountEmoji, id: account.id, list }
    }

    pub fn of_post(app: &'a App, author: &Account, post: &'a Post) -> Self {
        let list = if app.node.rejects_media_by(author) { &[][..] } else { &post.emojis };
        Self { app, owner: Owner::PostEmoji, id: post.id, list }
    }

    /// Draws them into HTML that is clean.
    pub fn draw(&self, clean: &str) -> String {
        if self.list.is_empty() {
            return clean.to_owned();
        }
        html::draw_emoji(clean, &|code| {
            let emoji = self.list.iter().find(|e| e.shortcode == code)?;
            let config = &self.app.node.config;
            // Without movement, where there is such a picture. Those of others come from us as well.
            Some(match emoji.own {
                Some(_) => config.media_url(if emoji.still.is_empty() { &emoji.url } else { &emoji.still }),
                None => config.remote_url(self.owner, self.id, &emoji.url),
            })
        })
    }
}

/// A link that a page may have: to the web, or nowhere.
fn web_url(url: &str) -> String {
    if url.starts_with("https://") || url.starts_with("http://") { url.to_owned() } else { String::new() }
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub id: Id,
    /// `image`, `video` (also without sound), `audio`, or `link` for what is of no kind that we know.
    pub show: &'static str,
    /// How much of a film is fetched before it is played: of ours its beginning, of others' nothing.
    pub preload: &'static str,
    pub url: String,
    /// The smaller picture, or the same.
    pub small: String,
    pub width: i64,
    pub height: i64,
    pub description: String,
    /// The server it lies on, for a link.
    pub host: String,
    /// `Picture`, `Video`, …
    pub kind: std::borrow::Cow<'static, str>,
}

/// A poll as a page shows it.
#[derive(Clone, Debug)]
pub struct PollView {
    pub id: Id,
    pub options: Vec<OptionView>,
    pub multiple: bool,
    /// `12 votes by 7 people`, `5 votes`; without the number of people where that is not known.
    pub total: String,
    /// When it ends or ended, if it does.
    pub end: Option<When>,
    pub is_over: bool,
    /// Results are shown.
    pub is_open: bool,
    /// The reader can choose.
    pub may_vote: bool,
}

#[derive(Clone, Debug)]
pub struct OptionView {
    /// HTML.
    pub title: String,
    /// `3 votes`.
    pub votes: String,
    /// Of all votes, or of all voters where each may choose several, in hundredths.
    pub share: i64,
    /// The reader chose it.
    pub chosen: bool,
}

impl PollView {
    fn new(t: Language, poll: &Poll, now: Millis, emojis: &Emojis<'_>, own: Option<&[i64]>) -> Self {
        let votes = poll.votes();
        let all = poll.voters_count.filter(|n| poll.multiple && *n > 0).unwrap_or(votes).max(1);
        let option = |(i, o): (usize, &model::poll::PollOption)| OptionView {
            title: emojis.draw(&html::escape(&o.title)),
            votes: t.one("count-votes", "count", o.votes),
            share: (o.votes * 100 / all).clamp(0, 100),
            chosen: own.is_some_and(|own| own.iter().any(|c| usize::try_from(*c) == Ok(i))),
        };
        let total = t.one("count-votes", "count", votes);
        Self {
            id: poll.post_id,
            options: poll.options.iter().enumerate().map(option).collect(),
            multiple: poll.multiple,
            total: match poll.voters_count.filter(|_| poll.multiple) {
                Some(people) => t.two("poll-total-people", "total", &total, "count", people),
                None => total,
            },
            end: poll.ends_at().map(|at| t.when(at, now)),
            is_over: poll.is_over(now),
            is_open: poll.shows_totals(now),
            may_vote: own.is_some_and(<[i64]>::is_empty) && !poll.is_over(now),
        }
    }
}

/// What a post quotes, if its author allows that and everybody may see it.
#[derive(Clone, Debug)]
pub struct QuoteCard {
    pub author: Person,
    pub url: String,
    /// Its warning, if it has one, else its first lines, as HTML; empty for a picture alone.
    pub words: String,
}

/// What a page on the web says about itself.
#[derive(Clone, Debug)]
pub struct Page {
    pub url: String,
    pub title: String,
    pub site: String,
}

/// An experiment as a page shows it beside what its post says.
#[derive(Clone, Debug)]
pub struct ExperimentView {
    /// `planned`, `running`, `learned`.
    pub state: &'static str,
    /// `hoped`, …; empty as long as nothing was said.
    pub outcome: &'static str,
    /// What it is looked for, each in words.
    pub asks: Vec<String>,
    pub look_again: String,
    /// Name and address.
    pub licence: Option<(&'static str, &'static str)>,
    pub tries: i64,
    /// The post of the experiment that it tries again.
    pub tries_id: Option<Id>,
    /// Its author has yet to say whether it belongs there.
    pub is_waiting: bool,
    /// What its author wrote themselves, as HTML, where that is known apart (`is_apart`) from what stands around it; else empty. The
    /// others of these are known then, too.
    pub own: String,
    pub is_apart: bool,
    pub changed: String,
    pub learning: String,
    pub so_what: String,
    /// Where and by whom.
    pub place: String,
}

/// What somebody wrote themselves of an experiment's post: without what our software puts around it, which is shown apart. Nothing, if
/// there is anything else before or behind it.
fn own_words(content: &str, x: &Experiment, language: &str) -> Option<String> {
    let (before, behind) = experiment::tell(x, language);
    let told = |text: &str| -> Vec<String> {
        text.split("\n\n").filter(|p| !p.is_empty()).map(|p| one_line(&p.replace("**", ""))).collect()
    };
    let (before, behind) = (told(&before), told(&behind));
    let mut parts: Vec<&str> = content.split_inclusive("</p>").collect();
    let is = |part: &str, told: &String| {
        part.trim_start().starts_with("<p>") && part.ends_with("</p>") && one_line(&html::to_text(part)) == *told
    };
    let end = parts.len().checked_sub(behind.len())?;
    if !parts.get(end..)?.iter().zip(&behind).all(|(part, told)| is(part, told)) {
        return None;
    }
    parts.truncate(end);
    if parts.len() < before.len() || !parts.iter().zip(&before).all(|(part, told)| is(part, told)) {
        return None;
    }
    Some(parts.split_off(before.len()).concat())
}

/// What the reader did with a post, and may do.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a deed of its own")]
pub struct Deeds {
    pub is_mine: bool,
    pub favourited: bool,
    pub boosted: bool,
    pub bookmarked: bool,
    pub pinned: bool,
    pub muted: bool,
    pub may_boost: bool,
    pub may_quote: bool,
    pub may_open_up: bool,
    /// Somebody else's from inside, of which they may say that it could go public.
    pub may_mark: bool,
}

/// A post as a page shows it.
#[derive(Clone, Debug)]
pub struct PostView {
    pub id: Id,
    pub url: String,
    pub uri: String,
    /// Its page for whoever reads: here, if they are a member.
    pub page: String,
    pub is_local: bool,
    pub author: Person,
    /// Who boosted it, where that is why it stands here; an actor of ours that carries it.
    pub boosted_by: Option<Person>,
    pub is_carried: bool,
    /// Whose post it answers; an empty name if that is not known.
    pub reply_to: Option<Person>,
    pub content: String,
    /// Content warning, or empty.
    pub warning: String,
    /// The same as HTML.
    pub drawn_warning: String,
    /// Media are behind a button.
    pub sensitive: bool,
    pub media: Vec<Attachment>,
    pub poll: Option<PollView>,
    pub quote: Option<QuoteCard>,
    /// The page that it leads to.
    pub card: Option<Page>,
    pub at: When,
    pub edited: Option<When>,
    pub language: String,
    /// For whom it is, in words.
    pub audience: String,
    pub replies: i64,
    pub boosts: i64,
    pub favourites: i64,
    pub quotes: i64,
    pub experiment: Option<ExperimentView>,
    /// Nothing, if nobody is signed in.
    pub deeds: Option<Deeds>,
    /// Titles of filters of the reader's that catch it.
    pub filtered: String,
    /// The post for more people that became of it, and the post inside that it came of.
    pub opened_as: Option<Id>,
    pub opened_from: Option<Id>,
    /// The hat with which one looks at it, for an answer; empty: none.
    pub hat: &'static str,
    /// With which emoji others reacted, and how many each; only of the post that the page is about.
    pub reactions: Vec<(String, i64)>,
    /// How many more replies only the post's own server has.
    pub elsewhere: i64,
    /// How deep it stands below the post of the page, 0 to 4.
    pub depth: usize,
    /// It is the post that the page is about.
    pub is_main: bool,
    /// On the wrapping boost: its own id, for paging.
    pub cursor: Id,
    /// What it says as HTML, without pictures of emoji.
    clean: String,
}

impl PostView {
    /// First lines as text, for previews; empty with a warning.
    pub fn excerpt(&self) -> String {
        match self.warning.is_empty() {
            true => html::truncate(&one_line(&html::to_text(&self.clean)), 200),
            false => String::new(),
        }
    }
}

/// What a batch of posts needs beside what the API shows of them.
struct Shelf<'a> {
    reader: &'a Reader<'a>,
    batch: Batch,
    /// Those whom posts answer.
    answered: HashMap<Id, Account>,
    /// Names of the teams that posts are for.
    teams: HashMap<Id, String>,
}

/// Posts as a reader sees them, in the order given. What they may not see is left out, and what they do not want to.
pub async fn posts(reader: &Reader<'_>, tx: &mut Tx, list: Vec<Post>) -> Result<Vec<PostView>, ApiError> {
    let order: Vec<Id> = list.iter().map(|p| p.id).collect();
    if order.is_empty() {
        return Ok(Vec::new());
    }
    let batch = Batch::load(reader.app, tx, list, reader.viewer).await?;
    let known = |id: &Id| !batch.accounts.contains_key(id);
    let mut missing: Vec<Id> = batch.posts.values().filter_map(|p| p.in_reply_to_account_id).filter(known).collect();
    missing.sort_unstable();
    missing.dedup();
    let answered = if missing.is_empty() { Vec::new() } else { tx.accounts(&missing).await? };
    let mut teams = HashMap::new();
    for id in batch.posts.values().filter_map(|p| p.team_id) {
        if let Some(team) = tx.team(id).await? {
            teams.insert(id, team.name);
        }
    }
    let shelf = Shelf { reader, batch, answered: answered.into_iter().map(|a| (a.id, a)).collect(), teams };
    Ok(order.into_iter().filter_map(|id| shelf.render(id)).collect())
}

impl Shelf<'_> {
    fn render(&self, id: Id) -> Option<PostView> {
        let post = self.batch.posts.get(&id)?;
        let Some(original) = post.boost_of_id else { return self.one(post, post) };
        let mut view = self.one(self.batch.posts.get(&original)?, post)?;
        view.boosted_by = Some(Person::seen(self.reader, self.batch.accounts.get(&post.account_id)?));
        view.is_carried = post.kind == CARRIED;
        view.cursor = post.id;
        Some(view)
    }

    /// `stands`: what stands in the list, the post or a boost of it. Nothing, if the reader wants it hidden there.
    fn one(&self, post: &Post, stands: &Post) -> Option<PostView> {
        let (reader, batch) = (self.reader, &self.batch);
        let (app, t, now) = (reader.app, reader.t, reader.app.node.now());
        let author = batch.accounts.get(&post.account_id)?;
        let deeds = reader.viewer.is_member().then(|| self.deeds(post));
        let mut caught = Vec::new();
        let is_mine = deeds.is_some_and(|d| d.is_mine);
        for filter in batch.filters.catching(stands).filter(|f| f.contexts.iter().any(|c| c == reader.context)) {
            match filter.action {
                _ if is_mine => {}
                FilterAction::Hide => return None,
                _ => caught.push(filter.title.clone()),
            }
        }
        let emojis = Emojis::of_post(app, author, post);
        let content = self.content(post);
        let warning = post.summary.trim().to_owned();
        let local = author.is_local();
        let replies_there = batch.origins.get(&post.id).and_then(|o| o.replies).filter(|_| !local).unwrap_or(0);
        let origin = batch.origins.get(&post.id).copied().unwrap_or_default();
        let votes = batch.votes.get(&post.id).map_or(&[][..], Vec::as_slice);
        let own_votes = deeds.filter(|d| !d.is_mine).map(|_| votes);
        Some(PostView {
            id: post.id,
            url: address(app, author, post),
            uri: post.uri.clone(),
            page: self.page(author, post),
            is_local: local,
            author: Person::seen(reader, author),
            boosted_by: None,
            is_carried: false,
            reply_to: (!post.in_reply_to_uri.is_empty()).then(|| self.answered(post)),
            sensitive: post.sensitive && warning.is_empty(),
            content: emojis.draw(&content),
            drawn_warning: emojis.draw(&html::escape(&warning)),
            warning,
            media: batch.media.get(&post.id).into_iter().flatten().filter_map(|m| attached(app, t, m)).collect(),
            poll: batch.polls.get(&post.id).map(|poll| PollView::new(t, poll, now, &emojis, own_votes)),
            quote: self.quote(post),
            card: batch.cards.get(&post.id).map(|c| Page {
                url: web_url(&c.url),
                title: c.title.clone(),
                site: c.provider_name.clone(),
            }),
            at: t.when(post.created_at, now),
            edited: post.edited_at.map(|at| t.when(at, now)),
            language: post.language.clone(),
            audience: self.audience(post),
            replies: post.replies_count.max(0),
            boosts: post.boosts_count.max(origin.shares.unwrap_or(0)),
            favourites: post.favourites_count.max(origin.likes.unwrap_or(0)),
            quotes: self.batch.quotes.count(post.id),
            experiment: batch.experiments.get(&post.id).map(|x| {
                let own = own_words(&content, x, &post.language).map(|own| emojis.draw(&own));
                self.experiment(x, own)
            }),
            clean: content,
            deeds,
            filtered: caught.join(", "),
            opened_as: batch.opened_as.get(&post.id).copied(),
            opened_from: batch.opened_from.get(&post.id).copied(),
            hat: "",
            reactions: Vec::new(),
            elsewhere: (replies_there - post.replies_count).max(0),
            depth: 0,
            is_main: false,
            cursor: post.id,
        })
    }

    fn account(&self, id: Id) -> Option<&Account> {
        self.batch.accounts.get(&id).or_else(|| self.answered.get(&id))
    }

    fn answered(&self, post: &Post) -> Person {
        let parent = post.in_reply_to_account_id.and_then(|id| self.account(id));
        parent.map(|a| Person::seen(self.reader, a)).unwrap_or_default()
    }

    /// What it says. For a member people and hashtags lead to their pages here.
    fn content(&self, post: &Post) -> String {
        if !self.reader.viewer.is_member() {
            return clean(&post.content);
        }
        let mentions = self.batch.mentions.get(&post.id).map(Vec::as_slice).unwrap_or_default();
        let tags = self.batch.tags.get(&post.id).map(Vec::as_slice).unwrap_or_default();
        if mentions.iter().all(|m| m.domain.is_empty()) && tags.is_empty() {
            return clean(&post.content);
        }
        let mut by = String::new();
        for m in mentions {
            by.extend(["@", &m.username, "@", &m.domain, " ", &m.url, " ", &m.uri, " "]);
        }
        for tag in tags {
            by.extend(["#", &tag.name]);
        }
        linked(&post.content, &by, &|link| {
            let named = mentions.iter().find(|m| !m.domain.is_empty() && (m.url == link || m.uri == link));
            if let Some(m) = named {
                return Some(format!("/@{}@{}", m.username, m.domain));
            }
            let (_, name) = link.split_once("/tags/").or_else(|| link.split_once("/tag/"))?;
            let key = normalise(&percent_decoded(name.trim_end_matches('/')))?;
            let tag = tags.iter().find(|t| t.name == key)?;
            Some(self.reader.app.node.config.tag_url(&tag.name))
        })
    }

    fn page(&self, author: &Account, post: &Post) -> String {
        if author.is_local() || !self.reader.viewer.is_member() {
            return address(self.reader.app, author, post);
        }
        format!("/@{}@{}/{}", author.username, author.domain, post.id)
    }

    fn deeds(&self, post: &Post) -> Deeds {
        let batch = &self.batch;
        let touch = batch.touches.get(&post.id).copied().unwrap_or_default();
        let is_mine = post.account_id == self.reader.viewer.id();
        let own_uri = batch.accounts.get(&self.reader.viewer.id()).map_or("", |a| &a.uri);
        let is_inside = matches!(post.audience, Audience::Team | Audience::Organisation | Audience::Partners);
        Deeds {
            is_mine,
            favourited: touch.favourited,
            boosted: touch.boosted,
            bookmarked: touch.bookmarked,
            pinned: touch.pinned,
            muted: touch.muted,
            may_boost: post.audience.may_be_boosted() || (is_mine && post.audience == Audience::Followers),
            may_quote: batch.quotes.leave(post, self.reader.viewer, own_uri) != Leave::Denied,
            may_mark: !is_mine && post.local && is_inside,
            may_open_up: is_mine
                && (is_inside || post.audience == Audience::Draft)
                && !batch.opened_as.contains_key(&post.id),
        }
    }

    fn audience(&self, post: &Post) -> String {
        let t = self.reader.t;
        let team = post.team_id.and_then(|id| self.teams.get(&id));
        audience_words(self.reader.app, t, post.audience, team.map(String::as_str))
    }

    fn experiment(&self, x: &Experiment, own: Option<String>) -> ExperimentView {
        let t = self.reader.t;
        let viewer = self.reader.viewer.id();
        let mut asks = Vec::new();
        let is_over = x.state == State::Learned;
        if x.testers && !is_over {
            asks.push(t.say("ask-testers").into_owned());
        }
        if x.critical_friend && !is_over {
            asks.push(t.say("ask-critical-friend").into_owned());
        }
        // How it stands to another is between the two, until that one's author confirmed it.
        let is_shown = x.standing == Some(Standing::Confirmed) || x.account_id == Some(viewer);
        ExperimentView {
            state: x.state.name(),
            outcome: x.outcome.map_or("", Outcome::name),
            asks,
            look_again: x.look_again_at.filter(|_| x.state != State::Learned).map_or_else(String::new, |at| t.day(at)),
            licence: x.licence.map(|l| (l.words(), l.url())),
            tries: x.tries_count,
            tries_id: x.tries_id.filter(|_| is_shown),
            is_waiting: is_shown && x.standing == Some(Standing::Waiting),
            is_apart: own.is_some(),
            own: own.unwrap_or_default(),
            changed: if x.tries_uri.is_empty() { String::new() } else { x.changed.clone() },
            learning: x.learning.clone(),
            so_what: x.so_what.clone(),
            place: [&x.place, &x.organisation]
                .into_iter()
                .filter(|p| !p.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" · "),
        }
    }

    fn quote(&self, post: &Post) -> Option<QuoteCard> {
        let (state, quoted) = self.batch.quotes.state(self.batch.quotes.of(post.id)?);
        let quoted = self.batch.posts.get(&quoted.filter(|_| state == "accepted")?)?;
        let author = self.batch.accounts.get(&quoted.account_id)?;
        let warning = quoted.summary.trim();
        let words =
            if warning.is_empty() { one_line(&html::to_text(&clean(&quoted.content))) } else { warning.to_owned() };
        Some(QuoteCard {
            author: Person::seen(self.reader, author),
            url: self.page(author, quoted),
            words: Emojis::of_post(self.reader.app, author, quoted).draw(&html::escape(&html::truncate(&words, 300))),
        })
    }
}

/// For whom something is, in words.
pub fn audience_words(app: &App, t: Language, audience: Audience, team: Option<&str>) -> String {
    let node = &app.node.config.title;
    match audience {
        Audience::Public => t.say("audience-public").into_owned(),
        Audience::Unlisted => t.say("audience-unlisted").into_owned(),
        Audience::Followers => t.say("audience-followers").into_owned(),
        Audience::Partners => t.one("audience-partners", "node", node),
        Audience::Organisation => t.one("audience-organisation", "node", node),
        Audience::Team => t.one("audience-team", "team", team.unwrap_or_default()),
        Audience::Inside => t.one("audience-inside", "node", node),
        Audience::Direct => t.say("audience-direct").into_owned(),
        Audience::Draft => t.say("audience-draft").into_owned(),
    }
}

/// The page of a post, ours or another's.
fn address(app: &App, author: &Account, post: &Post) -> String {
    if author.is_local() { app.node.config.post_url(&author.username, post.id) } else { web_url(&post.url) }
}

fn percent_decoded(text: &str) -> String {
    let decoded: Vec<u8> = url::form_urlencoded::parse(text.replace('+', "%2B").as_bytes())
        .next()
        .map(|(name, _)| name.into_owned().into_bytes())
        .unwrap_or_default();
    String::from_utf8(decoded).unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A file of a post, or of one that is being written.
pub fn attached(app: &App, t: Language, m: &Media) -> Option<Attachment> {
    let config = &app.node.config;
    let (show, kind) = match m.kind {
        MediaKind::Image => ("image", t.say("media-image")),
        MediaKind::Gifv | MediaKind::Video => ("video", t.say("media-video")),
        MediaKind::Audio => ("audio", t.say("media-audio")),
        MediaKind::Unknown => ("link", t.say("media-file")),
    };
    let here = !m.path.is_empty();
    let url = match (here, m.kind) {
        (true, _) => config.media_url(&m.path),
        (false, MediaKind::Unknown) => web_url(&m.remote_url),
        (false, _) => config.remote_url(Owner::File, m.id, &m.remote_url),
    };
    let has_small = !m.small_path.is_empty();
    (!url.is_empty()).then(|| Attachment {
        id: m.id,
        show,
        preload: if here { "metadata" } else { "none" },
        small: if has_small { config.media_url(&m.small_path) } else { url.clone() },
        width: if has_small { m.small_width } else { m.width }.unwrap_or(0),
        height: if has_small { m.small_height } else { m.height }.unwrap_or(0),
        description: m.description.trim().to_owned(),
        host: authority(&url).to_owned(),
        kind,
        url,
    })
}
