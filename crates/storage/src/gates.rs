//! Who may not join, and from where nothing is answered: providers of e-mail, single addresses, networks.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;

use crate::timelines::paged;
use crate::{Error, Event, Tx};

/// Addresses of a provider, and of whatever lies below its domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailDomainBlock {
    pub id: Id,
    /// In lower case.
    pub domain: String,
    /// Who has one may ask to join.
    pub allow_with_approval: bool,
    pub created_at: Millis,
}

row!(EmailDomainBlock, email_domain_columns, "e.": id, domain, allow_with_approval, created_at);

/// A single address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalEmailBlock {
    pub id: Id,
    /// SHA-256 of the canonical address, hexadecimal.
    pub hash: String,
    /// Who was suspended with it.
    pub account_id: Option<Id>,
    pub created_at: Millis,
}

row!(CanonicalEmailBlock, canonical_columns, "e.": id, hash, account_id, created_at);

/// A network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpBlock {
    pub id: Id,
    /// Address and prefix: `192.0.2.0/24`.
    pub network: String,
    /// sign_up_requires_approval, sign_up_block, no_access.
    pub severity: String,
    pub comment: String,
    pub expires_at: Option<Millis>,
    pub created_at: Millis,
}

row!(IpBlock, ip_columns, "i.": id, network, severity, comment, expires_at, created_at);

impl Tx {
    /// `false` if the domain is there already.
    pub async fn put_email_domain_block(&mut self, b: &EmailDomainBlock) -> Result<bool, Error> {
        let sql = "insert into email_domain_blocks (id, domain, allow_with_approval, created_at) values ($1, $2, $3, $4) \
                   on conflict (domain) do nothing";
        Ok(self.run(sql, args![b.id, &b.domain, b.allow_with_approval, b.created_at]).await? > 0)
    }

    pub async fn email_domain_block(&mut self, id: Id) -> Result<Option<EmailDomainBlock>, Error> {
        let sql = concat!("select ", email_domain_columns!(), " from email_domain_blocks e where e.id = $1");
        self.one(sql, args![id]).await
    }

    /// Those for one of these domains, of which the first eight count.
    pub async fn email_domain_blocks_for(&mut self, domains: &[String]) -> Result<Vec<EmailDomainBlock>, Error> {
        let sql = concat!(
            "select ",
            email_domain_columns!(),
            " from email_domain_blocks e where e.domain in ($1, $2, $3, $4, $5, $6, $7, $8)"
        );
        let domain = |at: usize| domains.get(at).map_or("", String::as_str);
        self.all(sql, args![domain(0), domain(1), domain(2), domain(3), domain(4), domain(5), domain(6), domain(7)])
            .await
    }

    /// Newest first.
    pub async fn email_domain_blocks(&mut self, page: &Page) -> Result<Vec<EmailDomainBlock>, Error> {
        paged!(
            self,
            page,
            "e.id",
            concat!("select ", email_domain_columns!(), " from email_domain_blocks e"),
            "true",
            [],
            "$1",
            "$2",
            "$3"
        )
    }

    pub async fn delete_email_domain_block(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from email_domain_blocks where id = $1", args![id]).await? > 0)
    }

    /// `false` if the address is there already.
    pub async fn put_canonical_email_block(&mut self, b: &CanonicalEmailBlock) -> Result<bool, Error> {
        let sql = "insert into canonical_email_blocks (id, hash, account_id, created_at) values ($1, $2, $3, $4) \
                   on conflict (hash) do nothing";
        Ok(self.run(sql, args![b.id, &b.hash, b.account_id, b.created_at]).await? > 0)
    }

    pub async fn canonical_email_block(&mut self, id: Id) -> Result<Option<CanonicalEmailBlock>, Error> {
        let sql = concat!("select ", canonical_columns!(), " from canonical_email_blocks e where e.id = $1");
        self.one(sql, args![id]).await
    }

    pub async fn canonical_email_block_of(&mut self, hash: &str) -> Result<Option<CanonicalEmailBlock>, Error> {
        let sql = concat!("select ", canonical_columns!(), " from canonical_email_blocks e where e.hash = $1");
        self.one(sql, args![hash]).await
    }

    /// Newest first.
    pub async fn canonical_email_blocks(&mut self, page: &Page) -> Result<Vec<CanonicalEmailBlock>, Error> {
        paged!(
            self,
            page,
            "e.id",
            concat!("select ", canonical_columns!(), " from canonical_email_blocks e"),
            "true",
            [],
            "$1",
            "$2",
            "$3"
        )
    }

    pub async fn delete_canonical_email_block(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from canonical_email_blocks where id = $1", args![id]).await? > 0)
    }

    /// Somebody who was suspended is not any more.
    pub async fn delete_canonical_email_blocks_of(&mut self, account: Id) -> Result<(), Error> {
        self.run("delete from canonical_email_blocks where account_id = $1", args![account]).await?;
        Ok(())
    }

    /// All of them, newest first: every process has them at hand.
    pub async fn ip_blocks(&mut self) -> Result<Vec<IpBlock>, Error> {
        self.all(concat!("select ", ip_columns!(), " from ip_blocks i order by i.id desc"), args![]).await
    }

    /// `false` if the network is there already.
    pub async fn put_ip_block(&mut self, b: &IpBlock) -> Result<bool, Error> {
        self.ring(Event::Rules);
        let sql = "insert into ip_blocks (id, network, severity, comment, expires_at, created_at) values ($1, $2, $3, $4, $5, $6) \
                   on conflict (network) do nothing";
        let row = args![b.id, &b.network, &b.severity, &b.comment, b.expires_at, b.created_at];
        Ok(self.run(sql, row).await? > 0)
    }

    pub async fn delete_ip_block(&mut self, id: Id) -> Result<bool, Error> {
        self.ring(Event::Rules);
        Ok(self.run("delete from ip_blocks where id = $1", args![id]).await? > 0)
    }

    /// Those whose time is over; answers how many.
    pub async fn expire_ip_blocks(&mut self, now: Millis) -> Result<u64, Error> {
        self.run("delete from ip_blocks where expires_at <= $1", args![now]).await
    }
}
