//! Accounts (entities/Account, entities/CredentialAccount).

use std::collections::HashMap;

use model::account::{Account as Known, ActorKind, Field as Line, Member, Role};
use model::clock::{date, rfc3339};
use model::id::Id;
use node::Config;
use node::remote::Owner;
use serde::Serialize;
use storage::{ProfileSettings, Tx};
use utoipa::ToSchema;

use super::html::clean;
use super::{Emoji, emojis};
use crate::mastodon::tags::FeaturedTag;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    pub id: String,
    username: String,
    pub(super) acct: String,
    display_name: String,
    pub(super) locked: bool,
    pub(super) bot: bool,
    discoverable: bool,
    indexable: bool,
    group: bool,
    /// Midnight of the day.
    #[schema(format = DateTime)]
    created_at: String,
    note: String,
    pub(super) url: String,
    uri: String,
    pub(super) avatar: String,
    pub(super) avatar_static: String,
    avatar_description: String,
    header: String,
    header_static: String,
    header_description: String,
    followers_count: i64,
    following_count: i64,
    statuses_count: i64,
    /// The day alone.
    #[schema(required, format = Date)]
    last_status_at: Option<String>,
    hide_collections: bool,
    emojis: Vec<Emoji>,
    /// Of members alone, and only those that are shown to everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    roles: Option<Vec<ShownRole>>,
    fields: Vec<Field>,
    /// Where they went, if they have; of that one it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    moved: Option<Box<Account>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    memorial: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    limited: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Account_Field)]
pub struct Field {
    name: String,
    value: String,
    #[schema(required, format = DateTime)]
    verified_at: Option<String>,
}

/// A role as everybody sees it (entities/Account#AccountRole).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Account_Role)]
pub struct ShownRole {
    id: &'static str,
    name: &'static str,
    color: &'static str,
}

/// A role with what it allows (entities/Role).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Role)]
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
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MutedAccount)]
pub struct Muted {
    #[serde(flatten)]
    pub account: Account,
    #[schema(required, format = DateTime)]
    pub mute_expires_at: Option<String>,
}

/// Oneself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CredentialAccount)]
pub struct Own {
    #[serde(flatten)]
    account: Account,
    source: Source,
    role: FullRole,
}

/// What a member wrote about themselves, as they wrote it, and how they like to post.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CredentialAccount_Source)]
pub struct Source {
    note: String,
    fields: Vec<Field>,
    privacy: &'static str,
    sensitive: bool,
    #[schema(required)]
    language: Option<String>,
    quote_policy: String,
    attribution_domains: Vec<String>,
    follow_requests_count: i64,
    hide_collections: bool,
    discoverable: bool,
    indexable: bool,
}

/// A member's profile as they edit it (entities/Profile): texts as they were written, pictures only where there are any.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Profile {
    id: String,
    display_name: String,
    note: String,
    fields: Vec<Field>,
    #[schema(required)]
    avatar: Option<String>,
    #[schema(required)]
    avatar_static: Option<String>,
    avatar_description: String,
    #[schema(required)]
    header: Option<String>,
    #[schema(required)]
    header_static: Option<String>,
    header_description: String,
    locked: bool,
    bot: bool,
    hide_collections: bool,
    discoverable: bool,
    indexable: bool,
    show_media: bool,
    show_media_replies: bool,
    show_featured: bool,
    attribution_domains: Vec<String>,
    featured_tags: Vec<FeaturedTag>,
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
    let settings = tx.profile_settings(a.id).await?;
    let source = Source {
        note: a.note_source.clone(),
        fields: a.fields.iter().map(written).collect(),
        privacy: member.default_audience.mastodon_name(),
        sensitive: member.default_sensitive,
        language: super::filled(&member.default_language),
        quote_policy: super::small::quote_policy(&settings).to_owned(),
        attribution_domains: settings.attribution_domains,
        follow_requests_count: follow_requests,
        hide_collections: a.hide_collections,
        discoverable: a.discoverable,
        indexable: a.indexable,
    };
    Ok(Own { account: one(config, tx, a).await?, source, role: role(member.role) })
}

/// A line of a profile as it was written.
fn written(line: &Line) -> Field {
    Field { name: line.name.clone(), value: line.source.clone(), verified_at: line.verified_at.map(rfc3339) }
}

pub fn render_profile(config: &Config, a: &Known, s: ProfileSettings, featured_tags: Vec<FeaturedTag>) -> Profile {
    let file = |key: &str| (!key.is_empty()).then(|| config.media_url(key));
    Profile {
        id: a.id.to_string(),
        display_name: a.display_name.clone(),
        note: a.note_source.clone(),
        fields: a.fields.iter().map(written).collect(),
        avatar: file(&a.avatar),
        avatar_static: file(&a.avatar),
        avatar_description: a.avatar_description.clone(),
        header: file(&a.header),
        header_static: file(&a.header),
        header_description: a.header_description.clone(),
        locked: a.locked,
        bot: a.is_bot(),
        hide_collections: a.hide_collections,
        discoverable: a.discoverable,
        indexable: a.indexable,
        show_media: s.show_media,
        show_media_replies: s.show_media_replies,
        show_featured: s.show_featured,
        attribution_domains: s.attribution_domains,
        featured_tags,
    }
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
