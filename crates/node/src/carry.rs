//! Carrying: actors of ours pass on what people say, so that it reaches whoever follows the actor, wherever they are. The actor of a
//! hashtag (`@tag-rust@node`) carries what members say with the tag; what comes from elsewhere is carried by the node where it was said,
//! so nothing can go in circles and every post has one announcer for each tag. Only a hub, whose owner wants it so, also carries what
//! people elsewhere send who follow the hashtag here.
//!
//! An actor of a hashtag is there as soon as somebody asks, made up of the tag's name; it is written down when it is first followed.

use model::account::{Account, ActorKind};
use model::audience::Audience;
use model::clock::{HOUR, Millis};
use model::handle::TAG_ACCOUNT_PREFIX;
use model::hashtag::{key_of_slug, slug};
use model::id::Id;
use model::post::{CARRIED, Post};
use storage::{Key, Tx};

use crate::accounts::local_account;
use crate::deed::{Data, Kind};
use crate::moderate::is_shut_out;
use crate::pairing::is_cuppa;
use crate::publish::{count_post, spread};
use crate::react::{drop_boost, wrapper};
use crate::{Config, Error, Node, challenge, jobs, random};

/// Of one member so many posts are carried within an hour.
pub const AN_HOUR: i64 = 30;
/// Posts that are looked at in one step of taking back.
const STEP: i64 = 50;
/// Who has one of these in their profile wants no robot to pass them on.
const NO_ROBOTS: [&str; 4] = ["nobot", "nobots", "notagspub", "noindex"];

/// Whether this is an actor of ours that carries what others say: a hashtag's, a challenge's.
pub fn is_carrier(account: &Account) -> bool {
    account.is_local() && account.kind == ActorKind::Group
}

/// Whether this is an actor of ours that is nobody's: one that carries, or the one that introduces people to each other.
pub fn is_nobodys(account: &Account) -> bool {
    is_carrier(account) || is_cuppa(account)
}

/// The actor of a hashtag as it looks where nobody has followed it yet.
fn imagined(node: &Node, key: &str, display: &str) -> Account {
    let slug = slug(key);
    let uri = node.config.tag_actor_uri(&slug);
    let below = uri.trim_end_matches("actor").to_owned();
    Account {
        id: 0,
        display_name: format!("#{display}"),
        note: summary(&node.config, display),
        url: node.config.tag_url(key),
        inbox: format!("{below}inbox"),
        outbox: format!("{below}outbox"),
        followers: format!("{below}followers"),
        following: String::new(),
        featured: String::new(),
        hide_collections: true,
        uri,
        ..local_account(node, &format!("{TAG_ACCOUNT_PREFIX}{slug}"), ActorKind::Group)
    }
}

fn summary(config: &Config, display: &str) -> String {
    let (title, display) = (model::html::escape(&config.title), model::html::escape(display));
    format!(
        "<p>I carry what members of {} say to everybody with #{display}, if they let me. Follow me to have it come to you, and unfollow \
         me to have it end.</p><p>I am a hashtag: nobody runs me, and no person or brand of that name has anything to do with me. What I \
         carry was said by its author alone; whoever looks after {} answers for me.</p>",
        title,
        config.host()
    )
}

/// What is known of the actor of a hashtag.
#[derive(Clone, Debug)]
pub struct Found {
    /// Without an id, if it is not written down.
    pub account: Account,
    /// Somebody follows it, or everybody may read something with the tag: that it is there tells nobody anything.
    pub is_known: bool,
}

/// The actor of a hashtag, by its slug. `None` for what is no slug, and for hashtags that the node does not carry.
pub async fn find(node: &Node, tx: &mut Tx, slug: &str) -> Result<Option<Found>, Error> {
    let Some(key) = key_of_slug(slug) else { return Ok(None) };
    if tx.is_tag_blocked(&key).await? {
        return Ok(None);
    }
    if let Some(account) = tx.account_by_uri(&node.config.tag_actor_uri(&slug.to_ascii_lowercase())).await? {
        return Ok(Some(Found { account, is_known: true }));
    }
    let tag = tx.tag(&key).await?;
    let is_known = match &tag {
        Some(tag) => tx.is_tag_public(tag.id).await?,
        None => false,
    };
    let display = tag.filter(|_| is_known).map_or_else(|| key.clone(), |t| t.display);
    Ok(Some(Found { account: imagined(node, &key, &display), is_known }))
}

