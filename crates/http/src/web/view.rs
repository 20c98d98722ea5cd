//! Accounts and posts as the pages show them. Everything that becomes HTML goes through the sanitiser once more.

use std::collections::HashMap;

use model::account::{Account, Emoji};
use model::audience::Viewer;
use model::card::Card;
use model::clock::Millis;
use model::html;
use model::id::Id;
use model::poll::Poll;
use model::post::{CARRIED, Media, MediaKind, Post};
use model::quote::QuoteState;
use node::cards;
use node::config::authority;
use node::remote::Owner;
use storage::Tx;

use super::words::{When, many};
use crate::{ApiError, App};

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
}

impl Person {
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
    pub kind: &'static str,
}

/// A poll as a page shows it.
#[derive(Clone, Debug)]
pub struct PollView {
    pub options: Vec<OptionView>,
    /// `12 votes by 7 people`, `5 votes`; without the number of people where that is not known.
    pub total: String,
    /// When it ends or ended, if it does.
    pub end: Option<When>,
    pub is_over: bool,
    /// Results are shown.
    pub is_open: bool,
}

#[derive(Clone, Debug)]
pub struct OptionView {
    /// HTML.
    pub title: String,
    /// `3 votes`.
    pub votes: String,
    /// Of all votes, or of all voters where each may choose several, in hundredths.
    pub share: i64,
}

