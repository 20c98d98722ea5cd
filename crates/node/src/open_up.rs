//! Opening up: what was said inside becomes a new post for more people, in words that its author looks through again. The post inside
//! stays, and so do the answers to it; nobody outside sees that there was one.

use model::account::{Account, Member};
use model::audience::{Audience, Viewer};
use model::clock::HOUR;
use model::experiment::{Form, Wanted};
use model::id::Id;
use model::personal;
use model::post::{Draft, Media, Post};
use model::text::{self, Format};
use storage::Tx;

use crate::publish::{self, own_post};
use crate::{Error, Node, experiment};

/// What an author is asked to look at before a post is opened up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// By which it is confirmed.
    pub id: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody is named in it: the handle as it stands there, and who that is, if they are known here.
    Person { handle: String, account: Option<Id> },
    /// It quotes another post, by somebody, who may be gone.
    Quote { post: Option<Id>, account: Option<Id> },
    /// A file has no description.
    NoDescription { media: Id },
    /// Words that look like personal data.
    Personal { kind: personal::Kind, text: String },
    /// It answers somebody.
    Answer { post: Id, account: Id },
}

/// What an author says instead of what was said inside.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// What it says and for whom it is: wider than the post inside.
    pub draft: Draft,
    /// The ids of what the author has looked at.
    pub confirmed: Vec<String>,
}

/// A post of a member's own that can be opened up.
async fn inside(tx: &mut Tx, author: &Account, id: Id) -> Result<Post, Error> {
    let post = own_post(tx, author, id).await?;
    if !post.audience.is_inside() || post.boost_of_id.is_some() {
        return Err(Error::NotFound);
    }
    Ok(post)
}

/// What the author of a post inside should look at before they open it up.
pub async fn checklist(tx: &mut Tx, author: &Account, id: Id) -> Result<Vec<Check>, Error> {
    let post = inside(tx, author, id).await?;
    let media = tx.media_of(&[post.id]).await?;
    let mut list = of_text(tx, &format!("{}\n{}", post.summary, post.source), post.format, &media).await?;
    let mentions = tx.mentions(&[post.id]).await?;
    for m in mentions.iter().filter(|m| !m.silent && m.account_id != author.id) {
        let handle =
            if m.domain.is_empty() { format!("@{}", m.username) } else { format!("@{}@{}", m.username, m.domain) };
        push(&mut list, person(handle, Some(m.account_id)));
    }
    list.extend(around(tx, author, &post).await?);
    list.retain(|check| !is_about(check, author));
    Ok(list)
}

/// What a post quotes, and what it answers.
async fn around(tx: &mut Tx, author: &Account, post: &Post) -> Result<Vec<Check>, Error> {
    let mut list = Vec::new();
    if let Some(quote) = tx.quote(post.id).await? {
        let quoted = match quote.quoted_id {
            Some(id) => tx.visible_post(id, Viewer::Member(author.id)).await?,
            None => None,
        };
        let (post, account) = (quoted.as_ref().map(|p| p.id), quoted.as_ref().map(|p| p.account_id));
        list.push(Check { id: "quote".to_owned(), what: What::Quote { post, account } });
    }
    if let (Some(post), Some(account)) = (post.in_reply_to_id, post.in_reply_to_account_id) {
        list.push(Check { id: "answer".to_owned(), what: What::Answer { post, account } });
    }
    Ok(list)
}

fn is_about(check: &Check, author: &Account) -> bool {
    matches!(&check.what, What::Person { account: Some(id), .. } if *id == author.id)
}

/// The same of what the new post would say: words that are not in it any more are nobody's concern.
pub async fn checklist_of(tx: &mut Tx, author: &Account, id: Id, draft: &Draft) -> Result<Vec<Check>, Error> {
    let post = inside(tx, author, id).await?;
    let files = tx.media_list(&draft.media_ids).await?;
    let said = format!("{}\n{}", draft.summary, draft.text);
    let mut list = of_text(tx, &said, draft.format, &files).await?;
    list.retain(|check| !is_about(check, author));
    list.extend(around(tx, author, &post).await?);
    Ok(list)
}

