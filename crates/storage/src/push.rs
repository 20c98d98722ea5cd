//! Where members want to be told of notifications: subscriptions to Web Push, each of one token.

use model::clock::Millis;
use model::id::Id;
use model::notification::NotificationKind;

use crate::row::json;
use crate::{Error, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Below 2³¹: some apps read no more.
    pub id: Id,
    pub token_id: Id,
    pub account_id: Id,
    pub endpoint: String,
    /// The public key and the secret of the one who is told, base64url without padding.
    pub p256dh: String,
    pub auth: String,
    /// Encrypted as RFC 8291 says, and not as its draft did.
    pub standard: bool,
    /// Names of the kinds of notifications that are told.
    pub alerts: Vec<String>,
    /// From whom: `all`, `followed`, `follower` or `none`.
    pub policy: String,
    /// The secret of the token, sealed.
    pub secret: String,
    pub created_at: Millis,
}

row!(Subscription, subscription_columns, "s.": id, token_id, account_id, endpoint, p256dh, auth, standard, alerts, policy, secret,
    created_at);

impl Subscription {
    pub fn wants(&self, kind: NotificationKind) -> bool {
        self.alerts.iter().any(|name| kind.is_named(name))
    }
}

impl Tx {
    /// Keeps a subscription in the place of the one that its token had; `false` if another has its id.
    pub async fn put_subscription(&mut self, s: &Subscription) -> Result<bool, Error> {
        self.delete_subscription_of(s.token_id).await?;
        Ok(self
            .run(
                "insert into push_subscriptions (id, token_id, account_id, endpoint, p256dh, auth, standard, alerts, policy, secret, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing",
                &[
                    s.id.into(),
                    s.token_id.into(),
                    s.account_id.into(),
                    (&s.endpoint).into(),
                    (&s.p256dh).into(),
                    (&s.auth).into(),
                    s.standard.into(),
                    json(&s.alerts),
                    (&s.policy).into(),
                    (&s.secret).into(),
                    s.created_at.into(),
                ],
            )
            .await?
            > 0)
    }

    /// Of a member's subscriptions the newest `keep` stay.
    pub async fn drop_old_subscriptions(&mut self, account: Id, keep: i64) -> Result<u64, Error> {
        self.run(
            "delete from push_subscriptions where id in (select s.id from push_subscriptions s where s.account_id = $1 \
             order by s.created_at desc, s.token_id desc limit 1000 offset $2)",
            args![account, keep],
        )
        .await
    }

    pub async fn subscription(&mut self, id: Id) -> Result<Option<Subscription>, Error> {
        self.one(concat!("select ", subscription_columns!(), " from push_subscriptions s where s.id = $1"), args![id])
            .await
    }

    /// The one subscription of a token.
    pub async fn subscription_of(&mut self, token: Id) -> Result<Option<Subscription>, Error> {
        self.one(
            concat!("select ", subscription_columns!(), " from push_subscriptions s where s.token_id = $1"),
            args![token],
        )
        .await
    }

    /// Those of a member.
    pub async fn subscriptions(&mut self, account: Id) -> Result<Vec<Subscription>, Error> {
        self.all(
            concat!(
                "select ",
                subscription_columns!(),
                " from push_subscriptions s where s.account_id = $1 order by s.id"
            ),
            args![account],
        )
        .await
    }

    /// Changes what is told, and from whom.
    pub async fn change_subscription(&mut self, id: Id, alerts: &[String], policy: &str) -> Result<(), Error> {
        self.run(
            "update push_subscriptions set alerts = $2, policy = $3 where id = $1",
            &[id.into(), json(alerts), policy.into()],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_subscription(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from push_subscriptions where id = $1", args![id]).await?;
        Ok(())
    }

    pub async fn delete_subscription_of(&mut self, token: Id) -> Result<(), Error> {
        self.run("delete from push_subscriptions where token_id = $1", args![token]).await?;
        Ok(())
    }
}