/// The slug in the handle of a hashtag's actor.
pub fn slug_in_name(username: &str) -> Option<&str> {
    let prefix = username.get(..TAG_ACCOUNT_PREFIX.len())?;
    prefix.eq_ignore_ascii_case(TAG_ACCOUNT_PREFIX).then(|| &username[TAG_ACCOUNT_PREFIX.len()..])
}

/// The slug in an address of ours that lies below a hashtag's: of its actor, its inbox.
pub fn slug_in_url<'a>(config: &Config, url: &'a str, what: &str) -> Option<&'a str> {
    url.strip_prefix(&config.origin)?.strip_prefix("/tags/")?.strip_suffix(what)?.strip_suffix('/')
}

/// The actor of a hashtag, written down, since somebody follows it.
pub async fn open(node: &Node, tx: &mut Tx, slug: &str) -> Result<Option<Account>, Error> {
    let Some(found) = find(node, tx, slug).await? else { return Ok(None) };
    if found.account.id != 0 {
        return Ok(Some(found.account));
    }
    let Some(key) = key_of_slug(slug) else { return Ok(None) };
    let account = Account { id: node.id(), ..found.account };
    let tag = tx.use_tag(node.id(), &key, &key, node.now()).await?;
    if !tx.insert_account(&account).await? {
        // Somebody else just did.
        return Ok(tx.account_by_uri(&account.uri).await?);
    }
    tx.put_tag_actor(account.id, tag).await?;
    Ok(Some(account))
}

/// The same of a hashtag that is blocked: it is shut, and so refuses whoever wants to follow it.
pub async fn open_shut(node: &Node, tx: &mut Tx, slug: &str) -> Result<Option<Account>, Error> {
    let Some(key) = key_of_slug(slug) else { return Ok(None) };
    if !tx.is_tag_blocked(&key).await? {
        return Ok(None);
    }
    let account = imagined(node, &key, &key);
    if let Some(known) = tx.account_by_uri(&account.uri).await? {
        return Ok(Some(known));
    }
    let account = Account { id: node.id(), ..account };
    let tag = tx.use_tag(node.id(), &key, &key, node.now()).await?;
    if tx.insert_account(&account).await? {
        tx.put_tag_actor(account.id, tag).await?;
        tx.set_suspended(account.id, Some(node.now()), "moderator").await?;
    }
    Ok(tx.account_by_uri(&account.uri).await?)
}

/// The key with which an actor of ours that is nobody's signs what it did at `at`: that of the node's own actor, under its own name.
pub async fn key_at(config: &Config, tx: &mut Tx, account: &Account, at: Millis) -> Result<Option<Key>, Error> {
    if !is_nobodys(account) {
        return Ok(None);
    }
    let Some(own) = tx.account_by_uri(&config.instance_actor_uri()).await? else { return Ok(None) };
    let key = tx.signing_key_at(own.id, at).await?;
    Ok(key.map(|key| Key { id: format!("{}#main-key", account.uri), ..key }))
}

/// What is carried of a post and what should be are made one: after it was made, after it was changed, after its author changed their
/// mind.
pub(crate) async fn heed(node: &Node, tx: &mut Tx, author: &Account, post: &Post) -> Result<(), Error> {
    let carried = tx.carried_by_tags(post.id).await?;
    let carriers = carriers_of(node, tx, author, post).await?;
    let mut deeds = Vec::new();
    for boost in carried.iter().filter(|b| !carriers.iter().any(|c| c.id == b.account_id)) {
        deeds.extend(drop_carried(node, tx, boost, post).await?);
    }
    let new: Vec<&Account> = carriers.iter().filter(|c| !carried.iter().any(|b| b.account_id == c.id)).collect();
    // One who writes without end is not carried without end.
    if !new.is_empty() && (!carried.is_empty() || tx.count_carried(author.id, node.now() - HOUR).await? < AN_HOUR) {
        deeds.extend(pass_on(node, tx, &new, post).await?);
    }
    node.tell_followers_of_each(tx, &deeds).await
}