/// Whether its author has looked at all of that.
///
/// # Errors
/// [`Error::Unconfirmed`] with the ids of what they have not.
pub async fn check(tx: &mut Tx, author: &Account, id: Id, opening: &Opening) -> Result<(), Error> {
    let list = checklist_of(tx, author, id, &opening.draft).await?;
    let missing: Vec<String> =
        list.into_iter().map(|check| check.id).filter(|id| !opening.confirmed.contains(id)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::Unconfirmed(missing)) }
}

/// What is to be looked at of a text and the files that come with it.
async fn of_text(tx: &mut Tx, source: &str, format: Format, media: &[Media]) -> Result<Vec<Check>, Error> {
    let mut list = Vec::new();
    for handle in text::scan(source, format).mentions {
        let domain = handle.domain.clone().unwrap_or_default();
        let known = tx.account_by_handle(&handle.username, &domain).await?.filter(|a| a.deleted_at.is_none());
        push(&mut list, person(handle.to_string(), known.map(|a| a.id)));
    }
    for file in media.iter().filter(|m| m.description.trim().is_empty()) {
        push(&mut list, Check { id: format!("description:{}", file.id), what: What::NoDescription { media: file.id } });
    }
    for (kind, text) in personal::found(source) {
        push(&mut list, Check { id: format!("{}:{text}", kind.name()), what: What::Personal { kind, text } });
    }
    Ok(list)
}

fn person(handle: String, account: Option<Id>) -> Check {
    Check { id: format!("person:{}", handle.to_lowercase()), what: What::Person { handle, account } }
}

fn push(list: &mut Vec<Check>, check: Check) {
    if !list.iter().any(|known| known.id == check.id) {
        list.push(check);
    }
}

/// Opens a post up: publishes what its author says now, for more people than the post inside was for.
///
/// # Errors
/// [`Error::Unconfirmed`] with the ids of what the author has not looked at, as [`checklist_of`] has them.
pub async fn open(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    member: &Member,
    id: Id,
    opening: &Opening,
) -> Result<Post, Error> {
    let post = inside(tx, author, id).await?;
    if !tx.hold_post(post.id).await? {
        return Err(Error::NotFound);
    }
    if let Some(opened) = tx.opened_as(post.id).await? {
        let key = opening.draft.idempotency_key.as_deref();
        let known = match key {
            Some(key) => tx.idempotent_post(author.id, key, node.now() - HOUR).await?,
            None => None,
        };
        if let (true, Some(same)) = (known == Some(opened), tx.post(opened).await?) {
            return Ok(same);
        }
        return Err(Error::Conflict("This post was opened up already.".to_owned()));
    }
    let wanted = opening.draft.audience.unwrap_or(Audience::Public);
    if wanted <= post.audience || matches!(wanted, Audience::Direct | Audience::Inside) {
        return Err(Error::invalid("Validation failed: It can be opened up for more people only"));
    }
    check(tx, author, id, opening).await?;
    let experiment = tx.experiment(post.id).await?;
    if experiment.is_some() {
        // The new one asks its author from now on.
        experiment::leave_be(tx, author, post.id).await?;
    }
    let draft = Draft {
        audience: Some(wanted),
        is_vague: false,
        in_reply_to_id: open_parent(tx, &post).await?,
        language: if opening.draft.language.is_empty() {
            post.language.clone()
        } else {
            opening.draft.language.clone()
        },
        experiment: match &opening.draft.experiment {
            Some(form) => Some(form.clone()),
            None => experiment.map(|x| Wanted::Is(Box::new(Form::again(&x, node.now())))),
        },
        ..opening.draft.clone()
    };
    let opened = publish::publish(node, tx, author, member, &draft).await?;
    if !tx.put_opening(opened.id, post.id, node.now()).await? {
        return Err(Error::Conflict("This post was opened up already.".to_owned()));
    }
    tx.settle_could_go_public(post.id).await?;
    Ok(opened)
}

/// What everybody may see of what was answered inside: the new post answers that as well.
async fn open_parent(tx: &mut Tx, post: &Post) -> Result<Option<Id>, Error> {
    let Some(parent) = post.in_reply_to_id else { return Ok(None) };
    for viewer in [Viewer::Anyone, Viewer::Member(post.account_id)] {
        if tx.visible_post(parent, viewer).await?.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(parent))
}
