//! Accounts of this node: members, the instance actor, profiles. And what we keep of accounts elsewhere.

use model::account::{Account, ActorKind, Field, Member, MemberState, Role, WAITING};
use model::audience::Audience;
use model::clock::{DAY, Millis};
use model::handle::{canonical_domain, valid_local_username};
use model::id::Id;
use model::notification::NotificationKind;
use model::policy::QuotePolicy;
use model::text::{self, Format};
use storage::{Key, Profile, ProfileSettings, Tx};

use crate::deed::{Data, Kind};
use crate::notify::notify;
use crate::publish::check_description;
use crate::{Error, Node, carry, domains, emoji, index, jobs, login, moderate, peers, takeout};

/// How long a key of ours that was replaced is kept: as long as something waits that was done before.
const REPLACED_KEY: Millis = 7 * DAY;

/// The username of the node's own actor in the table; its handle is the host itself.
pub const INSTANCE_ACTOR: &str = "instance.actor";

/// Most lines of a profile, and most characters of their halves.
pub const FIELDS: usize = 6;
pub const FIELD_LENGTH: usize = 255;
pub const DISPLAY_NAME_LENGTH: usize = 100;
pub const NOTE_LENGTH: usize = 2_000;
/// Most domains of pages that may name a member as their author.
pub const ATTRIBUTION_DOMAINS: usize = 10;

/// What somebody fills in to become a member.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub username: String,
    pub email: String,
    pub password: String,
    pub role: Role,
    pub state: MemberState,
    pub reason: String,
    pub locale: String,
}

/// The RSA key pair of a new account, PEM (PKCS#8 and SPKI). Making one takes a while: do it before the transaction.
#[derive(Clone)]
pub struct KeyPair {
    pub public_pem: String,
    pub private_pem: String,
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPair").field("public_pem", &self.public_pem).finish_non_exhaustive()
    }
}

/// Makes a member. The name, once taken, stays taken.
pub async fn create_member(
    node: &Node,
    tx: &mut Tx,
    form: &SignUp,
    password_hash: &str,
    keys: &KeyPair,
) -> Result<Account, Error> {
    let username = form.username.trim();
    valid_local_username(username).map_err(|e| Error::Field {
        field: "username",
        code: "ERR_INVALID",
        message: e.to_string(),
    })?;
    if tx.account_by_handle(username, "").await?.is_some() {
        return Err(Error::Field {
            field: "username",
            code: "ERR_TAKEN",
            message: "has already been taken".to_owned(),
        });
    }
    let email = login::normal_email(&form.email).ok_or_else(|| Error::Field {
        field: "email",
        code: "ERR_INVALID",
        message: "is not an e-mail address".to_owned(),
    })?;
    if tx.member_by_email(&email).await?.is_some() {
        return Err(Error::Field { field: "email", code: "ERR_TAKEN", message: "has already been taken".to_owned() });
    }
    if form.role == Role::Owner {
        first_owner(tx).await?;
    }
    let account = local_account(node, username, ActorKind::Person);
    if !tx.insert_account(&account).await? {
        return Err(Error::Field {
            field: "username",
            code: "ERR_TAKEN",
            message: "has already been taken".to_owned(),
        });
    }
    put_own_key(node, tx, &account, keys).await?;
    if form.state == MemberState::Pending {
        tx.set_suspended(account.id, Some(node.now()), WAITING).await?;
    }
    tx.insert_member(&Member {
        account_id: account.id,
        email,
        password_hash: password_hash.to_owned(),
        role: form.role,
        state: form.state,
        reason: form.reason.clone(),
        locale: model::language::valid_bcp47(&form.locale).unwrap_or_else(|| "en".to_owned()),
        default_audience: Audience::Public,
        default_sensitive: false,
        default_language: String::new(),
        tag_sharing: node.config.tag_sharing,
        confirmed: true,
        created_at: node.now(),
        last_active_at: None,
    })
    .await?;
    tx.count_week(node.now(), 0, 0, 1).await?;
    for role in [Role::Owner, Role::Admin, Role::Moderator] {
        for keeper in tx.members_with_role(role).await? {
            notify(node, tx, keeper.id, NotificationKind::AdminSignUp, &account, None).await?;
        }
    }
    Ok(account)
}