/// The actors of hashtags that are to carry a post.
async fn carriers_of(node: &Node, tx: &mut Tx, author: &Account, post: &Post) -> Result<Vec<Account>, Error> {
    if post.local {
        return match may_be_carried(tx, author, post).await? {
            true => Ok(tx.carriers_of_tags(post.id, author.id).await?),
            false => Ok(Vec::new()),
        };
    }
    let mut followed = Vec::new();
    if node.config.tag_hub && is_for_a_hub(node, author, post) {
        for carrier in tx.carriers_of_tags(post.id, author.id).await? {
            if tx.follow(author.id, carrier.id).await?.is_some_and(|f| f.accepted) {
                followed.push(carrier);
            }
        }
    }
    Ok(followed)
}

/// Whether a hub may carry what somebody elsewhere posted, in its hashtags that they follow: they want to be found, by their words as
/// well (FEP-5feb), and are a person.
fn is_for_a_hub(node: &Node, author: &Account, post: &Post) -> bool {
    is_said_to_all(author, post)
        && is_found(author)
        && author.limited_at.is_none()
        && !is_shut_out(node, author)
        && !wants_no_robots(author)
}

fn is_found(author: &Account) -> bool {
    author.kind == ActorKind::Person && author.indexable && author.discoverable
}

/// A post of somebody elsewhere came from themselves: a hub carries it. What others brought is carried by nobody.
pub(crate) async fn heed_as_hub(node: &Node, tx: &mut Tx, author: &Account, post: &Post) -> Result<(), Error> {
    if node.config.tag_hub { heed(node, tx, author, post).await } else { Ok(()) }
}

/// Whether a post is to be carried: a member's, for everybody, that answers nobody else, and with their consent.
async fn may_be_carried(tx: &mut Tx, author: &Account, post: &Post) -> Result<bool, Error> {
    Ok(post.local && is_said_to_all(author, post) && is_allowed(tx, author, post).await?)
}

/// Whether a post is for everybody, and answers nobody but its own author.
fn is_said_to_all(author: &Account, post: &Post) -> bool {
    let answers_another = !post.in_reply_to_uri.is_empty() && post.in_reply_to_account_id != Some(author.id);
    post.audience == Audience::Public && post.boost_of_id.is_none() && !answers_another
}

/// Whether the author of a post lets it go beyond those who follow them, and may be heard there.
pub(crate) async fn is_allowed(tx: &mut Tx, author: &Account, post: &Post) -> Result<bool, Error> {
    if author.is_suspended() || author.limited_at.is_some() || wants_no_robots(author) {
        return Ok(false);
    }
    // What an actor of ours says itself is meant to go far.
    let consents = tx.member(author.id).await?.map_or(is_carrier(author), |m| m.tag_sharing);
    Ok(consents && !tx.is_kept_from_carriers(post.id).await?)
}

/// Whether somebody may be passed on for a hashtag that they used: nothing that they said speaks against it. Of others that is their profile.
pub(crate) async fn lets_hashtags(tx: &mut Tx, author: &Account, post: &Post) -> Result<bool, Error> {
    if wants_no_robots(author) || tx.member(author.id).await?.is_some_and(|m| !m.tag_sharing) {
        return Ok(false);
    }
    Ok(!tx.is_kept_from_carriers(post.id).await?)
}

/// Whether somebody's profile says that no robot is to pass them on.
pub fn wants_no_robots(account: &Account) -> bool {
    let says = |html: &str| {
        let text = model::html::to_text(html).to_lowercase();
        NO_ROBOTS.iter().any(|mark| {
            text.split('#').skip(1).any(|rest| {
                rest.strip_prefix(mark)
                    .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            })
        })
    };
    says(&account.note) || account.fields.iter().any(|f| says(&f.value) || says(&f.name))
}

/// An actor of ours passes a post on to those who follow it, once. `false` if it did before.
pub(crate) async fn announce(node: &Node, tx: &mut Tx, carrier: &Account, post: &Post) -> Result<bool, Error> {
    if tx.boost_of(carrier.id, post.id).await?.is_some() {
        return Ok(false);
    }
    let deeds = pass_on(node, tx, &[carrier], post).await?;
    node.tell_followers_of_each(tx, &deeds).await?;
    Ok(!deeds.is_empty())
}