impl PollView {
    fn new(poll: &Poll, now: Millis, emojis: &Emojis<'_>) -> Self {
        let votes = poll.votes();
        let all = poll.voters_count.filter(|n| poll.multiple && *n > 0).unwrap_or(votes).max(1);
        let option = |o: &model::poll::PollOption| OptionView {
            title: emojis.draw(&html::escape(&o.title)),
            votes: many(o.votes, "vote"),
            share: (o.votes * 100 / all).clamp(0, 100),
        };
        let people = poll.voters_count.filter(|_| poll.multiple).map(|n| match n {
            1 => " by 1 person".to_owned(),
            n => format!(" by {n} people"),
        });
        Self {
            options: poll.options.iter().map(option).collect(),
            total: many(votes, "vote") + &people.unwrap_or_default(),
            end: poll.ends_at().map(|at| When::new(at, now)),
            is_over: poll.is_over(now),
            is_open: poll.shows_totals(now),
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

/// A post as a page shows it.
#[derive(Clone, Debug)]
pub struct PostView {
    pub id: Id,
    pub url: String,
    pub uri: String,
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
    pub audience: &'static str,
    /// `2 replies`, `1 boost`: those that are not none.
    pub counts: Vec<String>,
    /// With which emoji others reacted, and how many each; only of the post that the page is about.
    pub reactions: Vec<(String, i64)>,
    /// `3 more replies`, which only the post's own server has; or empty.
    pub elsewhere: String,
    /// How deep it stands below the post of the page, 0 to 4.
    pub depth: usize,
    /// It is the post that the page is about.
    pub is_main: bool,
    /// On the wrapping boost: its own id, for paging.
    pub cursor: Id,
    /// First lines as text, for previews; empty with a warning.
    pub excerpt: String,
}

/// What is needed to show posts, read in a few queries for all.
struct Shelf {
    accounts: HashMap<Id, Account>,
    media: HashMap<Id, Vec<Media>>,
    polls: HashMap<Id, Poll>,
    /// How many replies the servers of others say there are.
    replies: HashMap<Id, i64>,
    /// What each post quotes.
    quoted: HashMap<Id, Post>,
    cards: HashMap<Id, Card>,
}

/// Posts as they are shown to everybody. Boosts of what is not for everybody are left out.
pub async fn posts(app: &App, tx: &mut Tx, list: Vec<Post>) -> Result<Vec<PostView>, ApiError> {
    let boosted: Vec<Id> = list.iter().filter_map(|p| p.boost_of_id).collect();
    let originals = tx.visible_posts(&boosted, Viewer::Anyone).await?;
    let originals: HashMap<Id, Post> = originals.into_iter().map(|p| (p.id, p)).collect();
    let all = || list.iter().chain(originals.values());
    let ids: Vec<Id> = all().map(|p| p.id).collect();
    let quoted = quoted(tx, &ids).await?;
    let people = all().flat_map(|p| [Some(p.account_id), p.in_reply_to_account_id]).flatten();
    let people: Vec<Id> = people.chain(quoted.values().map(|p| p.account_id)).collect();
    let accounts: HashMap<Id, Account> = tx.accounts(&people).await?.into_iter().map(|a| (a.id, a)).collect();
    let mut media: HashMap<Id, Vec<Media>> = HashMap::new();
    for m in tx.media_of(&ids).await? {
        media.entry(m.post_id.unwrap_or(0)).or_default().push(m);
    }
    for post in all() {
        if accounts.get(&post.account_id).is_some_and(|a: &Account| app.node.rejects_media_by(a)) {
            media.remove(&post.id);
        }
    }
    let polls = tx.polls(&ids).await?.into_iter().map(|p| (p.post_id, p)).collect();
    let origins = tx.origin_counts(&ids).await?;
    let replies = origins.into_iter().filter_map(|o| Some((o.post_id, o.replies?))).collect();
    let cards = cards::shown(&app.node, tx, &ids).await?.into_iter().collect();
    let shelf = Shelf { accounts, media, polls, replies, quoted, cards };
    Ok(list
        .iter()
        .filter_map(|post| match post.boost_of_id {
            None => one(app, &shelf, post),
            Some(original) => {
                let mut view = one(app, &shelf, originals.get(&original)?)?;
                view.boosted_by = Some(Person::new(app, shelf.accounts.get(&post.account_id)?));
                view.is_carried = post.kind == CARRIED;
                view.cursor = post.id;
                Some(view)
            }
        })
        .collect())
}

/// What everybody may see of what these posts quote, by quoting post.
async fn quoted(tx: &mut Tx, ids: &[Id]) -> Result<HashMap<Id, Post>, ApiError> {
    let accepted = tx.quotes(ids).await?.into_iter().filter(|q| q.state == QuoteState::Accepted);
    let pairs: Vec<(Id, Id)> = accepted.filter_map(|q| Some((q.post_id, q.quoted_id?))).collect();
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let posts = tx.visible_posts(&pairs.iter().map(|(_, quoted)| *quoted).collect::<Vec<_>>(), Viewer::Anyone).await?;
    let found = |(post, quoted): (Id, Id)| Some((post, posts.iter().find(|p| p.id == quoted)?.clone()));
    Ok(pairs.into_iter().filter_map(found).collect())
}

fn card(app: &App, shelf: &Shelf, post: &Post) -> Option<QuoteCard> {
    let author = shelf.accounts.get(&post.account_id)?;
    let warning = post.summary.trim();
    let words =
        if warning.is_empty() { one_line(&html::to_text(&html::sanitise(&post.content))) } else { warning.to_owned() };
    Some(QuoteCard {
        author: Person::new(app, author),
        url: address(app, author, post),
        words: Emojis::of_post(app, author, post).draw(&html::escape(&html::truncate(&words, 300))),
    })
}

/// The page of a post, ours or another's.
fn address(app: &App, author: &Account, post: &Post) -> String {
    if author.is_local() { app.node.config.post_url(&author.username, post.id) } else { web_url(&post.url) }
}

fn one(app: &App, shelf: &Shelf, post: &Post) -> Option<PostView> {
    let author = shelf.accounts.get(&post.account_id)?;
    let now = app.node.now();
    let emojis = Emojis::of_post(app, author, post);
    let content = html::sanitise(&post.content);
    let warning = post.summary.trim().to_owned();
    let reply_to = (!post.in_reply_to_uri.is_empty()).then(|| {
        let parent = post.in_reply_to_account_id.and_then(|id| shelf.accounts.get(&id));
        parent.map(|a| Person::new(app, a)).unwrap_or_default()
    });
    let counts = [(post.replies_count, "reply"), (post.boosts_count, "boost"), (post.favourites_count, "favourite")];
    let local = author.is_local();
    let missing = shelf.replies.get(&post.id).copied().filter(|_| !local).unwrap_or(0) - post.replies_count;
    Some(PostView {
        id: post.id,
        url: address(app, author, post),
        uri: post.uri.clone(),
        author: Person::new(app, author),
        boosted_by: None,
        is_carried: false,
        reply_to,
        excerpt: if warning.is_empty() {
            html::truncate(&one_line(&html::to_text(&content)), 200)
        } else {
            String::new()
        },
        sensitive: post.sensitive && warning.is_empty(),
        content: emojis.draw(&content),
        drawn_warning: emojis.draw(&html::escape(&warning)),
        warning,
        media: shelf.media.get(&post.id).into_iter().flatten().filter_map(|m| attachment(app, m)).collect(),
        poll: shelf.polls.get(&post.id).map(|poll| PollView::new(poll, now, &emojis)),
        quote: shelf.quoted.get(&post.id).and_then(|quoted| card(app, shelf, quoted)),
        card: shelf.cards.get(&post.id).map(|c| Page {
            url: web_url(&c.url),
            title: c.title.clone(),
            site: c.provider_name.clone(),
        }),
        at: When::new(post.created_at, now),
        edited: post.edited_at.map(|at| When::new(at, now)),
        language: post.language.clone(),
        audience: if post.audience == model::audience::Audience::Unlisted {
            "Everyone with the link"
        } else {
            "Everyone"
        },
        counts: counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| many(n, what)).collect(),
        reactions: Vec::new(),
        elsewhere: match missing {
            ..=0 => String::new(),
            1 => "One more reply".to_owned(),
            n => format!("{n} more replies"),
        },
        depth: 0,
        is_main: false,
        cursor: post.id,
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn attachment(app: &App, m: &Media) -> Option<Attachment> {
    let config = &app.node.config;
    let (show, kind) = match m.kind {
        MediaKind::Image => ("image", "Picture"),
        MediaKind::Gifv | MediaKind::Video => ("video", "Video"),
        MediaKind::Audio => ("audio", "Sound"),
        MediaKind::Unknown => ("link", "File"),
    };
    let here = !m.path.is_empty();
    let url = match (here, m.kind) {
        (true, _) => config.media_url(&m.path),
        (false, MediaKind::Unknown) => web_url(&m.remote_url),
        (false, _) => config.remote_url(Owner::File, m.id, &m.remote_url),
    };
    let has_small = !m.small_path.is_empty();
    (!url.is_empty()).then(|| Attachment {
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