/// Makes somebody a member whom nobody has to let in; `by`: who did so.
pub async fn add_member(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    form: &SignUp,
    password_hash: &str,
    keys: &KeyPair,
) -> Result<Account, Error> {
    let account = create_member(node, tx, form, password_hash, keys).await?;
    log(node, tx, by, &format!("member add {}", form.role.name()), &account).await?;
    Ok(account)
}

/// With the first owner, by whatever way they come, the link of the first start has done what it was for.
async fn first_owner(tx: &mut Tx) -> Result<(), Error> {
    if tx.members_with_role(Role::Owner).await?.is_empty() {
        tx.drop_unsigned_invites(Role::Owner).await?;
    }
    Ok(())
}

/// A node keeps somebody who looks after it: what would take that from its only owner is refused.
pub(crate) async fn keep_an_owner(tx: &mut Tx, account: &Account) -> Result<(), Error> {
    let owners = tx.members_with_role(Role::Owner).await?;
    let others = owners.iter().any(|m| m.id != account.id);
    if owners.iter().any(|m| m.id == account.id) && !others {
        return Err(Error::invalid(format!("{} is the only owner: make somebody else one first.", account.username)));
    }
    Ok(())
}

/// Lets somebody in who asked to join. `by`: who decides.
pub async fn approve(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    waiting(account)?;
    // Who has not confirmed their address goes on waiting for that.
    if tx.member(account.id).await?.is_some_and(|m| m.confirmed) {
        tx.set_suspended(account.id, None, "").await?;
    }
    tx.set_member_state(account.id, MemberState::Active).await?;
    log(node, tx, by, "member approve", account).await
}

/// Refuses somebody who asked to join: nothing of them is kept, and the name is free again.
pub async fn refuse(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    waiting(account)?;
    tx.remove_waiting_account(account.id).await?;
    log(node, tx, by, "member refuse", account).await
}

/// Gives a member another role. A node keeps an owner.
pub async fn set_role(node: &Node, tx: &mut Tx, by: &str, account: &Account, role: Role) -> Result<(), Error> {
    tx.member(account.id).await?.ok_or(Error::NotFound)?;
    match role {
        Role::Owner => first_owner(tx).await?,
        _ => keep_an_owner(tx, account).await?,
    }
    tx.set_role(account.id, role).await?;
    if role < Role::Moderator {
        // What only those may know who look after the node.
        tx.forget_what_keepers_are_told(account.id).await?;
    }
    log(node, tx, by, &format!("member role {}", role.name()), account).await
}

/// Gives a member a new password, for who forgot theirs. Whoever was signed in as them is signed out.
pub async fn reset_password(node: &Node, tx: &mut Tx, by: &str, account: &Account, hash: &str) -> Result<(), Error> {
    tx.set_password(account.id, hash).await?;
    tx.delete_tokens_of(account.id).await?;
    log(node, tx, by, "member password", account).await
}

fn waiting(account: &Account) -> Result<(), Error> {
    if account.is_waiting() { Ok(()) } else { Err(Error::invalid(format!("{} waits for nothing.", account.username))) }
}

async fn log(node: &Node, tx: &mut Tx, by: &str, action: &str, account: &Account) -> Result<(), Error> {
    tx.log_action(node.id(), by, action, &node.config.full_handle(account), "", node.now()).await?;
    Ok(())
}

