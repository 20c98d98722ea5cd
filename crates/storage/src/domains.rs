//! Rules for other servers, and the log of what moderators did.

use model::clock::Millis;
use model::id::Id;

use crate::{Error, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRule {
    pub domain: String,
    /// suspend, limit, none.
    pub severity: String,
    pub reject_media: bool,
    pub private_comment: String,
    pub public_comment: String,
    pub created_at: Millis,
}

row!(DomainRule, domain_columns, "d.": domain, severity, reject_media, private_comment, public_comment, created_at);

/// Whether `$host` lies within `$domain`: it is that, or that with a port, or anything below either. A domain that has a port
/// itself is only that. (`rtrim` leaves a host with its colon when the port is cut off.)
macro_rules! within {
    ($host:literal, $domain:literal) => {
        concat!(
            "(",
            $host,
            " = ",
            $domain,
            " or substr(",
            $host,
            ", length(",
            $host,
            ") - length(",
            $domain,
            ")) = '.' || ",
            $domain,
            " or rtrim(",
            $host,
            ", '0123456789') = ",
            $domain,
            " || ':'",
            " or substr(rtrim(",
            $host,
            ", '0123456789'), length(rtrim(",
            $host,
            ", '0123456789')) - length(",
            $domain,
            ") - 1) = '.' || ",
            $domain,
            " || ':')"
        )
    };
}
pub(crate) use within;

impl Tx {
    pub async fn domain_rules(&mut self) -> Result<Vec<DomainRule>, Error> {
        self.all(concat!("select ", domain_columns!(), " from domain_rules d order by d.domain"), args![]).await
    }

    pub async fn put_domain_rule(&mut self, r: &DomainRule) -> Result<(), Error> {
        self.run(
            "insert into domain_rules (domain, severity, reject_media, private_comment, public_comment, created_at) \
             values ($1, $2, $3, $4, $5, $6) on conflict (domain) do update set severity = excluded.severity, \
             reject_media = excluded.reject_media, private_comment = excluded.private_comment, public_comment = excluded.public_comment",
            args![&r.domain, &r.severity, r.reject_media, &r.private_comment, &r.public_comment, r.created_at],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_domain_rule(&mut self, domain: &str) -> Result<bool, Error> {
        Ok(self.run("delete from domain_rules where domain = $1", args![domain]).await? > 0)
    }

    pub async fn log_action(
        &mut self,
        id: Id,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &str,
        now: Millis,
    ) -> Result<(), Error> {
        self.run(
            "insert into audit_log (id, actor, action, subject, detail, created_at) values ($1, $2, $3, $4, $5, $6)",
            args![id, actor, action, subject, detail, now],
        )
        .await?;
        Ok(())
    }
    /// Drops all that waits for a domain, its subdomains, and any port of these.
    pub async fn drop_deliveries_of_domain(&mut self, domain: &str) -> Result<u64, Error> {
        self.run(concat!("delete from deliveries where ", within!("host", "$1")), args![domain]).await
    }
}