/// Actors of ours that do not yet carry a post do. Answers the deeds, of which nobody is told yet.
async fn pass_on(node: &Node, tx: &mut Tx, carriers: &[&Account], post: &Post) -> Result<Vec<Id>, Error> {
    let mut deeds = Vec::new();
    if !tx.hold_post(post.id).await? {
        return Ok(deeds);
    }
    for carrier in carriers {
        let uri = announce_uri(tx, carrier, post).await?;
        let wrapper = wrapper(node, carrier, post, node.id(), uri, Audience::Public, node.now());
        let boost = Post { kind: CARRIED.to_owned(), ..wrapper };
        if tx.insert_post(&boost).await? {
            count_post(tx, &boost, 1).await?;
            spread(node, tx, carrier, &boost, &[]).await?;
            deeds.push(node.note_deed(tx, Kind::Announce, carrier.id, Some(boost.id), &Data::default()).await?);
        }
    }
    Ok(deeds)
}

/// The id follows from what is announced, so that the same is never two: but what was taken back and comes again is another deed.
async fn announce_uri(tx: &mut Tx, carrier: &Account, post: &Post) -> Result<String, Error> {
    let below = carrier.uri.strip_suffix("/actor").unwrap_or(&carrier.uri);
    let uri = format!("{below}/announces/{}", random::name_of(&post.uri));
    let mut free = uri.clone();
    for again in 2.. {
        if tx.tombstone(&free, &carrier.uri).await?.is_none() {
            break;
        }
        free = format!("{uri}.{again}");
    }
    Ok(free)
}

/// An actor of ours takes back what it passed on; whoever follows it is told.
pub(crate) async fn take_back(node: &Node, tx: &mut Tx, boost: &Post, post: &Post) -> Result<(), Error> {
    let deed = drop_carried(node, tx, boost, post).await?;
    node.tell_followers_of_each(tx, deed.as_slice()).await
}

/// The same without telling anybody yet. Answers the deed.
async fn drop_carried(node: &Node, tx: &mut Tx, boost: &Post, post: &Post) -> Result<Option<Id>, Error> {
    match drop_boost(tx, boost).await? {
        true => note_taken_back(node, tx, boost, &post.uri).await,
        false => Ok(None),
    }
}

/// The deed, when it is done. Nobody is told of it yet.
pub(crate) async fn note_taken_back(node: &Node, tx: &mut Tx, boost: &Post, object: &str) -> Result<Option<Id>, Error> {
    let Some(carrier) = tx.account(boost.account_id).await?.filter(is_carrier) else { return Ok(None) };
    tx.put_tombstone(&boost.uri, &carrier.uri, node.now()).await?;
    let data = Data { uri: boost.uri.clone(), object: object.to_owned(), ..Data::default() };
    node.note_deed(tx, Kind::UndoAnnounce, carrier.id, None, &data).await.map(Some)
}

/// A member lets hashtags carry what they say to everybody beyond those who follow them, or does not any more: then what was carried
/// is taken back.
pub async fn set_consent(node: &Node, tx: &mut Tx, who: &Account, on: bool) -> Result<(), Error> {
    tx.set_tag_sharing(who.id, on).await?;
    if on { Ok(()) } else { withdraw(node, tx, who.id).await }
}

/// Somebody's profile changed: what is carried of theirs is taken back if they want no robots any more, and what a hub carries if
/// they want to be found no more.
pub(crate) async fn heed_profile(node: &Node, tx: &mut Tx, before: &Account, after: &Account) -> Result<(), Error> {
    let hides = !after.is_local() && node.config.tag_hub && is_found(before) && !is_found(after);
    if hides || wants_no_robots(after) && !wants_no_robots(before) {
        return withdraw(node, tx, after.id).await;
    }
    Ok(())
}

/// All that is carried of somebody's and may not be any more is taken back, step by step.
pub(crate) async fn withdraw(node: &Node, tx: &mut Tx, author: Id) -> Result<(), Error> {
    jobs::enqueue(node, tx, &jobs::Job::TakeBack { author, after: 0 }).await
}