/// The node's own actor, made when it is first needed.
pub async fn instance_actor(node: &Node, tx: &mut Tx, keys: &KeyPair) -> Result<Account, Error> {
    let uri = node.config.instance_actor_uri();
    if let Some(known) = tx.account_by_uri(&uri).await? {
        return Ok(known);
    }
    let mut account = local_account(node, INSTANCE_ACTOR, ActorKind::Application);
    account.inbox = format!("{uri}/inbox");
    account.outbox = format!("{uri}/outbox");
    (account.followers, account.following, account.featured) = (String::new(), String::new(), String::new());
    account.url = format!("{}/about", node.config.origin);
    account.uri = uri;
    account.locked = true;
    tx.insert_account(&account).await?;
    put_own_key(node, tx, &account, keys).await?;
    Ok(account)
}

pub(crate) fn local_account(node: &Node, username: &str, kind: ActorKind) -> Account {
    let uri = node.config.actor_uri(username);
    let now = node.now();
    Account {
        id: node.id(),
        username: username.to_owned(),
        domain: String::new(),
        kind,
        display_name: String::new(),
        note: String::new(),
        note_source: String::new(),
        url: node.config.profile_url(username),
        inbox: format!("{uri}/inbox"),
        shared_inbox: node.config.shared_inbox(),
        inbox_host: String::new(),
        outbox: format!("{uri}/outbox"),
        followers: format!("{uri}/followers"),
        following: format!("{uri}/following"),
        featured: format!("{uri}/featured"),
        avatar: String::new(),
        avatar_description: String::new(),
        header: String::new(),
        header_description: String::new(),
        fields: Vec::new(),
        emojis: Vec::new(),
        also_known_as: Vec::new(),
        moved_to: String::new(),
        locked: false,
        discoverable: true,
        indexable: false,
        memorial: false,
        hide_collections: false,
        created_at: now,
        updated_at: now,
        fetched_at: None,
        suspended_at: None,
        suspended_by: String::new(),
        limited_at: None,
        deleted_at: None,
        followers_count: 0,
        following_count: 0,
        posts_count: 0,
        last_post_at: None,
        uri,
    }
}

async fn put_own_key(node: &Node, tx: &mut Tx, account: &Account, keys: &KeyPair) -> Result<(), Error> {
    let now = node.now();
    tx.put_key(&Key {
        id: format!("{}#main-key", account.uri),
        account_id: account.id,
        public_pem: keys.public_pem.clone(),
        private_pem: Some(keys.private_pem.clone()),
        created_at: now,
        fetched_at: now,
    })
    .await?;
    Ok(())
}

/// Gives an account of ours a new key, under a new id, and tells its followers' servers. What was done until now, that message
/// included, is signed with the old key, which whoever gets it knows; everything later with the new one. Answers its id.
///
/// # Errors
/// [`Error::NotFound`] for an account that is not ours, or gone.
pub async fn rotate_key(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    account: &Account,
    keys: &KeyPair,
) -> Result<String, Error> {
    let old = tx.signing_key(account.id).await?.filter(|_| account.is_local() && account.deleted_at.is_none());
    let old = old.ok_or(Error::NotFound)?;
    tell_profile(node, tx, account.id).await?;
    // Later than what was just told, which the old key signs.
    let now = node.now();
    let id = format!("{}#key-{}", account.uri, node.id());
    tx.put_key(&Key {
        id: id.clone(),
        account_id: account.id,
        public_pem: keys.public_pem.clone(),
        private_pem: Some(keys.private_pem.clone()),
        created_at: now.max(old.created_at) + 1,
        fetched_at: now,
    })
    .await?;
    jobs::enqueue_at(node, tx, &jobs::Job::DropKey { key: old.id }, now + REPLACED_KEY).await?;
    crate::moderate::log(node, tx, by, "rotate_key", account, &id).await?;
    Ok(id)
}

