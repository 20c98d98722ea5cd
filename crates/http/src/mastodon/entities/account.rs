//! Accounts (entities/Account, entities/CredentialAccount).

use std::collections::HashMap;

use model::account::{Account as Known, ActorKind, Field as Line, Member, Role};
use model::clock::{date, rfc3339};
use model::id::Id;
use node::Config;
use node::remote::Owner;
use serde::Serialize;
use serde_json::{Value, json};
use storage::{ProfileSettings, Tx};

use super::html::clean;
use super::{Emoji, emojis};

#[derive(Debug, Serialize)]
pub struct Account {
    pub id: String,
    username: String,
    acct: String,
    display_name: String,
    locked: bool,
    bot: bool,
    discoverable: bool,
    indexable: bool,
    group: bool,
    /// Midnight of the day.
    created_at: String,
    note: String,
    url: String,
    uri: String,
    avatar: String,
    avatar_static: String,
    avatar_description: String,
    header: String,
    header_static: String,
    header_description: String,
    followers_count: i64,
    following_count: i64,
    statuses_count: i64,
    /// The day alone.
    last_status_at: Option<String>,
    hide_collections: bool,
    emojis: Vec<Emoji>,
    /// Of members alone, and only those that are shown to everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<ShownRole>>,
    fields: Vec<Field>,
    /// Where they went, if they have; of that one it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<Box<Account>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    memorial: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    limited: bool,
}

#[derive(Debug, Serialize)]
struct Field {
    name: String,
    value: String,
    verified_at: Option<String>,
}

/// A role as everybody sees it (entities/Account#AccountRole).
#[derive(Debug, Serialize)]
struct ShownRole {
    id: &'static str,
    name: &'static str,
    color: &'static str,
}

/// A role with what it allows (entities/Role).
#[derive(Debug, Serialize)]
pub struct FullRole {
    id: &'static str,
    name: &'static str,
    color: &'static str,
    /// Bits of `model::permission`, as a decimal number.
    permissions: String,
    /// Shown to everybody.
    highlighted: bool,
}

/// An account in the list of those one mutes.
#[derive(Debug, Serialize)]
pub struct Muted {
    #[serde(flatten)]
    pub account: Account,
    pub mute_expires_at: Option<String>,
}

/// Oneself.
#[derive(Debug, Serialize)]
pub struct Own {
    #[serde(flatten)]
    account: Account,
    source: Value,
    role: FullRole,
}

/// An account as everybody sees it. Of a suspended one nothing is shown but that it was there.
pub fn render(config: &Config, a: &Known) -> Account {
    let shown = !a.is_suspended();
    let text = |t: &str| if shown { t.to_owned() } else { String::new() };
    let avatar = picture(config, a, if shown { &a.avatar } else { "" }, Owner::Avatar);
    let header = picture(config, a, if shown { &a.header } else { "" }, Owner::Header);
    Account {
        id: a.id.to_string(),
        username: a.username.clone(),
        acct: a.acct(),
        display_name: text(&a.display_name),
        locked: a.locked,
        bot: a.is_bot(),
        discoverable: a.discoverable,
        indexable: a.indexable,
        group: a.kind == ActorKind::Group,
        created_at: format!("{}T00:00:00.000Z", date(a.created_at)),
        note: clean(&text(&a.note)),
        url: if a.url.is_empty() { a.uri.clone() } else { a.url.clone() },
        uri: a.uri.clone(),
        avatar_static: avatar.clone(),
        avatar,
        avatar_description: text(&a.avatar_description),
        header_static: header.clone(),
        header,
        header_description: text(&a.header_description),
        followers_count: a.followers_count.max(0),
        following_count: a.following_count.max(0),
        statuses_count: a.posts_count.max(0),
        last_status_at: a.last_post_at.filter(|_| shown).map(date),
        hide_collections: a.hide_collections,
        roles: a.is_local().then(Vec::new),
        emojis: if shown { emojis(config, Owner::AccountEmoji, a.id, &a.emojis) } else { Vec::new() },
        fields: if shown { a.fields.iter().map(field).collect() } else { Vec::new() },
        moved: None,
        memorial: a.memorial,
        suspended: !shown,
        limited: a.limited_at.is_some(),
    }
}

/// Where accounts moved to, and which roles they have here, by their ids: read once for everybody that is shown.
#[derive(Debug, Default)]
pub struct Moves {
    targets: HashMap<Id, Known>,
    roles: HashMap<Id, Role>,
}

impl Moves {
    pub async fn of(tx: &mut Tx, accounts: impl Iterator<Item = &Known>) -> Result<Self, storage::Error> {
        let (mut moved, mut ours) = (Vec::new(), Vec::new());
        for account in accounts {
            if !account.moved_to.is_empty() {
                moved.push(account.id);
            }
            if account.is_local() {
                ours.push(account.id);
            }
        }
        let mut read = Self::default();
        if !moved.is_empty() {
            read.targets = tx.moved_accounts(&moved).await?.into_iter().collect();
        }
        if !ours.is_empty() {
            read.roles = tx.roles_of(&ours).await?.into_iter().collect();
        }
        Ok(read)
    }

