//! Web Push: members are told of notifications where their apps asked for it (RFC 8030). A notification and the jobs that tell of it
//! are written together; what is told is made when it is sent, of what is there then.

mod encryption;
mod vapid;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use model::account::{Account, Relationship};
use model::audience::Viewer;
use model::clock::{DAY, Millis, SECOND};
use model::html;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use model::post::Post;
use serde_json::json;
use storage::{Subscription, Token, Tx};
use url::Url;

pub use self::encryption::{Fresh, LONGEST, Reader};
pub use self::vapid::{Vapid, vapid};
use crate::random::hash;
use crate::remote::Owner;
use crate::{Error, Node, jobs, login};

/// From whom a member may want to be told.
pub const POLICIES: [&str; 4] = ["all", "followed", "follower", "none"];
/// How long a message is worth being delivered: who was away for longer looks by themselves.
const LIFETIME: Millis = DAY;
/// Longest address of a push service, in bytes.
const ENDPOINT: usize = 2_000;
/// Characters of what is told.
const TITLE: usize = 100;
const BODY: usize = 140;
/// Most subscriptions of a member, each of another token: those of devices that nobody uses any more go first.
const EACH: i64 = 50;
/// Ids are below this: the official app for Android reads no more.
const IDS: u64 = 1 << 31;

/// What an app asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub endpoint: String,
    /// The public key and the secret of the one who is told, base64 of either alphabet.
    pub p256dh: String,
    pub auth: String,
    pub standard: bool,
    pub alerts: Vec<String>,
    pub policy: String,
}

/// A message that is ready to be sent.
#[derive(Debug)]
pub struct Letter {
    pub endpoint: Url,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// When it is worth nothing any more.
    pub until: Millis,
}

/// Subscribes the app that came with a token, whose secret it showed; what it had asked for before is forgotten.
pub async fn subscribe(
    node: &Node,
    tx: &mut Tx,
    vapid: &Vapid,
    token: &Token,
    secret: &str,
    wish: &Wish,
) -> Result<Subscription, Error> {
    let account_id = token.account_id.ok_or(Error::NotFound)?;
    check_endpoint(node, &wish.endpoint)?;
    let (public, auth) = (decoded(&wish.p256dh), decoded(&wish.auth));
    if Reader::new(public.clone(), auth.clone()).is_none() {
        return Err(Error::invalid("Validation failed: Keys are not those of a push subscription"));
    }
    let mut subscription = Subscription {
        id: 0,
        token_id: token.id,
        account_id,
        endpoint: wish.endpoint.clone(),
        p256dh: BASE64_URL_SAFE_NO_PAD.encode(public),
        auth: BASE64_URL_SAFE_NO_PAD.encode(auth),
        standard: wish.standard,
        alerts: wish.alerts.clone(),
        policy: policy(&wish.policy)?.to_owned(),
        secret: vapid.seal(secret, &token.token_hash, node.random.bytes())?,
        created_at: node.now(),
    };
    tx.hold_account(account_id).await?;
    for _ in 0..8 {
        subscription.id = i64::try_from(node.random.below(IDS)).unwrap_or_default();
        if tx.put_subscription(&subscription).await? {
            tx.drop_old_subscriptions(account_id, EACH).await?;
            return Ok(subscription);
        }
    }
    Err(Error::Conflict("There is no room for another subscription.".to_owned()))
}

/// Changes what the app that came with a token is told, and from whom; what is not said stays.
pub async fn change(
    tx: &mut Tx,
    token: &Token,
    alerts: Option<Vec<String>>,
    asked: Option<&str>,
) -> Result<Subscription, Error> {
    let mut subscription = tx.subscription_of(token.id).await?.ok_or(Error::NotFound)?;
    if let Some(alerts) = alerts {
        subscription.alerts = alerts;
    }
    if let Some(asked) = asked {
        subscription.policy = policy(asked)?.to_owned();
    }
    tx.change_subscription(subscription.id, &subscription.alerts, &subscription.policy).await?;
    Ok(subscription)
}

/// Forgets what the app that came with a token asked for.
pub async fn unsubscribe(tx: &mut Tx, token: &Token) -> Result<(), Error> {
    tx.delete_subscription_of(token.id).await?;
    Ok(())
}

