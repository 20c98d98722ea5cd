//! Filters: what a member does not want to read. They are evaluated where posts are shown.

use model::account::Account;
use model::audience::Viewer;
use model::clock::Millis;
use model::filter::{CONTEXTS, Filter, FilterAction, FilteredPost, Keyword};
use model::id::Id;
use storage::Tx;

use crate::{Error, Node, live};

/// Most filters of a member, and most keywords of all of them.
pub const FILTERS: usize = 200;
pub const KEYWORDS: i64 = 2_000;
/// Most single posts of a filter.
pub const POSTS: usize = 1_000;
/// Longest title and keyword, in characters (Mastodon's limits).
pub const TITLE_LENGTH: usize = 256;
pub const KEYWORD_LENGTH: usize = 512;

/// What a member says of a filter; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct FilterChange {
    pub title: Option<String>,
    pub contexts: Option<Vec<String>>,
    pub action: Option<FilterAction>,
    /// How long it counts from now on, in milliseconds; `Some(None)`: until further notice.
    pub expires_in: Option<Option<Millis>>,
    pub keywords: Vec<KeywordChange>,
}

/// What becomes of a keyword.
#[derive(Clone, Debug, Default)]
pub struct KeywordChange {
    /// `None`: it is a new one.
    pub id: Option<Id>,
    pub keyword: Option<String>,
    pub whole_word: Option<bool>,
    /// It goes.
    pub is_dropped: bool,
}

pub async fn create(node: &Node, tx: &mut Tx, who: &Account, wanted: &FilterChange) -> Result<Filter, Error> {
    tx.hold_account(who.id).await?;
    if tx.filters(who.id).await?.len() >= FILTERS {
        return Err(Error::invalid("Validation failed: You have reached the maximum number of filters"));
    }
    let filter = Filter {
        id: node.id(),
        account_id: who.id,
        title: String::new(),
        contexts: Vec::new(),
        action: FilterAction::default(),
        expires_at: None,
    };
    put(node, tx, filter, wanted).await
}

pub async fn update(node: &Node, tx: &mut Tx, who: &Account, id: Id, change: &FilterChange) -> Result<Filter, Error> {
    let old = find(tx, who, id).await?;
    put(node, tx, old, change).await
}

async fn put(node: &Node, tx: &mut Tx, old: Filter, change: &FilterChange) -> Result<Filter, Error> {
    let filter = Filter {
        title: change.title.clone().unwrap_or(old.title),
        contexts: change.contexts.clone().unwrap_or(old.contexts),
        action: change.action.unwrap_or(old.action),
        expires_at: match change.expires_in {
            Some(time) => time.map(|time| node.now() + time),
            None => old.expires_at,
        },
        ..old
    };
    filled("Title", &filter.title, TITLE_LENGTH)?;
    if filter.contexts.is_empty() || filter.contexts.iter().any(|c| !CONTEXTS.contains(&c.as_str())) {
        return Err(Error::invalid("Validation failed: Context None or invalid context supplied"));
    }
    tx.put_filter(&filter).await?;
    live::filters_changed(tx, filter.account_id);
    for keyword in &change.keywords {
        change_keyword(node, tx, &filter, keyword).await?;
    }
    Ok(filter)
}

async fn change_keyword(node: &Node, tx: &mut Tx, filter: &Filter, change: &KeywordChange) -> Result<(), Error> {
    let Some(id) = change.id else {
        if !change.is_dropped {
            put_new(node, tx, filter, change).await?;
        }
        return Ok(());
    };
    let known = tx.filter_keyword(filter.account_id, id).await?.filter(|k| k.filter_id == filter.id);
    let known = known.ok_or(Error::NotFound)?;
    if change.is_dropped {
        return Ok(tx.delete_filter_keyword(id).await?);
    }
    put_known(tx, known, change).await.map(drop)
}

async fn put_new(node: &Node, tx: &mut Tx, filter: &Filter, change: &KeywordChange) -> Result<Keyword, Error> {
    tx.hold_account(filter.account_id).await?;
    if tx.count_filter_keywords(filter.account_id).await? >= KEYWORDS {
        return Err(Error::invalid("Validation failed: You have reached the maximum number of keywords"));
    }
    let known = Keyword { id: node.id(), filter_id: filter.id, keyword: String::new(), whole_word: true };
    put_known(tx, known, change).await
}

async fn put_known(tx: &mut Tx, known: Keyword, change: &KeywordChange) -> Result<Keyword, Error> {
    let keyword = Keyword {
        keyword: change.keyword.clone().unwrap_or(known.keyword),
        whole_word: change.whole_word.unwrap_or(known.whole_word),
        ..known
    };
    filled("Keyword", &keyword.keyword, KEYWORD_LENGTH)?;
    tx.put_filter_keyword(&keyword).await?;
    Ok(keyword)
}

