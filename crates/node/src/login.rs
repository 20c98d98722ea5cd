//! Passwords, sessions, apps and tokens: who is there.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use model::account::{Account, Member, MemberState};
use model::clock::{DAY, MINUTE, Millis};
use model::handle::canonical_domain;
use model::id::Id;
use storage::{App, Code, Token, Tx};

use crate::random::hash;
use crate::{Error, Node};

/// Shortest and longest password, in characters.
pub const PASSWORD_MIN: usize = 8;
pub const PASSWORD_MAX: usize = 1_000;
/// How long a browser stays signed in.
const SESSION: Millis = 60 * DAY;
const CODE: Millis = 10 * MINUTE;

/// Everything that can be asked for; `parent:child` is part of `parent`.
pub const SCOPES: [&str; 47] = [
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:collections",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:collections",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "follow",
    "push",
    "profile",
    "admin:read",
    "admin:read:accounts",
    "admin:read:canonical_email_blocks",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:reports",
    "admin:write",
    "admin:write:accounts",
    "admin:write:canonical_email_blocks",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:reports",
];

/// What the scope `follow` stands for.
const FOLLOW: [&str; 6] = ["read:blocks", "write:blocks", "read:follows", "write:follows", "read:mutes", "write:mutes"];

/// A set of scopes as it is written: separated by spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads and checks; `None` names no known scope.
    pub fn parse(text: &str) -> Option<Self> {
        let list: Vec<String> = text.split([' ', '+', ',']).filter(|s| !s.is_empty()).map(str::to_owned).collect();
        list.iter().all(|s| SCOPES.contains(&s.as_str())).then_some(Self(list))
    }

    /// Whether holding these lets one do what needs `scope`.
    pub fn allow(&self, scope: &str) -> bool {
        let above = scope.rsplit_once(':').map_or(scope, |(parent, _)| parent);
        let top = scope.split(':').next().unwrap_or(scope);
        self.0.iter().any(|s| {
            s == scope || s == above || (s == top && top != "admin") || (s == "follow" && FOLLOW.contains(&scope))
        })
    }

    pub fn contain(&self, others: &Scopes) -> bool {
        others.0.iter().all(|s| self.allow(s))
    }

    pub fn list(&self) -> &[String] {
        &self.0
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// Lower case and trimmed, if it looks like an address at all.
pub fn normal_email(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (name, domain) = email.rsplit_once('@')?;
    // Of several ways to write a domain one counts, by which it may be blocked; names within quotes and comments are ways to write another.
    let domain = canonical_domain(domain).filter(|d| !d.contains(':'))?;
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[]\"\\,:;@".contains(c) || is_invisible(c);
    let email = format!("{name}@{domain}");
    (!name.is_empty() && !name.chars().any(is_odd) && email.len() <= 254).then_some(email)
}

/// Signs that nobody sees (Unicode's default ignorable ones, as far as they could stand in an address).
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c), 0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E
        | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xE0000..=0xE0FFF)
}

fn argon2(node: &Node) -> Result<Argon2<'static>, Error> {
    let params = Params::new(node.config.argon2_memory_kib, 2, 1, None).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Argon2id in PHC form. Takes tens of milliseconds of CPU: call it on a blocking thread.
