//! Members and their tokens.

use clap::Subcommand;
use federation::signature;
use model::account::{MemberState, Role};
use node::accounts::{SignUp, create_member};
use node::login::{self, Scopes};

use super::{local_account, say};
use crate::{Error, Parts, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Member {
    /// Add a member. Prints a password, unless one is given.
    Add {
        username: String,
        #[arg(long)]
        email: String,
        #[arg(long, default_value = "member")]
        role: Role,
        /// Read the password from standard input (its first line).
        #[arg(long)]
        password_stdin: bool,
    },
}

impl Member {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        match self {
            Self::Add { username, email, role, password_stdin } => {
                let node = serve::open(settings, Parts::default()).await?;
                let given = if password_stdin { Some(read_password()?) } else { None };
                let password = given.clone().unwrap_or_else(|| node.random.secret()[..20].to_owned());
                let hash = login::hash_password(&node, &password)?;
                let keys = signature::generate_key().map_err(federation::Error::from)?;
                let form = SignUp {
                    username,
                    email,
                    password: password.clone(),
                    role,
                    state: MemberState::Active,
                    reason: String::new(),
                    locale: "en".to_owned(),
                };
                let mut tx = node.store.begin().await?;
                let account = create_member(&node, &mut tx, &form, &hash, &keys).await?;
                node.commit(tx).await?;
                let handle = node.config.full_handle(&account);
                match given {
                    Some(_) => say(&format!("@{handle} is a member now.")),
                    None => say(&format!("@{handle} is a member now. Password: {password}")),
                }
                Ok(())
            }
        }
    }
}

fn read_password() -> Result<String, Error> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(Error::io("cannot read the password"))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a bearer token for a member and print it, and nothing else.
    Issue {
        username: String,
        #[arg(long, default_value = "read write follow push")]
        scopes: String,
    },
}

impl Token {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let Self::Issue { username, scopes } = self;
        let scopes = Scopes::parse(&scopes)
            .ok_or_else(|| Error::Usage(format!("--scopes: “{scopes}” names a scope that does not exist.")))?;
        let node = serve::open(settings, Parts::default()).await?;
        let account = local_account(&node, &username).await?;
        let mut tx = node.store.begin().await?;
        let redirect = vec!["urn:ietf:wg:oauth:2.0:oob".to_owned()];
        let (app, _) = login::register_app(&node, &mut tx, "Command line", "", redirect, &scopes).await?;
        let (secret, _) = login::issue_token(&node, &mut tx, Some(app.id), Some(account.id), &scopes).await?;
        node.commit(tx).await?;
        say(&secret);
        Ok(())
    }
}
