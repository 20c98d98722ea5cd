//! Shelves: the pages that public posts of a subject lead to. Rows are written beside, when posts are looked at for the index;
//! what is shown is asked of the posts: a page of which none is there for everybody any more is not on the shelf.

use model::card::Card;
use model::id::Id;
use model::page::Page;
use model::subject::{ShelfLink, Subject};

use crate::row::{FromRow, Row, from_row_at, ids};
use crate::timelines::paged;
use crate::{Error, Tx};

row!(ShelfLink, shelf_columns, "s.": card_id, place, note, heading, pinned, hidden);
row!(Sharing: card_id, first_post_id, people);

/// Who posted a page: the first post that everybody may see, and how many people did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    pub card_id: Id,
    pub first_post_id: Id,
    pub people: i64,
}

/// A link of a shelf with what its page says.
struct Placed(ShelfLink, Card);

impl FromRow for Placed {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self(from_row_at(row, 0)?, from_row_at(row, 6)?))
    }
}

/// The posts `p` of the link `s`, as far as everybody may read them, the first 500 rows of them.
macro_rules! sharing {
    () => {
        "(select x.post_id, x.account_id from shelf_posts x where x.subject_id = s.subject_id and x.card_id = s.card_id \
         order by x.post_id limit 500) y join posts p on p.id = y.post_id join accounts a on a.id = y.account_id \
         where p.audience = 70 and a.suspended_at is null and a.limited_at is null and a.deleted_at is null"
    };
}

/// What stands on the shelf `s` with the cards `c`.
macro_rules! on_shelf {
    () => {
        concat!(
            "s.subject_id = $1 and (not s.hidden or $2) and c.id = s.card_id and exists (select 1 from ",
            sharing!(),
            ")"
        )
    };
}

impl Tx {
    /// Posts were made or changed: puts the pages that they lead to on the shelves of their hashtags, and takes them off those where
    /// they are no longer. Only what everybody may read.
    pub async fn shelve(&mut self, posts: &[Id]) -> Result<(), Error> {
        let list = [ids(posts)];
        self.run(
            "delete from shelf_posts where post_id in (select value from json_each($1)) \
             and not exists (select 1 from post_cards c join post_tags t on t.post_id = c.post_id and t.tag_id = shelf_posts.subject_id \
             where c.post_id = shelf_posts.post_id and c.card_id = shelf_posts.card_id)",
            &list,
        )
        .await?;
        self.run(
            "insert into subjects (id, tag_id) select distinct t.tag_id, t.tag_id from post_cards c \
             join post_tags t on t.post_id = c.post_id join posts p on p.id = c.post_id \
             where c.post_id in (select value from json_each($1)) and p.audience = 70 order by 1 on conflict do nothing",
            &list,
        )
        .await?;
        self.run(
            "insert into shelf_links (subject_id, card_id, place) select t.tag_id, c.card_id, min(p.id) from post_cards c \
             join post_tags t on t.post_id = c.post_id join posts p on p.id = c.post_id \
             where c.post_id in (select value from json_each($1)) and p.audience = 70 group by t.tag_id, c.card_id \
             order by t.tag_id, c.card_id on conflict (subject_id, card_id) do update set \
             place = case when shelf_links.place > excluded.place then excluded.place else shelf_links.place end",
            &list,
        )
        .await?;
        self.run(
            "insert into shelf_posts (subject_id, card_id, post_id, account_id) select t.tag_id, c.card_id, p.id, p.account_id \
             from post_cards c join post_tags t on t.post_id = c.post_id join posts p on p.id = c.post_id \
             where c.post_id in (select value from json_each($1)) and p.audience = 70 on conflict do nothing",
            &list,
        )
        .await?;
        Ok(())
    }

    /// What stands on a shelf, what was posted last first; `hidden`: what its keepers hid as well. The page runs over
    /// [`ShelfLink::place`].
    pub async fn shelf(
        &mut self,
        subject: Subject,
        hidden: bool,
        page: &Page,
    ) -> Result<Vec<(ShelfLink, Card)>, Error> {
        let found: Result<Vec<Placed>, Error> = paged!(
            self,
            page,
            "s.place",
            concat!("select ", shelf_columns!(), ", ", card_columns!(), " from shelf_links s cross join cards c"),
            on_shelf!(),
            [subject.id(), hidden],
            "$3",
            "$4",
            "$5"
        );
        Ok(found?.into_iter().map(|p| (p.0, p.1)).collect())
    }

    /// What its keepers pinned, the last first: at most 50.
    pub async fn pinned_on_shelf(&mut self, subject: Subject) -> Result<Vec<(ShelfLink, Card)>, Error> {
        let found: Vec<Placed> = self
            .all(
                concat!(
                    "select ",
                    shelf_columns!(),
                    ", ",
                    card_columns!(),
                    " from shelf_links s cross join cards c where s.pinned and ",
                    on_shelf!(),
                    " order by s.place desc limit 50"
                ),
                args![subject.id(), false],
            )
            .await?;
        Ok(found.into_iter().map(|p| (p.0, p.1)).collect())
    }

    /// One link of a shelf, hidden or not.
    pub async fn shelf_link(&mut self, subject: Subject, card: Id) -> Result<Option<(ShelfLink, Card)>, Error> {
        let found: Option<Placed> = self
            .one(
                concat!(
                    "select ",
                    shelf_columns!(),
                    ", ",
                    card_columns!(),
                    " from shelf_links s cross join cards c where s.card_id = $3 and ",
                    on_shelf!()
                ),
                args![subject.id(), true, card],
            )
            .await?;
        Ok(found.map(|p| (p.0, p.1)))
    }

    /// Who posted these pages with a subject. Of a page that very many did the first 500 posts count.
    pub async fn sharing(&mut self, subject: Subject, cards: &[Id]) -> Result<Vec<Sharing>, Error> {
        self.all(
            concat!(
                "select s.card_id, (select min(p.id) from ",
                sharing!(),
                "), (select count(distinct p.account_id) from ",
                sharing!(),
                ") from shelf_links s where s.subject_id = $1 and s.card_id in (select value from json_each($2)) and exists (select 1 from ",
                sharing!(),
                ")"
            ),
            &[subject.id().into(), ids(cards)],
        )
        .await
    }

    /// Writes down what keepers say of a link.
    pub async fn put_shelf_link(&mut self, subject: Subject, s: &ShelfLink) -> Result<(), Error> {
        self.run(
            "update shelf_links set note = $3, heading = $4, pinned = $5, hidden = $6 where subject_id = $1 and card_id = $2",
            args![subject.id(), s.card_id, &s.note, &s.heading, s.pinned, s.hidden],
        )
        .await?;
        Ok(())
    }
}