pub async fn delete(tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    let filter = find(tx, who, id).await?;
    live::filters_changed(tx, who.id);
    Ok(tx.delete_filter(filter.id).await?)
}

pub async fn add_keyword(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    filter: Id,
    wanted: &KeywordChange,
) -> Result<Keyword, Error> {
    let filter = find(tx, who, filter).await?;
    live::filters_changed(tx, who.id);
    put_new(node, tx, &filter, wanted).await
}

pub async fn update_keyword(tx: &mut Tx, who: &Account, id: Id, change: &KeywordChange) -> Result<Keyword, Error> {
    let known = tx.filter_keyword(who.id, id).await?.ok_or(Error::NotFound)?;
    live::filters_changed(tx, who.id);
    put_known(tx, known, change).await
}

pub async fn delete_keyword(tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    tx.filter_keyword(who.id, id).await?.ok_or(Error::NotFound)?;
    live::filters_changed(tx, who.id);
    Ok(tx.delete_filter_keyword(id).await?)
}

/// A filter catches a single post that the member may see.
pub async fn add_post(node: &Node, tx: &mut Tx, who: &Account, filter: Id, post: Id) -> Result<FilteredPost, Error> {
    let filter = find(tx, who, filter).await?;
    let post = tx.visible_post(post, Viewer::Member(who.id)).await?.ok_or(Error::NotFound)?;
    tx.hold_account(who.id).await?;
    if tx.filter_posts(&[filter.id]).await?.len() >= POSTS {
        return Err(Error::invalid("Validation failed: You have reached the maximum number of posts of a filter"));
    }
    let entry = FilteredPost { id: node.id(), filter_id: filter.id, post_id: post.id };
    if !tx.hold_post(post.id).await? {
        return Err(Error::NotFound);
    }
    if !tx.put_filter_post(&entry).await? {
        return Err(Error::invalid("Validation failed: Status has already been taken"));
    }
    live::filters_changed(tx, who.id);
    Ok(entry)
}

pub async fn remove_post(tx: &mut Tx, who: &Account, id: Id) -> Result<FilteredPost, Error> {
    let entry = tx.filter_post(who.id, id).await?.ok_or(Error::NotFound)?;
    tx.delete_filter_post(entry.id).await?;
    live::filters_changed(tx, who.id);
    Ok(entry)
}

// Version 1 of the API knows filters of one keyword, each by the id of that.

/// The keyword of a filter as version 1 knows it.
pub async fn create_single(node: &Node, tx: &mut Tx, who: &Account, wanted: &FilterChange) -> Result<Keyword, Error> {
    let filter = create(node, tx, who, wanted).await?;
    tx.filter_keywords(&[filter.id]).await?.pop().ok_or(Error::NotFound)
}

/// Changes a keyword and the filter it is of, unless that has others, for which it was not meant.
pub async fn update_single(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    id: Id,
    change: &FilterChange,
) -> Result<(Filter, Keyword), Error> {
    let keyword = tx.filter_keyword(who.id, id).await?.ok_or(Error::NotFound)?;
    let old = find(tx, who, keyword.filter_id).await?;
    let filter = put(node, tx, old.clone(), change).await?;
    if filter != old && tx.filter_keywords(&[filter.id]).await?.len() > 1 {
        return Err(Error::invalid(
            "Validation failed: These parameters cannot be changed from this application because they apply to more than one \
             filter keyword. Use a more recent application or the web interface.",
        ));
    }
    let keyword = tx.filter_keyword(who.id, id).await?.ok_or(Error::NotFound)?;
    Ok((filter, keyword))
}

/// Removes a keyword, and its filter if it catches nothing else.
pub async fn delete_single(tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    let keyword = tx.filter_keyword(who.id, id).await?.ok_or(Error::NotFound)?;
    tx.delete_filter_keyword(id).await?;
    live::filters_changed(tx, who.id);
    let filter = [keyword.filter_id];
    if tx.filter_keywords(&filter).await?.is_empty() && tx.filter_posts(&filter).await?.is_empty() {
        tx.delete_filter(keyword.filter_id).await?;
    }
    Ok(())
}

async fn find(tx: &mut Tx, who: &Account, id: Id) -> Result<Filter, Error> {
    tx.filter_of(who.id, id).await?.ok_or(Error::NotFound)
}

fn filled(label: &str, text: &str, limit: usize) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(Error::Invalid(format!("Validation failed: {label} can't be blank")));
    }
    if text.chars().count() > limit {
        return Err(Error::Invalid(format!("Validation failed: {label} is too long (maximum is {limit} characters)")));
    }
    Ok(())
}