/// What a member changes about their profile; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    pub display_name: Option<String>,
    pub note: Option<String>,
    /// Label and value, as written.
    pub fields: Option<Vec<(String, String)>>,
    /// Key of a file that was stored for it; empty removes the picture.
    pub avatar: Option<String>,
    pub avatar_description: Option<String>,
    pub header: Option<String>,
    pub header_description: Option<String>,
    pub bot: Option<bool>,
    pub locked: Option<bool>,
    pub discoverable: Option<bool>,
    pub indexable: Option<bool>,
    pub hide_collections: Option<bool>,
    pub show_media: Option<bool>,
    pub show_media_replies: Option<bool>,
    pub show_featured: Option<bool>,
    /// Domains of pages that may name the member as their author.
    pub attribution_domains: Option<Vec<String>>,
}

/// Changes a member's profile and tells their followers' servers.
pub async fn change_profile(
    node: &Node,
    tx: &mut Tx,
    account: &Account,
    change: ProfileChange,
) -> Result<Account, Error> {
    // As it is now: the one that was handed in is older by as long as it took to send a picture.
    tx.hold_account(account.id).await?;
    let account = &tx.account(account.id).await?.ok_or(Error::NotFound)?;
    login::may_be_heard(tx, account.id).await?;
    let display_name = change.display_name.map_or_else(|| account.display_name.clone(), |n| n.trim().to_owned());
    too_long("display_name", "Display name", &display_name, DISPLAY_NAME_LENGTH)?;
    let note_source = change.note.unwrap_or_else(|| account.note_source.clone());
    too_long("note", "Note", &note_source, NOTE_LENGTH)?;
    for description in [&change.avatar_description, &change.header_description].into_iter().flatten() {
        check_description(description)?;
    }
    let fields = match change.fields {
        Some(fields) => new_fields(node, account, fields)?,
        None => account.fields.clone(),
    };
    let old_files: Vec<String> = [(&change.avatar, &account.avatar), (&change.header, &account.header)]
        .into_iter()
        .filter(|(new, old)| new.as_ref().is_some_and(|n| n != *old) && !old.is_empty())
        .map(|(_, old)| old.clone())
        .collect();
    let has_links = fields.iter().any(|f| f.verified_at.is_none() && f.source.starts_with("https://"));
    let mut texts = vec![display_name.as_str(), note_source.as_str()];
    texts.extend(fields.iter().flat_map(|f| [f.name.as_str(), f.source.as_str()]));
    let emojis = emoji::used(tx, &texts).await?;
    let kind = match change.bot {
        Some(true) => ActorKind::Service,
        Some(false) => ActorKind::Person,
        None => account.kind,
    };
    let profile = Profile {
        display_name,
        note: text::render(&note_source, Format::Plain, &plain_links(node)),
        note_source,
        fields,
        emojis,
        avatar: change.avatar.unwrap_or_else(|| account.avatar.clone()),
        avatar_description: change.avatar_description.unwrap_or_else(|| account.avatar_description.clone()),
        header: change.header.unwrap_or_else(|| account.header.clone()),
        header_description: change.header_description.unwrap_or_else(|| account.header_description.clone()),
        kind,
        locked: change.locked.unwrap_or(account.locked),
        discoverable: change.discoverable.unwrap_or(account.discoverable),
        indexable: change.indexable.unwrap_or(account.indexable),
        hide_collections: change.hide_collections.unwrap_or(account.hide_collections),
    };
    tx.update_profile(account.id, &profile, node.now()).await?;
    let changed = tx.account(account.id).await?.ok_or(Error::NotFound)?;
    carry::heed_profile(node, tx, account, &changed).await?;
    let known = tx.profile_settings(account.id).await?;
    let settings = ProfileSettings {
        show_media: change.show_media.unwrap_or(known.show_media),
        show_media_replies: change.show_media_replies.unwrap_or(known.show_media_replies),
        show_featured: change.show_featured.unwrap_or(known.show_featured),
        attribution_domains: match change.attribution_domains {
            Some(domains) => attribution_domains(&domains)?,
            None => known.attribution_domains.clone(),
        },
        quote_policy: known.quote_policy.clone(),
    };
    if settings != known {
        tx.put_profile_settings(account.id, &settings).await?;
    }
    if !old_files.is_empty() {
        jobs::enqueue(node, tx, &jobs::Job::DeleteFiles { keys: old_files }).await?;
    }
    if has_links {
        jobs::enqueue(node, tx, &jobs::Job::CheckLinks { account: account.id }).await?;
    }
    if account.locked && change.locked == Some(false) {
        jobs::enqueue(node, tx, &jobs::Job::AcceptRequests { account: account.id }).await?;
    }
    if account.discoverable && !profile.discoverable {
        crate::stamp::leave_collections(node, tx, account).await?;
    }
    let changed = Account { indexable: profile.indexable, ..account.clone() };
    index::note_indexable(tx, account.indexable, &changed).await?;
    tell_profile(node, tx, account.id).await?;
    tx.account(account.id).await?.ok_or(Error::NotFound)
}