fn policy(asked: &str) -> Result<&'static str, Error> {
    let known = POLICIES.into_iter().find(|known| *known == asked);
    known.ok_or_else(|| Error::invalid("Validation failed: Policy is not one of all, followed, follower and none"))
}

/// Where it lies is looked at when it is sent to.
fn check_endpoint(node: &Node, endpoint: &str) -> Result<(), Error> {
    let url = Url::parse(endpoint).ok().filter(|u| matches!(u.scheme(), "https" | "http") && u.has_host());
    let url = url.filter(|u| endpoint.len() <= ENDPOINT && u.username().is_empty() && u.password().is_none());
    match url {
        Some(_) if !node.config.is_own_url(endpoint) => Ok(()),
        _ => Err(Error::invalid("Validation failed: Endpoint is not the URL of a push service")),
    }
}

/// Bytes in base64 of either alphabet, padded or not; nothing if it is none.
fn decoded(text: &str) -> Vec<u8> {
    let text = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
}

/// Lets a notification be told wherever its member wants to hear of such. `tie`: between the member and who it is from.
pub(crate) async fn enqueue(
    node: &Node,
    tx: &mut Tx,
    notification: &Notification,
    tie: Option<&Relationship>,
) -> Result<(), Error> {
    for subscription in tx.subscriptions(notification.account_id).await? {
        let is_wanted = match subscription.policy.as_str() {
            "all" => true,
            "followed" => tie.is_some_and(|t| t.following),
            "follower" => tie.is_some_and(|t| t.followed_by),
            _ => false,
        };
        if is_wanted && subscription.wants(notification.kind) {
            let account = notification.account_id;
            let job = jobs::Job::Push { subscription: subscription.id, account, notification: notification.id };
            jobs::enqueue(node, tx, &job).await?;
        }
    }
    Ok(())
}

/// What is to be sent to a subscription of a member; nothing if it is gone, or the notification is, or too old, or the member may not
/// see it any more.
pub async fn letter(node: &Node, subscription: Id, account: Id, notification: Id) -> Result<Option<Letter>, Error> {
    let vapid = vapid(node).await?;
    let mut tx = node.store.read().await?;
    let found = tx.subscription(subscription).await?.filter(|s| s.account_id == account);
    let Some(subscription) = found else { return Ok(None) };
    let now = node.now();
    let fresh = tx.notification(account, notification).await?.filter(|n| n.created_at > now - LIFETIME);
    let Some(notification) = fresh else { return Ok(None) };
    let Some(text) = message(node, &mut tx, &vapid, &subscription, &notification).await? else { return Ok(None) };
    let subject = contact(node);
    drop(tx);
    let until = notification.created_at + LIFETIME;
    sealed(node, &vapid, &subscription, &text, &subject, until).map(Some)
}

/// How to reach who runs this node: by mail if there is an address for that, else by its page.
fn contact(node: &Node) -> String {
    let config = &node.config;
    if config.contact_email.is_empty() { config.origin.clone() } else { format!("mailto:{}", config.contact_email) }
}

/// The JSON that the app reads (client-side: Mastodon's `Web::NotificationSerializer`).
async fn message(
    node: &Node,
    tx: &mut Tx,
    vapid: &Vapid,
    subscription: &Subscription,
    n: &Notification,
) -> Result<Option<String>, Error> {
    let (Some(account), Some(member)) = (tx.account(n.account_id).await?, tx.member(n.account_id).await?) else {
        return Ok(None);
    };
    if login::may_act(&account, &member).is_err() {
        return Ok(None);
    }
    let Some(from) = tx.account(n.from_account_id).await?.filter(|a| !a.is_suspended()) else { return Ok(None) };
    let post = match n.post_id {
        None => None,
        Some(id) => match tx.visible_post(id, Viewer::Member(account.id)).await? {
            Some(post) => Some(post),
            None => return Ok(None),
        },
    };
    let Some(hash) = tx.token_hash(subscription.token_id).await? else { return Ok(None) };
    let secret = vapid.open(&subscription.secret, &hash).filter(|secret| self::hash(secret) == hash);
    let secret = secret.ok_or_else(|| Error::Internal("a push subscription does not know its token".to_owned()))?;
    let text = json!({
        "access_token": secret,
        "preferred_locale": if member.locale.is_empty() { "en" } else { &member.locale },
        // A number, as Mastodon sends it: apps of iOS read nothing else.
        "notification_id": n.id,
        "notification_type": n.kind.mastodon_name(),
        "icon": node.config.picture(&from, &from.avatar, Owner::Avatar),
        "title": html::truncate(&title(node, n.kind, &from), TITLE),
        "body": html::truncate(&body(&from, post.as_ref()), BODY),
    });
    Ok(Some(text.to_string()).filter(|text| text.len() <= LONGEST))
}