pub fn hash_password(node: &Node, password: &str) -> Result<String, Error> {
    let length = password.chars().count();
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
        let message = format!("must have between {PASSWORD_MIN} and {PASSWORD_MAX} characters");
        return Err(Error::Field { field: "password", code: "ERR_INVALID", message });
    }
    let salt = node.random.bytes::<16>();
    let hash = argon2(node)?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|e| Error::Internal(e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. As slow as hashing: call it on a blocking thread.
pub fn is_password(node: &Node, password: &str, hash: &str) -> bool {
    let Ok(argon2) = argon2(node) else { return false };
    PasswordHash::new(hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
}

/// Finds who may be meant by what was typed: an e-mail address, a username, a handle.
pub async fn find_member(node: &Node, tx: &mut Tx, typed: &str) -> Result<Option<(Account, Member)>, Error> {
    let typed = typed.trim();
    let account = match typed.trim_start_matches('@').split_once('@') {
        None => tx.account_by_handle(typed.trim_start_matches('@'), "").await?,
        Some((name, domain)) => match normal_email(typed) {
            Some(email) => match tx.member_by_email(&email).await? {
                Some(member) => tx.account(member.account_id).await?,
                None if node.config.is_own_domain(domain) => tx.account_by_handle(name, "").await?,
                None => None,
            },
            None if node.config.is_own_domain(domain) => tx.account_by_handle(name, "").await?,
            None => None,
        },
    };
    let Some(account) = account else { return Ok(None) };
    Ok(tx.member(account.id).await?.map(|member| (account, member)))
}

/// Whether a member was shut out; not who has not been let in yet.
pub fn is_closed(account: &Account, member: &Member) -> bool {
    member.state == MemberState::Disabled || account.is_suspended() && !account.is_waiting()
}

/// Whether a member may act; if not, why, in words for them.
pub fn may_act(account: &Account, member: &Member) -> Result<(), Error> {
    if !member.confirmed && !is_closed(account, member) {
        return Err(Error::forbidden("Your login is missing a confirmed e-mail address"));
    }
    if member.state == MemberState::Pending {
        return Err(Error::forbidden("Your login is currently pending approval"));
    }
    if account.is_suspended() || member.state == MemberState::Disabled {
        return Err(Error::forbidden("Your login is currently disabled"));
    }
    Ok(())
}

/// Whether a member may do what others see. A frozen one may only read, and take back what they did.
pub async fn may_be_heard(tx: &mut Tx, who: Id) -> Result<(), Error> {
    match tx.member(who).await? {
        Some(member) if member.state == MemberState::Frozen => {
            Err(Error::forbidden("Your account is frozen: you can read, but nobody would see what you do"))
        }
        _ => Ok(()),
    }
}

/// Makes a bearer token, or (with no app) a browser's session. Answers the secret, which is kept nowhere.
pub async fn issue_token(
    node: &Node,
    tx: &mut Tx,
    app: Option<Id>,
    account: Option<Id>,
    scopes: &Scopes,
) -> Result<(String, Token), Error> {
    let secret = node.random.secret();
    let now = node.now();
    let token = Token {
        id: node.id(),
        token_hash: hash(&secret),
        app_id: app,
        account_id: account,
        scopes: scopes.to_string(),
        created_at: now,
        last_used_at: None,
        expires_at: app.is_none().then_some(now + SESSION),
    };
    tx.insert_token(&token).await?;
    Ok((secret, token))
}

pub async fn token(node: &Node, tx: &mut Tx, secret: &str) -> Result<Option<Token>, Error> {
    Ok(tx.token(&hash(secret), node.now()).await?)
}

/// Registers an app; answers it with its secret.
pub async fn register_app(
    node: &Node,
    tx: &mut Tx,
    name: &str,
    website: &str,
    redirect_uris: Vec<String>,
    scopes: &Scopes,
) -> Result<(App, String), Error> {
    let secret = node.random.secret();
    let app = App {
        id: node.id(),
        client_id: node.random.secret(),
        client_secret_hash: hash(&secret),
        name: name.to_owned(),
        website: website.to_owned(),
        redirect_uris,
        scopes: scopes.to_string(),
        created_at: node.now(),
    };
    tx.insert_app(&app).await?;
    Ok((app, secret))
}

/// Whether the secret is the app's, compared in constant time.
pub fn is_app_secret(app: &App, secret: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(hash(secret).as_bytes(), app.client_secret_hash.as_bytes())
        .is_ok()
}

/// A code that the app can change for a token, once, within ten minutes (RFC 6749 4.1.2).
pub async fn issue_code(
    node: &Node,
    tx: &mut Tx,
    app: &App,
    account: Id,
    redirect_uri: &str,
    scopes: &Scopes,
    code_challenge: &str,
) -> Result<String, Error> {
    let secret = node.random.secret();
    tx.insert_code(&Code {
        code_hash: hash(&secret),
        app_id: app.id,
        account_id: account,
        redirect_uri: redirect_uri.to_owned(),
        scopes: scopes.to_string(),
        code_challenge: code_challenge.to_owned(),
        expires_at: node.now() + CODE,
    })
    .await?;
    Ok(secret)
}

/// Takes a code; `None` if there is no such, or its time is over.
pub async fn take_code(node: &Node, tx: &mut Tx, secret: &str) -> Result<Option<Code>, Error> {
    Ok(tx.take_code(&hash(secret)).await?.filter(|c| c.expires_at > node.now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_in_one_way() {
        assert_eq!(normal_email(" Eve.O@Bücher.Example ").as_deref(), Some("eve.o@xn--bcher-kva.example"));
        for same in ["e@ｂlocked.example", "e@blocked。example", "e@blocked\u{AD}.example", "e@blocked.example."] {
            assert_eq!(normal_email(same).as_deref(), Some("e@blocked.example"), "{same}");
        }
        for odd in [
            "e@a.example>",
            "e@a.example\u{200B}x y",
            "\"e\\ve\"@a.example",
            "e(x)@a.example",
            "@e@a.example",
            "e\u{200B}@a.example",
            "e@a.example:25",
            "e@",
        ] {
            assert_eq!(normal_email(odd), None, "{odd}");
        }
    }

    #[test]
    fn scopes_are_a_hierarchy() {
        let s = |t| Scopes::parse(t).unwrap();
        assert!(s("read").allow("read:statuses"));
        assert!(!s("read:statuses").allow("read"));
        assert!(!s("read").allow("write:statuses"));
        assert!(s("follow").allow("write:blocks"));
        assert!(!s("follow").allow("write:statuses"));
        assert!(s("admin:read").allow("admin:read:accounts"));
        assert!(s("read write").contain(&s("read:accounts write:media")));
        assert!(!s("read").contain(&s("read write")));
        assert_eq!(Scopes::parse("read sudo"), None);
    }

    #[test]
    fn addresses_are_lowered_and_checked() {
        assert_eq!(normal_email(" Alice@Example.ORG "), Some("alice@example.org".to_owned()));
        for bad in ["alice", "@example.org", "a@", "a b@example.org", "a@.org"] {
            assert_eq!(normal_email(bad), None, "{bad}");
        }
    }
}