/// A step of that: hashtags carry of somebody's posts what they may, and challenges have what they may. Answers where the next one begins.
pub async fn withdraw_step(node: &Node, tx: &mut Tx, author: Id, after: Id) -> Result<Option<Id>, Error> {
    let ids = tx.ids_of_posts_by(author, after, STEP).await?;
    let Some(author) = tx.account(author).await? else { return Ok(None) };
    let mut deeds = Vec::new();
    for id in &ids {
        let boosts = tx.carried_by_tags(*id).await?;
        let contributions = tx.contributions_of_post(*id).await?;
        if boosts.is_empty() && contributions.is_empty() {
            continue;
        }
        let Some(post) = tx.post(*id).await? else { continue };
        let carriers = carriers_of(node, tx, &author, &post).await?;
        for boost in boosts.iter().filter(|b| !carriers.iter().any(|c| c.id == b.account_id)) {
            deeds.extend(drop_carried(node, tx, boost, &post).await?);
        }
        challenge::review(node, tx, &author, &post, &contributions).await?;
    }
    node.tell_followers_of_each(tx, &deeds).await?;
    let is_full = i64::try_from(ids.len()).is_ok_and(|n| n >= STEP);
    Ok(ids.last().copied().filter(|_| is_full))
}

/// The node does not carry a hashtag any more: what its actor carries is taken back, and it is not there for anybody. Answers the key.
pub async fn block(node: &Node, tx: &mut Tx, by: &str, name: &str, comment: &str) -> Result<String, Error> {
    let key = key_of(name)?;
    tx.block_tag(&key, comment, node.now()).await?;
    if let Some(account) = tx.account_by_uri(&node.config.tag_actor_uri(&slug(&key))).await? {
        tx.set_suspended(account.id, Some(node.now()), "moderator").await?;
        jobs::enqueue(node, tx, &jobs::Job::EmptyCarrier { carrier: account.id }).await?;
    }
    tx.log_action(node.id(), by, "tag block", &format!("#{key}"), comment, node.now()).await?;
    Ok(key)
}

fn key_of(name: &str) -> Result<String, Error> {
    model::hashtag::normalise(name).ok_or_else(|| Error::invalid("Validation failed: Name is not a hashtag"))
}

/// It does again. `false`: it did all the time.
pub async fn unblock(node: &Node, tx: &mut Tx, by: &str, name: &str) -> Result<bool, Error> {
    let key = key_of(name)?;
    if !tx.unblock_tag(&key).await? {
        return Ok(false);
    }
    if let Some(account) = tx.account_by_uri(&node.config.tag_actor_uri(&slug(&key))).await? {
        tx.set_suspended(account.id, None, "").await?;
    }
    tx.log_action(node.id(), by, "tag unblock", &format!("#{key}"), "", node.now()).await?;
    Ok(true)
}

/// A step of taking back all that an actor carries that was shut; `true` when nothing is left.
pub async fn empty_step(node: &Node, tx: &mut Tx, carrier: Id) -> Result<bool, Error> {
    if tx.account(carrier).await?.is_none_or(|a| !a.is_suspended()) {
        return Ok(true);
    }
    let carried = tx.carried_by(carrier, STEP).await?;
    let mut deeds = Vec::new();
    for boost in &carried {
        let post = match boost.boost_of_id {
            Some(original) => tx.post(original).await?,
            None => None,
        };
        match post {
            Some(post) => deeds.extend(drop_carried(node, tx, boost, &post).await?),
            None => drop(drop_boost(tx, boost).await?),
        }
    }
    node.tell_followers_of_each(tx, &deeds).await?;
    Ok(carried.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashtag_is_found_in_its_handle_and_in_its_addresses() {
        assert_eq!(slug_in_name("tag-rust"), Some("rust"));
        assert_eq!(slug_in_name("Tag-xn--wgv71a119e"), Some("xn--wgv71a119e"));
        assert_eq!((slug_in_name("tagging"), slug_in_name("ta"), slug_in_name("日本語")), (None, None, None));
        let config = Config::at("https://node.example");
        assert_eq!(slug_in_url(&config, "https://node.example/tags/rust/actor", "actor"), Some("rust"));
        assert_eq!(slug_in_url(&config, "https://node.example/tags/rust/inbox", "inbox"), Some("rust"));
        for other in [
            "https://node.example/tags/rust",
            "https://node.example/tags/rustactor",
            "https://x.example/tags/rust/actor",
        ] {
            assert_eq!(slug_in_url(&config, other, "actor"), None, "{other}");
        }
    }
}