fn title(node: &Node, kind: NotificationKind, from: &Account) -> String {
    let name = if from.display_name.trim().is_empty() { &from.username } else { &from.display_name };
    let host = node.config.host();
    match kind {
        NotificationKind::Mention => format!("{name} mentioned you"),
        NotificationKind::Status => format!("{name} just posted"),
        NotificationKind::Reblog => format!("{name} boosted your post"),
        NotificationKind::Follow => format!("{name} is now following you"),
        NotificationKind::FollowRequest => format!("{name} wants to follow you"),
        NotificationKind::Favourite => format!("{name} favourited your post"),
        NotificationKind::Update => format!("{name} edited a post"),
        NotificationKind::Poll => format!("A poll by {name} has ended"),
        NotificationKind::Quote => format!("{name} quoted your post"),
        NotificationKind::QuotedUpdate => format!("{name} edited a post that you quoted"),
        NotificationKind::AdminSignUp => format!("{name} signed up"),
        NotificationKind::AdminReport => format!("There is a new report on {host}"),
        NotificationKind::ModerationWarning => format!("The moderators of {host} sent you a warning"),
        NotificationKind::SeveredRelationships => "Some of your follows were cut off".to_owned(),
        NotificationKind::Outcome => format!("{name} said what came of an experiment"),
        NotificationKind::Trying => format!("{name} tries your experiment, too"),
        NotificationKind::LookAgain => "Time to look again at your experiment".to_owned(),
        NotificationKind::Waiting => format!("{name} contributed, and waits for your word"),
        NotificationKind::Given => format!("You look after “{name}” now"),
        NotificationKind::Adopted => format!("{name} looks after your challenge now"),
    }
}

/// What a post says, or what is written over it; without one what its author says of themselves.
fn body(from: &Account, post: Option<&Post>) -> String {
    match post {
        Some(post) if !post.summary.is_empty() => post.summary.clone(),
        Some(post) => html::to_text(&post.content),
        None => html::to_text(&from.note),
    }
}

fn sealed(
    node: &Node,
    vapid: &Vapid,
    subscription: &Subscription,
    text: &str,
    subject: &str,
    until: Millis,
) -> Result<Letter, Error> {
    let broken = |e: &dyn std::fmt::Display| Error::Internal(format!("a push subscription: {e}"));
    let endpoint = Url::parse(&subscription.endpoint).map_err(|e| broken(&e))?;
    let reader = Reader::new(decoded(&subscription.p256dh), decoded(&subscription.auth));
    let reader = reader.ok_or_else(|| broken(&"its keys are none"))?;
    let fresh = Fresh { private: vapid::private_key(node), salt: node.random.bytes() };
    let token = vapid.token(&endpoint.origin().ascii_serialization(), subject, node.now())?;
    let mut headers = vec![
        ("content-type", "application/octet-stream".to_owned()),
        ("ttl", ((until - node.now()).max(0) / SECOND).to_string()),
        ("urgency", "normal".to_owned()),
    ];
    let own = &vapid.public;
    let made = if subscription.standard {
        headers.push(("content-encoding", "aes128gcm".to_owned()));
        headers.push(("authorization", format!("vapid t={token}, k={own}")));
        reader.aes128gcm(text.as_bytes(), &fresh)
    } else {
        reader.aesgcm(text.as_bytes(), &fresh)
    };
    let made = made.map_err(|e| broken(&e))?;
    if !subscription.standard {
        let (public, salt) = (BASE64_URL_SAFE_NO_PAD.encode(&made.public), BASE64_URL_SAFE_NO_PAD.encode(fresh.salt));
        headers.push(("content-encoding", "aesgcm".to_owned()));
        headers.push(("authorization", format!("WebPush {token}")));
        headers.push(("encryption", format!("salt={salt}")));
        headers.push(("crypto-key", format!("dh={public};p256ecdsa={own}")));
    }
    Ok(Letter { endpoint, headers, body: made.body, until })
}
