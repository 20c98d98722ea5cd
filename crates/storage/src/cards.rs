//! What pages say about themselves, and the posts that lead to them.

use model::audience::Viewer;
use model::card::Card;
use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::post::Post;

use crate::audience::{not_hidden, not_limited, visible};
use crate::row::{FromRow, Row, from_row_at, ids};
use crate::timelines::paged;
use crate::{Error, Tx};

row!(Card, card_columns, "c.": id, url, title, description, author_name, author_url, provider_name, image, image_description,
    image_width, image_height, language);

/// A post and what the page it leads to says.
struct Hung {
    post: Id,
    card: Card,
}

impl FromRow for Hung {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { post: row.columns().next()?, card: from_row_at(row, 1)? })
    }
}

impl Tx {
    /// The card of an address, made if there is none: its id, and when it is to be read again (0: it never was).
    pub async fn use_card(&mut self, id: Id, url_hash: &str, url: &str) -> Result<(Id, Millis), Error> {
        self.run(
            "insert into cards (id, url_hash, url) values ($1, $2, $3) on conflict (url_hash) do nothing",
            args![id, url_hash, url],
        )
        .await?;
        let found = self.one("select c.id, c.due_at from cards c where c.url_hash = $1", args![url_hash]).await?;
        found.ok_or_else(|| Error::Corrupt(format!("no card {url_hash}, which was just made")))
    }

    pub async fn card(&mut self, id: Id) -> Result<Option<Card>, Error> {
        self.one(concat!("select ", card_columns!(), " from cards c where c.id = $1"), args![id]).await
    }

    /// Writes down what was read, all but the address.
    pub async fn put_card(&mut self, c: &Card, due_at: Millis) -> Result<(), Error> {
        self.run(
            "update cards set title = $2, description = $3, author_name = $4, author_url = $5, provider_name = $6, image = $7, \
             image_description = $8, image_width = $9, image_height = $10, language = $11, due_at = $12 where id = $1",
            args![
                c.id,
                &c.title,
                &c.description,
                &c.author_name,
                &c.author_url,
                &c.provider_name,
                &c.image,
                &c.image_description,
                c.image_width,
                c.image_height,
                &c.language,
                due_at
            ],
        )
        .await?;
        Ok(())
    }

    /// Nothing could be read: what is known of the page stays.
    pub async fn postpone_card(&mut self, id: Id, due_at: Millis) -> Result<(), Error> {
        self.run("update cards set due_at = $2 where id = $1", args![id, due_at]).await?;
        Ok(())
    }

    pub async fn hang_card(&mut self, post: Id, card: Id) -> Result<(), Error> {
        self.run(
            "insert into post_cards (post_id, card_id) values ($1, $2) on conflict (post_id) do update set card_id = excluded.card_id",
            args![post, card],
        )
        .await?;
        Ok(())
    }

    /// Takes the card from a post, and away if no other post has it.
    pub async fn drop_card_of(&mut self, post: Id) -> Result<(), Error> {
        let card: Option<Id> =
            self.value("delete from post_cards where post_id = $1 returning card_id", args![post]).await?;
        if let Some(card) = card {
            self.run(
                "delete from cards where id = $1 and not exists (select 1 from post_cards o where o.card_id = $1)",
                args![card],
            )
            .await?;
        }
        Ok(())
    }

    /// The card that hangs on a post, whether or not anything is known of it.
    pub async fn card_of(&mut self, post: Id) -> Result<Option<Id>, Error> {
        self.value("select pc.card_id from post_cards pc where pc.post_id = $1", args![post]).await
    }

    /// What is known of the page at an address, by the hash of that.
    pub async fn card_by_url(&mut self, url_hash: &str) -> Result<Option<Card>, Error> {
        self.one(
            concat!("select ", card_columns!(), " from cards c where c.url_hash = $1 and c.title <> ''"),
            args![url_hash],
        )
        .await
    }

    /// Public posts that lead to a page, by people who want to be found.
    pub async fn posts_with_card(&mut self, card: Id, viewer: Viewer, page: &Page) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "x.post_id",
            concat!("select ", post_columns!(), " from post_cards x cross join posts p"),
            concat!(
                "x.card_id = $3 and p.id = x.post_id and p.audience = 70 and p.boost_of_id is null \
                 and exists (select 1 from accounts d where d.id = p.account_id and d.discoverable) and ",
                visible!("p", "$1", "$2"),
                " and ",
                not_hidden!("p", "$1"),
                " and ",
                not_limited!("p")
            ),
            [viewer.id(), viewer.is_member(), card],
            "$4",
            "$5",
            "$6"
        )
    }

    /// The cards of posts, as far as there is anything to show.
    pub async fn cards_of(&mut self, posts: &[Id]) -> Result<Vec<(Id, Card)>, Error> {
        let found: Vec<Hung> = self
            .all(
                concat!(
                    "select pc.post_id, ",
                    card_columns!(),
                    " from post_cards pc join cards c on c.id = pc.card_id where pc.post_id in (select value from json_each($1)) \
                     and c.title <> ''"
                ),
                &[ids(posts)],
            )
            .await?;
        Ok(found.into_iter().map(|h| (h.post, h.card)).collect())
    }
}
