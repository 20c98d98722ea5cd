//! Relays that the node takes part in. There are a few.

use model::clock::Millis;
use model::id::Id;

use crate::{Error, Tx};

/// How a relay is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayStyle {
    /// It has an inbox, where `as:Public` is followed and whole activities go.
    Mastodon,
    /// It is an actor that is followed and follows back, and gets announcements.
    LitePub,
}

impl RelayStyle {
    pub fn name(self) -> &'static str {
        match self {
            Self::Mastodon => "mastodon",
            Self::LitePub => "litepub",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Mastodon, Self::LitePub].into_iter().find(|style| style.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    pub id: Id,
    /// Of its inbox, or its actor.
    pub url: String,
    /// [`RelayStyle::name`].
    pub style: String,
    pub inbox: String,
    /// Of deliveries, as in `hosts`.
    pub lane: String,
    /// Who speaks for it, once that is known.
    pub account_id: Option<Id>,
    /// asked, accepted, rejected.
    pub state: String,
    /// Id of our `Follow`.
    pub uri: String,
    pub follows_us: bool,
    pub created_at: Millis,
}

row!(Relay, relay_columns, "r.": id, url, style, inbox, lane, account_id, state, uri, follows_us, created_at);

impl Tx {
    /// `false` if there is one with this URL.
    pub async fn insert_relay(&mut self, r: &Relay) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into relays (id, url, style, inbox, lane, account_id, state, uri, follows_us, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (url) do nothing",
                args![
                    r.id,
                    &r.url,
                    &r.style,
                    &r.inbox,
                    &r.lane,
                    r.account_id,
                    &r.state,
                    &r.uri,
                    r.follows_us,
                    r.created_at
                ],
            )
            .await?
            > 0)
    }

    /// All of them, the first first.
    pub async fn relays(&mut self) -> Result<Vec<Relay>, Error> {
        self.all(concat!("select ", relay_columns!(), " from relays r order by r.id"), args![]).await
    }

    pub async fn set_relay(&mut self, r: &Relay) -> Result<(), Error> {
        self.run(
            "update relays set account_id = $2, state = $3, follows_us = $4 where id = $1",
            args![r.id, r.account_id, &r.state, r.follows_us],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_relay(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from relays where id = $1", args![id]).await?;
        Ok(())
    }

    /// A deed goes to the relays of this style that have accepted.
    pub async fn deliver_to_relays(&mut self, deed: Id, style: RelayStyle, now: Millis) -> Result<u64, Error> {
        self.run(
            "insert into deliveries (deed_id, host, inbox, attempts, next_at) \
             select distinct $1, r.lane, r.inbox, cast(0 as bigint), $3 from relays r where r.style = $2 and r.state = 'accepted' \
             and not exists (select 1 from hosts h where h.name = r.lane and h.dead_since is not null) \
             order by 2, 3 on conflict do nothing",
            args![deed, style.name(), now],
        )
        .await
    }
}