/// Domains as they were typed, maybe as addresses.
fn attribution_domains(typed: &[String]) -> Result<Vec<String>, Error> {
    let mut domains: Vec<String> = Vec::new();
    for text in typed.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
        let host = text.split_once("://").map_or(text, |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default().trim_start_matches("*.");
        let domain = canonical_domain(host).filter(|d| d.contains('.')).ok_or_else(|| {
            Error::invalid(format!("Validation failed: Attribution domains: “{text}” is not a valid domain name"))
        })?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    if domains.len() > ATTRIBUTION_DOMAINS {
        return Err(Error::invalid(format!(
            "Validation failed: Attribution domains can't be more than {ATTRIBUTION_DOMAINS}"
        )));
    }
    Ok(domains)
}

/// How a member likes to post; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct PostingDefaults {
    pub audience: Option<Audience>,
    pub sensitive: Option<bool>,
    /// BCP 47; empty follows the member's own language.
    pub language: Option<String>,
    /// Who may quote what they post.
    pub quote_policy: Option<QuotePolicy>,
}

/// Changes what a post gets when nothing else is said.
pub async fn change_defaults(tx: &mut Tx, member: &Member, change: &PostingDefaults) -> Result<(), Error> {
    // As it is now, like the profile.
    let member = &tx.member(member.account_id).await?.ok_or(Error::NotFound)?;
    let language = match change.language.as_deref() {
        None => member.default_language.clone(),
        Some("") => String::new(),
        Some(tag) => {
            model::language::valid_bcp47(tag).ok_or_else(|| Error::invalid("Validation failed: Language is not one"))?
        }
    };
    let audience = change.audience.unwrap_or(member.default_audience);
    let sensitive = change.sensitive.unwrap_or(member.default_sensitive);
    tx.set_posting_defaults(member.account_id, audience, sensitive, &language).await?;
    if let Some(policy) = change.quote_policy {
        let known = tx.profile_settings(member.account_id).await?;
        let settings = ProfileSettings { quote_policy: policy.name().to_owned(), ..known };
        tx.put_profile_settings(member.account_id, &settings).await?;
    }
    Ok(())
}

/// Tells followers' servers that a profile changed.
pub async fn tell_profile(node: &Node, tx: &mut Tx, account: Id) -> Result<(), Error> {
    node.tell(tx, Kind::UpdateActor, account, Some(account), &Data::default())
        .await?
        .followers(tx)
        .await?
        .done(tx)
        .await
}

fn new_fields(node: &Node, account: &Account, fields: Vec<(String, String)>) -> Result<Vec<Field>, Error> {
    let mut list = Vec::new();
    for (name, value) in fields.into_iter().take(FIELDS) {
        let (name, source) = (name.trim().to_owned(), value.trim().to_owned());
        if name.is_empty() && source.is_empty() {
            continue;
        }
        too_long("fields", "Profile field label", &name, FIELD_LENGTH)?;
        too_long("fields", "Profile field value", &source, FIELD_LENGTH)?;
        let value = text::render(&source, Format::Plain, &plain_links(node));
        // A line is no paragraph.
        let value = value.strip_prefix("<p>").and_then(|v| v.strip_suffix("</p>")).unwrap_or(&value).to_owned();
        let verified_at = account.fields.iter().find(|f| f.source == source).and_then(|f| f.verified_at);
        list.push(Field { name, value, source, verified_at });
    }
    Ok(list)
}

