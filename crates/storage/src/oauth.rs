//! Apps, codes and tokens. Secrets are kept as SHA-256 (hexadecimal) only: they are long and random.

use model::clock::Millis;
use model::id::Id;

use crate::row::{ids, json};
use crate::{Error, Event, Live, Tx};

#[derive(Clone, Debug)]
pub struct App {
    pub id: Id,
    pub client_id: String,
    pub client_secret_hash: String,
    pub name: String,
    pub website: String,
    pub redirect_uris: Vec<String>,
    /// Space separated.
    pub scopes: String,
    pub created_at: Millis,
}

row!(App, app_columns, "p.": id, client_id, client_secret_hash, name, website, redirect_uris, scopes, created_at);

#[derive(Clone, Debug)]
pub struct Code {
    pub code_hash: String,
    pub app_id: Id,
    pub account_id: Id,
    pub redirect_uri: String,
    pub scopes: String,
    /// PKCE S256, or empty.
    pub code_challenge: String,
    pub expires_at: Millis,
}

row!(Code: code_hash, app_id, account_id, redirect_uri, scopes, code_challenge, expires_at);

#[derive(Clone, Debug)]
pub struct Token {
    pub id: Id,
    pub token_hash: String,
    /// None: a browser's session.
    pub app_id: Option<Id>,
    /// None: an app's own token.
    pub account_id: Option<Id>,
    pub scopes: String,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
    pub expires_at: Option<Millis>,
}

row!(Token, token_columns, "t.": id, token_hash, app_id, account_id, scopes, created_at, last_used_at, expires_at);

impl Tx {
    pub async fn insert_app(&mut self, a: &App) -> Result<(), Error> {
        self.run(
            "insert into apps (id, client_id, client_secret_hash, name, website, redirect_uris, scopes, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                a.id.into(),
                (&a.client_id).into(),
                (&a.client_secret_hash).into(),
                (&a.name).into(),
                (&a.website).into(),
                json(&a.redirect_uris),
                (&a.scopes).into(),
                a.created_at.into(),
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn app(&mut self, id: Id) -> Result<Option<App>, Error> {
        self.one(concat!("select ", app_columns!(), " from apps p where p.id = $1"), args![id]).await
    }

    pub async fn apps(&mut self, list: &[Id]) -> Result<Vec<App>, Error> {
        self.all(
            concat!("select ", app_columns!(), " from apps p where p.id in (select value from json_each($1))"),
            &[ids(list)],
        )
        .await
    }

    pub async fn app_by_client_id(&mut self, client_id: &str) -> Result<Option<App>, Error> {
        self.one(concat!("select ", app_columns!(), " from apps p where p.client_id = $1"), args![client_id]).await
    }

    pub async fn insert_code(&mut self, c: &Code) -> Result<(), Error> {
        self.run(
            "insert into oauth_codes (code_hash, app_id, account_id, redirect_uri, scopes, code_challenge, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
            args![&c.code_hash, c.app_id, c.account_id, &c.redirect_uri, &c.scopes, &c.code_challenge, c.expires_at],
        )
        .await?;
        Ok(())
    }

    /// Takes a code: it works once.
    pub async fn take_code(&mut self, code_hash: &str) -> Result<Option<Code>, Error> {
        self.one(
            "delete from oauth_codes where code_hash = $1 returning code_hash, app_id, account_id, redirect_uri, scopes, \
             code_challenge, expires_at",
            args![code_hash],
        )
        .await
    }

    pub async fn insert_token(&mut self, t: &Token) -> Result<(), Error> {
        self.run(
            "insert into tokens (id, token_hash, app_id, account_id, scopes, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
            args![t.id, &t.token_hash, t.app_id, t.account_id, &t.scopes, t.created_at, t.expires_at],
        )
        .await?;
        Ok(())
    }

    pub async fn token(&mut self, token_hash: &str, now: Millis) -> Result<Option<Token>, Error> {
        self.one(
            concat!(
                "select ",
                token_columns!(),
                " from tokens t where t.token_hash = $1 and coalesce(t.expires_at, $2 + 1) > $2"
            ),
            args![token_hash, now],
        )
        .await
    }

    pub async fn token_hash(&mut self, id: Id) -> Result<Option<String>, Error> {
        self.value("select t.token_hash from tokens t where t.id = $1", args![id]).await
    }

    /// With what a session was begun: a browser, in words.
    pub async fn set_token_agent(&mut self, id: Id, agent: &str) -> Result<(), Error> {
        self.run("update tokens set agent = $2 where id = $1", args![id, agent]).await?;
        Ok(())
    }

    /// A token was used.
    pub async fn touch_token(&mut self, id: Id, now: Millis) -> Result<(), Error> {
        self.run("update tokens set last_used_at = $2 where id = $1", args![id, now]).await?;
        Ok(())
    }

    pub async fn delete_token(&mut self, id: Id) -> Result<(), Error> {
        self.ring(Event::Live(Live::Access));
        self.run("delete from tokens where id = $1", args![id]).await?;
        Ok(())
    }

    /// Ends everything an account is signed in with.
    pub async fn delete_tokens_of(&mut self, account: Id) -> Result<u64, Error> {
        self.ring(Event::Live(Live::Access));
        self.run("delete from tokens where account_id = $1", args![account]).await
    }
}