    /// An account as everybody sees it, with where it went.
    pub fn render(&self, config: &Config, a: &Known) -> Account {
        let target = self.targets.get(&a.id).filter(|_| !a.is_suspended());
        let mut shown = Account { moved: target.map(|t| Box::new(render(config, t))), ..render(config, a) };
        if let (Some(role), Some(roles)) = (self.roles.get(&a.id).filter(|_| !a.is_suspended()), &mut shown.roles) {
            let (id, name) = named(*role);
            roles.push(ShownRole { id, name, color: "" });
        }
        shown
    }
}

/// One account as everybody sees it, with where it went.
pub async fn one(config: &Config, tx: &mut Tx, a: &Known) -> Result<Account, storage::Error> {
    Ok(Moves::of(tx, std::iter::once(a)).await?.render(config, a))
}

/// Several, in the order given.
pub async fn list(config: &Config, tx: &mut Tx, accounts: &[Known]) -> Result<Vec<Account>, storage::Error> {
    let moves = Moves::of(tx, accounts.iter()).await?;
    Ok(accounts.iter().map(|a| moves.render(config, a)).collect())
}

fn field(line: &Line) -> Field {
    Field { name: line.name.clone(), value: clean(&line.value), verified_at: line.verified_at.map(rfc3339) }
}

/// The member's own account, with what they wrote and how they like to post.
pub async fn render_own(
    config: &Config,
    tx: &mut Tx,
    a: &Known,
    member: &Member,
    follow_requests: i64,
) -> Result<Own, storage::Error> {
    let line = |f: &Line| json!({"name": f.name, "value": f.source, "verified_at": f.verified_at.map(rfc3339)});
    let settings = tx.profile_settings(a.id).await?;
    let source = json!({
        "note": a.note_source,
        "fields": a.fields.iter().map(line).collect::<Vec<_>>(),
        "privacy": member.default_audience.mastodon_name(),
        "sensitive": member.default_sensitive,
        "language": super::filled(&member.default_language),
        "quote_policy": super::small::quote_policy(&settings),
        "attribution_domains": settings.attribution_domains,
        "follow_requests_count": follow_requests,
        "hide_collections": a.hide_collections,
        "discoverable": a.discoverable,
        "indexable": a.indexable,
    });
    Ok(Own { account: one(config, tx, a).await?, source, role: role(member.role) })
}

/// A member's profile as they edit it (entities/Profile): texts as they were written, pictures only where there are any.
pub fn render_profile(config: &Config, a: &Known, settings: &ProfileSettings, featured_tags: Vec<Value>) -> Value {
    let line = |f: &Line| json!({"name": f.name, "value": f.source, "verified_at": f.verified_at.map(rfc3339)});
    let file = |key: &str| (!key.is_empty()).then(|| config.media_url(key));
    json!({
        "id": a.id.to_string(),
        "display_name": a.display_name,
        "note": a.note_source,
        "fields": a.fields.iter().map(line).collect::<Vec<_>>(),
        "avatar": file(&a.avatar),
        "avatar_static": file(&a.avatar),
        "avatar_description": a.avatar_description,
        "header": file(&a.header),
        "header_static": file(&a.header),
        "header_description": a.header_description,
        "locked": a.locked,
        "bot": a.is_bot(),
        "hide_collections": a.hide_collections,
        "discoverable": a.discoverable,
        "indexable": a.indexable,
        "show_media": settings.show_media,
        "show_media_replies": settings.show_media_replies,
        "show_featured": settings.show_featured,
        "attribution_domains": settings.attribution_domains,
        "featured_tags": featured_tags,
    })
}

/// The ids of roles, with their names. That of a plain member is the one that Mastodon gives to everybody.
const ROLES: [(Role, &str, &str); 4] = [
    (Role::Owner, "3", "Owner"),
    (Role::Admin, "2", "Admin"),
    (Role::Moderator, "1", "Moderator"),
    (Role::Member, "-99", ""),
];

fn named(role: Role) -> (&'static str, &'static str) {
    ROLES.into_iter().find(|r| r.0 == role).map_or(("-99", ""), |(_, id, name)| (id, name))
}

/// The role that has this id.
pub fn role_of(id: &str) -> Option<Role> {
    ROLES.into_iter().find(|r| r.1 == id).map(|r| r.0)
}

/// A role with what it allows.
pub(super) fn role(role: Role) -> FullRole {
    let (id, name) = named(role);
    let permissions = role.permissions().to_string();
    FullRole { id, name, color: "", permissions, highlighted: role > Role::Member }
}

/// The address of a profile picture; those who have none get ours, since clients do not expect to find nothing.
fn picture(config: &Config, account: &Known, picture: &str, which: Owner) -> String {
    config.picture(account, picture, which)
}