fn too_long(field: &'static str, label: &str, text: &str, limit: usize) -> Result<(), Error> {
    if text.chars().count() > limit {
        let message = format!("{label} is too long (maximum is {limit} characters)");
        return Err(Error::Field { field, code: "ERR_TOO_LONG", message });
    }
    Ok(())
}

/// Links and hashtags work in a profile; mentions stay text.
fn plain_links(node: &Node) -> impl text::Links + '_ {
    struct Plain<'a>(&'a Node);
    impl text::Links for Plain<'_> {
        fn mention(&self, _: &model::handle::Handle) -> Option<text::MentionLink> {
            None
        }
        fn hashtag(&self, key: &str, _: &str) -> String {
            self.0.config.tag_url(key)
        }
    }
    Plain(node)
}

/// Takes in what a remote actor's document says: a new account, or the known one brought up to date. `account.id` and its
/// times are set here. The handle must have been verified (WebFinger). `as_of`: when the document came by itself, or was asked for;
/// one that is older than what is known changes nothing.
pub async fn receive(
    node: &Node,
    tx: &mut Tx,
    mut account: Account,
    key: Option<(String, String)>,
    as_of: Millis,
) -> Result<Account, Error> {
    let now = node.now();
    account.fetched_at = Some(as_of);
    account.updated_at = now;
    // A rule may have been lifted a moment ago, which is when accounts are read anew: what stands in the database counts.
    if node.rejects_media_by(&account) && domains::read(node, tx).await?.reject_media(account.names()) {
        account.avatar.clear();
        account.header.clear();
        account.emojis.clear();
    }
    let mut known = tx.account_by_uri(&account.uri).await?;
    if known.as_ref().is_some_and(Account::is_local) {
        return Err(Error::forbidden("That is one of our own accounts."));
    }
    // An `Update` may have come while the document was on its way. What lies ahead of the clock says nothing: it was set back.
    if let Some(known) = known.as_ref().filter(|k| k.fetched_at.is_some_and(|at| at > as_of && at <= now)) {
        return Ok(known.clone());
    }
    if let Some(known) = &known {
        account.id = known.id;
        tx.update_remote_account(&account).await?;
        index::note_indexable(tx, known.indexable, &account).await?;
    } else {
        account.id = node.id();
        if !tx.insert_account(&account).await? {
            // Somebody else took it in meanwhile.
            known = tx.account_by_uri(&account.uri).await?;
            account.id = known.as_ref().map_or(account.id, |k| k.id);
        }
    }
    domains::heed(node, tx, &account, known.as_ref()).await?;
    if let Some(known) = &known {
        carry::heed_profile(node, tx, known, &account).await?;
    }
    if let Some((id, public_pem)) = key
        && !is_neighbours_key(tx, account.id, &id).await?
    {
        tx.put_key(&Key {
            id: id.clone(),
            account_id: account.id,
            public_pem,
            private_pem: None,
            created_at: now,
            fetched_at: now,
        })
        .await?;
        tx.drop_other_keys(account.id, &id).await?;
    }
    if !account.moved_to.is_empty()
        && let Some(target) = tx.account_by_uri(&account.moved_to).await?
    {
        tx.put_move(account.id, target.id, 0).await?;
    }
    tx.account(account.id).await?.ok_or(Error::NotFound)
}

/// An account elsewhere has the handle that WebFinger says it has. Whoever had it before is somebody else now, of whom is asked
/// what they are called today.
pub async fn claim_handle(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    for uri in tx.take_handle(&account.username, &account.domain, account.id).await? {
        jobs::enqueue(node, tx, &jobs::Job::RefreshActor { uri }).await?;
    }
    Ok(())
}

/// Whether a key id is that of another account: nobody takes over the key of a neighbour by naming it.
async fn is_neighbours_key(tx: &mut Tx, account: Id, key: &str) -> Result<bool, Error> {
    let Some(known) = tx.key(key).await?.filter(|k| k.account_id != account) else { return Ok(false) };
    Ok(tx.account(known.account_id).await?.is_some_and(|a| a.deleted_at.is_none()))
}

/// A remote account is gone for good: its follows end, its posts are removed step by step.
pub async fn receive_delete(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    if account.is_local() {
        return Err(Error::forbidden("That is one of our own accounts."));
    }
    bury(node, tx, account).await
}

/// A member's account is deleted for good: every server is told, nobody can sign in with it, its files and posts go step by step,
/// and its name is never given to anybody again.
pub async fn delete_member(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    tx.member(account.id).await?.ok_or(Error::NotFound)?;
    keep_an_owner(tx, account).await?;
    node.tell(tx, Kind::DeleteActor, account.id, None, &Data::default()).await?.everybody(tx).await?.done(tx).await?;
    let keys = [&account.avatar, &account.header].into_iter().filter(|k| !k.is_empty()).cloned().collect();
    jobs::enqueue(node, tx, &jobs::Job::DeleteFiles { keys }).await?;
    takeout::forget(node, tx, account.id).await?;
    tx.delete_tokens_of(account.id).await?;
    tx.delete_member(account.id).await?;
    tx.leave_challenges(account.id).await?;
    bury(node, tx, account).await?;
    moderate::log(node, tx, by, "delete", account, "").await
}

/// One of our actors that is nobody's is deleted in the same way.
pub(crate) async fn delete_actor(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    node.tell(tx, Kind::DeleteActor, account.id, None, &Data::default()).await?.everybody(tx).await?.done(tx).await?;
    bury(node, tx, account).await?;
    moderate::log(node, tx, by, "delete", account, "").await
}

async fn bury(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    tx.put_tombstone(&account.uri, &account.uri, node.now()).await?;
    tx.mark_account_deleted(account.id, node.now()).await?;
    tx.set_hidden_inbox(account.id).await?;
    jobs::enqueue(node, tx, &jobs::Job::PurgeAccount { account: account.id }).await
}

/// One step of removing what a deleted account left; `true` when nothing is left.
pub async fn purge_step(node: &Node, tx: &mut Tx, account: Id) -> Result<bool, Error> {
    let follows = tx.follows_touching(account, 100).await?;
    for row in &follows {
        crate::follow::end(tx, row).await?;
    }
    let owner = tx.account(account).await?.map(|a| a.uri).unwrap_or_default();
    let posts = tx.all_posts_of(account, 0, 100).await?;
    for post in &posts {
        if post.boost_of_id.is_some() {
            crate::react::drop_boost(tx, post).await?;
        } else {
            tx.put_tombstone(&post.uri, &owner, node.now()).await?;
            crate::publish::remove(node, tx, post).await?;
        }
    }
    let favourites = tx.favourites_by(account, 100).await?;
    for post in &favourites {
        if tx.delete_favourite(account, *post).await?.is_some() {
            tx.count_favourite(*post, -1).await?;
        }
    }
    let tags = peers::forget_follows(node, tx, account).await?;
    let finished = follows.is_empty() && posts.is_empty() && favourites.is_empty() && tags == 0;
    if finished {
        tx.forget_account(account).await?;
    }
    Ok(finished)
}

/// Remembers that a member was here, and with which token: to be called at most once an hour for each.
pub async fn seen(tx: &mut Tx, account: Id, token: Id, now: Millis) -> Result<(), Error> {
    tx.touch_token(token, now).await?;
    let before = tx.member(account).await?.and_then(|m| m.last_active_at).unwrap_or(0);
    if tx.touch_member(account, now, now - model::clock::HOUR).await? && before < storage::week_of(now) {
        tx.count_week(now, 0, 1, 0).await?;
    }
    Ok(())
}
