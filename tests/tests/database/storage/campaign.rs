//! Random sequences of what people do with what is said inside and outside, held against a model that is as simple as can be: who may
//! read what after each of them, what is refused, and what leaves the node.
//!
//! A small sample, always the same, by default; 20,000 of them with `OUTLOUD_TEST_FULL=1` (`OUTLOUD_TEST_SEED` says where to begin).

use std::collections::BTreeSet;

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::id::Id;
use model::page::Page;
use model::post::{Draft, Post};
use node::open_up::Opening;
use node::receive::{Reason, ReceivedPost};
use node::{Error, Node, moderate, open_up, peers, publish, react, receive, team};
use storage::{AccountFilter, Peer, PublicFilter, Tx};
use suite::db::{Db, Engine};
use suite::on_both;

use super::sweeps::node;
use super::{follow, ids, member, stranger};

/// Deeds of one sequence.
const DEEDS: usize = 14;
/// Posts of which the threads are read at the end of one, and as many as stay for the next.
const THREADS: usize = 4;
const STAY: usize = 15;
/// Members 1 to 4; two on a node that the owner names now and then, one elsewhere.
const MEMBERS: [Id; 4] = [1, 2, 3, 4];
const PARTNERS: [Id; 2] = [5, 6];
const STRANGER: Id = 7;
const PARTNER: &str = "partner.example";

/// Numbers that come always the same from the same beginning (splitmix64).
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        if all.is_empty() { None } else { Some(all[self.below(all.len())]) }
    }
}

/// A post, as the model has it.
#[derive(Clone, Debug)]
struct Said {
    id: Id,
    author: Id,
    audience: Audience,
    team: Option<usize>,
    named: BTreeSet<Id>,
    /// Became this post.
    opened: Option<Id>,
}

/// All that counts.
#[derive(Clone, Debug, Default)]
struct World {
    follows: BTreeSet<(Id, Id)>,
    blocks: BTreeSet<(Id, Id)>,
    teams: [BTreeSet<Id>; 2],
    is_partner: bool,
    said: Vec<Said>,
}

impl World {
    fn is_partners_follower(&self, who: Id, of: Id) -> bool {
        self.is_partner && PARTNERS.contains(&who) && self.follows.contains(&(who, of))
    }

    fn may_read(&self, who: Id, post: &Said) -> bool {
        let is_member = MEMBERS.contains(&who);
        let is_in = |team: Option<usize>| team.is_none_or(|team| self.teams[team].contains(&who));
        let is_named = post.named.contains(&who);
        if who == post.author {
            return true;
        }
        !self.blocks.contains(&(post.author, who))
            && match post.audience {
                Audience::Public | Audience::Unlisted => true,
                Audience::Followers => is_named || self.follows.contains(&(who, post.author)),
                Audience::Partners => is_member || self.is_partners_follower(who, post.author),
                Audience::Organisation => is_member,
                Audience::Team => is_member && is_in(post.team),
                Audience::Inside => is_member && is_named && is_in(post.team),
                Audience::Direct => is_named,
                Audience::Draft => false,
            }
    }

    /// Whom of those named a post tells.
    fn hears(&self, author: Id, audience: Audience, team: Option<usize>, who: Id) -> bool {
        let is_member = MEMBERS.contains(&who);
        match audience {
            Audience::Team | Audience::Inside if team.is_some() => self.teams[team.unwrap()].contains(&who),
            Audience::Draft | Audience::Inside | Audience::Team | Audience::Organisation => is_member,
            Audience::Partners => is_member || self.is_partners_follower(who, author),
            _ => true,
        }
    }

    fn post(&self, id: Id) -> &Said {
        self.said.iter().find(|p| p.id == id).unwrap()
    }
}

/// What becomes of what is asked for below, or around, another post: in words, not in numbers.
fn narrowed(asked: Audience, team: Option<usize>, other: &Said) -> Result<(Audience, Option<usize>), ()> {
    use Audience::{Direct, Draft, Followers, Inside, Organisation, Partners, Public, Team, Unlisted};
    let audience = match (other.audience, asked) {
        (_, Draft) | (Draft, _) => Draft,
        (Inside, _) | (Team | Organisation, Direct | Inside) => Inside,
        (Team, _) => Team,
        (Organisation, Team) => Team,
        (Organisation, _) => Organisation,
        (Direct, _) => Direct,
        (_, Direct | Inside | Team | Organisation) => asked,
        (Partners, _) | (_, Partners) => Partners,
        (Followers, _) | (_, Followers) => Followers,
        (Unlisted, _) | (_, Unlisted) => Unlisted,
        (Public, Public) => Public,
    };
    match (audience, team, other.team) {
        (Team | Inside, Some(mine), Some(theirs)) if mine != theirs => Err(()),
        (Team | Inside, mine, theirs) => Ok((audience, theirs.or(mine))),
        _ => Ok((audience, None)),
    }
}

/// The people, the database, and what should be true of it.
struct Play<'a> {
    node: &'a Node,
    people: Vec<Account>,
    teams: [Id; 2],
    world: World,
    luck: Luck,
    log: Vec<String>,
    /// Of posts elsewhere, so far.
    uris: u64,
}

impl Play<'_> {
    fn who(&self, id: Id) -> &Account {
        self.people.iter().find(|a| a.id == id).unwrap()
    }

    fn fails(&self, what: &str) -> ! {
        panic!("{what}, after:\n{}\n{:#?}", self.log.join("\n"), self.world)
    }

    async fn act(&mut self, db: &Db) {
        let who = self.luck.of(&MEMBERS).unwrap();
        match self.luck.below(20) {
            0..6 => self.says(db, who).await,
            6..8 => self.opens_up(db, who).await,
            8 => self.boosts(db, who).await,
            9 => self.answers_from_elsewhere(db).await,
            10..11 => self.deletes(db, who).await,
            11..13 => self.blocks(db, who).await,
            13..16 => self.changes_a_team(db, who).await,
            16..19 => self.changes_follows(db).await,
            _ => self.changes_partners(db).await,
        }
    }

    fn readable(&self, who: Id) -> Vec<Id> {
        self.world.said.iter().filter(|p| self.world.may_read(who, p)).map(|p| p.id).collect()
    }

    /// A post, an answer or a quote.
    async fn says(&mut self, db: &Db, who: Id) {
        let asked = self.luck.of(&Audience::ALL).unwrap();
        let named = self.luck.of(&[1, 2, 3, 4, 5, 6, 7]).unwrap();
        let named = Some(named).filter(|named| *named != who);
        let team = (asked == Audience::Team).then(|| self.luck.below(2));
        let readable = self.readable(who);
        let (parent, quoted) = match self.luck.below(4) {
            0 => (None, None),
            1 => (None, self.luck.of(&readable)),
            _ => (self.luck.of(&readable), None),
        };
        let handle = named.map(|id| self.handle(id)).unwrap_or_default();
        let draft = Draft {
            text: format!("{handle} so it is #tea"),
            audience: Some(asked),
            team_id: team.map(|team| self.teams[team]),
            in_reply_to_id: parent,
            quoted_id: quoted,
            ..Draft::default()
        };
        self.log
            .push(format!("{who} says to {asked:?} {team:?}, below {parent:?}, around {quoted:?}, naming {named:?}"));
        let expected = self.expected(who, asked, team, parent, quoted, named);
        let mut tx = db.store.begin().await.unwrap();
        let row = tx.member(who).await.unwrap().unwrap();
        let made = publish::publish(self.node, &mut tx, self.who(who), &row, &draft).await;
        match (made, expected) {
            (Ok(post), Some(said)) => {
                tx.commit().await.unwrap();
                if (post.audience, post.team_id) != (said.audience, said.team.map(|t| self.teams[t])) {
                    self.fails(&format!("{:?} {:?} instead of {said:?}", post.audience, post.team_id));
                }
                self.world.said.push(Said { id: post.id, ..said });
                self.sent(db, &post).await;
            }
            (Err(Error::Invalid(_) | Error::Forbidden(_) | Error::NotFound), None) => {}
            (made, expected) => self.fails(&format!("{made:?} and not {expected:?}")),
        }
    }

    /// What is said, as the model has it; nothing if it must be refused.
    fn expected(
        &self,
        who: Id,
        asked: Audience,
        team: Option<usize>,
        parent: Option<Id>,
        quoted: Option<Id>,
        named: Option<Id>,
    ) -> Option<Said> {
        let (mut audience, mut team) = (asked, team);
        let parent = parent.map(|id| self.world.post(id));
        let quoted = quoted.map(|id| self.world.post(id));
        if let Some(parent) = parent {
            let is_inside = matches!(asked, Audience::Inside | Audience::Team | Audience::Organisation);
            if is_inside && parent.audience == Audience::Direct {
                return None;
            }
            (audience, team) = narrowed(audience, team, parent).ok()?;
        }
        if let Some(quoted) = quoted {
            // Who says nothing of that elsewhere does not want it.
            let is_free = quoted.audience.is_open() && MEMBERS.contains(&quoted.author);
            if !is_free && quoted.author != who {
                return None;
            }
            if !quoted.audience.is_open() {
                (audience, team) = narrowed(audience, team, quoted).ok()?;
            }
        }
        if team.is_some_and(|team| !self.world.teams[team].contains(&who)) {
            return None;
        }
        let mut told: BTreeSet<Id> =
            named.into_iter().filter(|named| self.world.hears(who, audience, team, *named)).collect();
        if let Some(parent) = parent.filter(|p| p.author != who)
            && audience >= Audience::Team
            && self.world.hears(who, audience, team, parent.author)
        {
            told.insert(parent.author);
        }
        if audience == Audience::Direct && quoted.is_some_and(|q| q.author != who && !told.contains(&q.author)) {
            return None;
        }
        Some(Said { id: 0, author: who, audience, team, named: told, opened: None })
    }

    fn handle(&self, id: Id) -> String {
        let account = self.who(id);
        if account.domain.is_empty() {
            format!("@{}", account.username)
        } else {
            format!("@{}@{}", account.username, account.domain)
        }
    }

    /// Nobody elsewhere gets what is not for them: what waits for their servers is what somebody there may read.
    async fn sent(&mut self, db: &Db, post: &Post) {
        let said = self.world.post(post.id).clone();
        let mut tx = db.store.begin().await.unwrap();
        for (host, there) in [(PARTNER, &PARTNERS[..]), ("far.example", &[STRANGER])] {
            let mut is_told = false;
            for delivery in tx.deliveries_of_host(host, 1_000).await.unwrap() {
                let deed = tx.deed(delivery.deed_id).await.unwrap().unwrap();
                is_told |= deed.subject_id == Some(post.id);
            }
            let may_be = there.iter().any(|who| self.world.may_read(*who, &said));
            // Whoever is answered in public is told as well: that is open. So is whoever is named, also if they are blocked.
            let is_named = there.iter().any(|who| said.named.contains(who));
            if is_told && !may_be && !is_named && !said.audience.is_open() {
                self.fails(&format!("{host} is told of {said:?}"));
            }
            let is_followed = there.iter().any(|who| self.world.follows.contains(&(*who, said.author)));
            if !is_told && may_be && is_followed && said.audience >= Audience::Partners {
                self.fails(&format!("{host} is not told of {said:?}"));
            }
        }
        clear(&mut tx).await;
        tx.commit().await.unwrap();
    }

    /// Somebody elsewhere answers a member, as wide as they like.
    async fn answers_from_elsewhere(&mut self, db: &Db) {
        let who = self.luck.of(&[5, 6, STRANGER]).unwrap();
        let local = |id: &Id| MEMBERS.contains(&self.world.post(*id).author);
        let readable: Vec<Id> = self.readable(who).into_iter().filter(local).collect();
        let asked = self.luck.of(&[Audience::Public, Audience::Unlisted, Audience::Followers, Audience::Direct]);
        let (Some(id), Some(asked)) = (self.luck.of(&readable), asked) else { return };
        self.log.push(format!("{who} answers {id} to {asked:?}"));
        let parent = self.world.post(id).clone();
        let author = self.who(parent.author).uri.clone();
        self.uris += 1;
        let mut tx = db.store.begin().await.unwrap();
        let answer = ReceivedPost {
            uri: format!("{}/posts/{}", self.who(who).uri, self.uris),
            audience: asked,
            in_reply_to: tx.post(id).await.unwrap().unwrap().uri,
            mentions: vec![author.clone()],
            addressed: vec![author],
            ..super::meanwhile::received()
        };
        let post = receive::post(self.node, &mut tx, self.who(who), &answer, Reason::Delivered).await.unwrap();
        tx.commit().await.unwrap();
        let post = post.unwrap_or_else(|| self.fails("it was not taken in"));
        let audience = match (asked.is_open(), parent.audience) {
            (true, Audience::Partners) => Audience::Partners,
            _ => asked,
        };
        let named = BTreeSet::from([parent.author]);
        self.world.said.push(Said { id: post.id, author: who, audience, team: None, named, opened: None });
    }

    async fn opens_up(&mut self, db: &Db, who: Id) {
        let own: Vec<Id> = self.world.said.iter().filter(|p| p.author == who).map(|p| p.id).collect();
        let (Some(id), Some(wanted)) = (self.luck.of(&own), self.luck.of(&Audience::ALL)) else { return };
        let team = (wanted == Audience::Team).then(|| self.luck.below(2));
        self.log.push(format!("{who} opens {id} up to {wanted:?} {team:?}"));
        let inside = self.world.post(id).clone();
        let is_inside = matches!(
            inside.audience,
            Audience::Draft | Audience::Inside | Audience::Team | Audience::Organisation | Audience::Partners
        );
        let is_wider = wanted > inside.audience && !matches!(wanted, Audience::Direct | Audience::Inside);
        let is_in_team = team.is_none_or(|team| self.world.teams[team].contains(&who));
        let draft = Draft {
            text: "In other words".to_owned(),
            audience: Some(wanted),
            team_id: team.map(|team| self.teams[team]),
            ..Draft::default()
        };
        let mut tx = db.store.begin().await.unwrap();
        let row = tx.member(who).await.unwrap().unwrap();
        let checks = open_up::checklist(&mut tx, self.who(who), id).await;
        let confirmed = checks.map(|list| list.into_iter().map(|check| check.id).collect()).unwrap_or_default();
        let opening = Opening { draft, confirmed };
        let made = open_up::open(self.node, &mut tx, self.who(who), &row, id, &opening).await;
        match made {
            Ok(post) if is_inside && is_wider && is_in_team && inside.opened.is_none() => {
                tx.commit().await.unwrap();
                let parent = post.in_reply_to_account_id.filter(|author| *author != who);
                let named = parent.into_iter().filter(|a| self.world.hears(who, post.audience, team, *a)).collect();
                if post.audience != wanted && post.in_reply_to_id.is_none() {
                    self.fails(&format!("{:?}", post.audience));
                }
                let said = Said { id: post.id, author: who, audience: post.audience, team, named, opened: None };
                self.world.said.push(said);
                self.world.said.iter_mut().find(|p| p.id == id).unwrap().opened = Some(post.id);
                self.sent(db, &post).await;
                // Nobody outside, and nobody who may not see the other, sees that the two belong together.
                let mut tx = db.store.begin().await.unwrap();
                for viewer in MEMBERS {
                    let ties = tx.openings(&[id, post.id], Viewer::Member(viewer)).await.unwrap();
                    for (_, other, _) in ties {
                        if !self.world.may_read(viewer, self.world.post(other)) {
                            self.fails(&format!("{viewer} sees the tie with {other}"));
                        }
                    }
                }
            }
            Err(Error::NotFound | Error::Invalid(_) | Error::Conflict(_))
                if !(is_inside && is_wider && is_in_team && inside.opened.is_none()) => {}
            made => self.fails(&format!("{made:?}")),
        }
    }

    async fn boosts(&mut self, db: &Db, who: Id) {
        let Some(id) = self.luck.of(&self.readable(who)) else { return };
        self.log.push(format!("{who} boosts {id}"));
        let said = self.world.post(id);
        let may = said.audience.is_open() || said.audience == Audience::Followers && said.author == who;
        let mut tx = db.store.begin().await.unwrap();
        let post = tx.post(id).await.unwrap().unwrap();
        let done = react::boost(self.node, &mut tx, self.who(who), &post, None).await;
        if done.is_ok() != may {
            self.fails(&format!("{done:?}"));
        }
        clear(&mut tx).await;
        if may {
            tx.commit().await.unwrap();
        }
    }

    async fn deletes(&mut self, db: &Db, who: Id) {
        let own: Vec<Id> = self.world.said.iter().filter(|p| p.author == who).map(|p| p.id).collect();
        let Some(id) = self.luck.of(&own) else { return };
        self.log.push(format!("{who} deletes {id}"));
        self.delete(db, id).await;
    }

    async fn delete(&mut self, db: &Db, id: Id) {
        let author = self.world.post(id).author;
        let mut tx = db.store.begin().await.unwrap();
        if MEMBERS.contains(&author) {
            publish::delete(self.node, &mut tx, self.who(author), id).await.unwrap();
        } else {
            let uri = tx.post(id).await.unwrap().unwrap().uri;
            assert!(receive::delete(self.node, &mut tx, self.who(author), &uri).await.unwrap());
        }
        clear(&mut tx).await;
        tx.commit().await.unwrap();
        self.world.said.retain(|p| p.id != id);
        for post in self.world.said.iter_mut().filter(|p| p.opened == Some(id)) {
            post.opened = None;
        }
    }

    async fn blocks(&mut self, db: &Db, who: Id) {
        let other = self.luck.of(&[1, 2, 3, 4, 5, 6, 7]).unwrap();
        if other == who {
            return;
        }
        self.log.push(format!("{who} blocks {other}, or no longer"));
        let mut tx = db.store.begin().await.unwrap();
        if self.world.blocks.remove(&(who, other)) {
            moderate::unblock(self.node, &mut tx, self.who(who), self.who(other)).await.unwrap();
        } else {
            moderate::block(self.node, &mut tx, self.who(who), self.who(other)).await.unwrap();
            self.world.blocks.insert((who, other));
            self.world.follows.retain(|tie| *tie != (who, other) && *tie != (other, who));
        }
        clear(&mut tx).await;
        tx.commit().await.unwrap();
    }

    async fn changes_a_team(&mut self, db: &Db, who: Id) {
        let (team, other) = (self.luck.below(2), self.luck.of(&MEMBERS).unwrap());
        self.log.push(format!("{who} takes {other} into team {team}, or out"));
        let is_blocked = [(who, other), (other, who)].iter().any(|tie| self.world.blocks.contains(tie));
        let members = &self.world.teams[team];
        // The last one stays, so that there is a team in all sequences.
        if members.len() == 1 && members.contains(&other) {
            return;
        }
        let (is_in, is_out) = (members.contains(&who), members.contains(&other));
        let mut tx = db.store.begin().await.unwrap();
        let done = match is_out {
            true => team::remove(self.node, &mut tx, self.who(who), self.teams[team], &[other]).await,
            false => team::add(self.node, &mut tx, self.who(who), self.teams[team], &[other]).await.map(drop),
        };
        if done.is_ok() != (is_in && (is_out || !is_blocked)) {
            self.fails(&format!("{done:?}"));
        }
        if done.is_ok() {
            tx.commit().await.unwrap();
            let members = &mut self.world.teams[team];
            if is_out {
                members.remove(&other)
            } else {
                members.insert(other)
            };
        }
    }

    async fn changes_follows(&mut self, db: &Db) {
        let (who, other) = (self.luck.of(&[1, 2, 3, 4, 5, 6, 7]).unwrap(), self.luck.of(&MEMBERS).unwrap());
        let is_blocked = [(who, other), (other, who)].iter().any(|tie| self.world.blocks.contains(tie));
        if who == other || is_blocked {
            return;
        }
        self.log.push(format!("{who} follows {other}, or no longer"));
        let mut tx = db.store.begin().await.unwrap();
        if self.world.follows.remove(&(who, other)) {
            let row = tx.follow(who, other).await.unwrap().unwrap();
            tx.delete_follow(row.id).await.unwrap();
        } else {
            follow(&mut tx, self.who(who), self.who(other)).await;
            self.world.follows.insert((who, other));
        }
        tx.commit().await.unwrap();
    }

    async fn changes_partners(&mut self, db: &Db) {
        self.log.push("the owner names the partner, or no longer".to_owned());
        self.world.is_partner = !self.world.is_partner;
        let mut tx = db.store.begin().await.unwrap();
        if self.world.is_partner {
            peers::add(self.node, &mut tx, "owner", &partner()).await.unwrap();
        } else {
            peers::remove(self.node, &mut tx, "owner", PARTNER).await.unwrap();
        }
        clear(&mut tx).await;
        tx.commit().await.unwrap();
    }

    /// Whoever reads finds what the model says, and nothing else, at each door of the database.
    async fn check(&self, db: &Db) {
        let mut tx = db.store.read().await.unwrap();
        let all: Vec<Id> = self.world.said.iter().map(|p| p.id).collect();
        // Of the posts whose threads are read, those that are new.
        let newest = all.get(all.len().saturating_sub(THREADS)..).unwrap_or_default();
        let page = Page::first(200);
        let viewers =
            MEMBERS.map(Viewer::Member).into_iter().chain([5, 6, 7].map(Viewer::Remote)).chain([Viewer::Anyone]);
        for viewer in viewers {
            let expected: BTreeSet<Id> = self.readable(viewer.id()).into_iter().collect();
            let seen: BTreeSet<Id> = ids(&tx.visible_posts(&all, viewer).await.unwrap()).into_iter().collect();
            if seen != expected {
                self.fails(&format!("{viewer:?} sees {seen:?} and not {expected:?}"));
            }
            let mut lists = vec![tx.public(PublicFilter::default(), viewer, &page).await.unwrap()];
            for author in MEMBERS {
                lists.push(tx.account_posts(author, &AccountFilter::default(), viewer, &page).await.unwrap());
            }
            for post in newest {
                lists.push(tx.descendants(*post, viewer, 50, 200).await.unwrap());
                lists.push(tx.ancestors(*post, viewer, 50).await.unwrap());
            }
            if let Some(tag) = tx.tag("tea").await.unwrap() {
                lists.push(tx.tagged(tag.id, PublicFilter::default(), viewer, &page).await.unwrap());
            }
            if viewer.is_member() {
                let who = viewer.id();
                let streams =
                    [tx.shown_in_homes(&[who], &all).await.unwrap(), tx.shown_in_public(&[who], &all).await.unwrap()];
                for (_, post) in streams.into_iter().flatten() {
                    if !expected.contains(&post) {
                        self.fails(&format!("{who} has {post} in a stream"));
                    }
                }
                lists.push(tx.direct_posts(who, &page).await.unwrap());
                lists.push(tx.home(viewer.id(), &page).await.unwrap());
                for team in self.teams {
                    lists.push(tx.team_posts(team, viewer, &page).await.unwrap());
                }
            }
            for post in lists.into_iter().flatten().filter(|p| p.boost_of_id.is_none()) {
                if !expected.contains(&post.id) {
                    self.fails(&format!("{viewer:?} is shown {}", post.id));
                }
            }
        }
        for post in newest {
            let mut open = tx.open_posts_of_thread(*post, 0, 200).await.unwrap();
            for own in [true, false] {
                open.extend(tx.open_replies(*post, own, 0, 200).await.unwrap());
            }
            for (id, _) in open.into_iter().filter(|(id, _)| all.contains(id)) {
                if !self.world.post(id).audience.is_open() {
                    self.fails(&format!("{id} is in a list for everybody"));
                }
            }
        }
        for author in MEMBERS {
            for post in tx.outbox(author, &page).await.unwrap().iter().filter(|p| p.boost_of_id.is_none()) {
                if !post.audience.is_open() {
                    self.fails(&format!("{} is in an outbox", post.id));
                }
            }
        }
    }
}

fn partner() -> Peer {
    Peer {
        host: PARTNER.to_owned(),
        origin: format!("https://{PARTNER}"),
        handles: peers::OURS.to_owned(),
        origin_only: true,
        discovered: false,
        ignored: false,
        created_at: super::NOW,
    }
}

/// What waits to be sent, and to be done, is looked at once.
async fn clear(tx: &mut Tx) {
    for host in [PARTNER, "far.example"] {
        tx.drop_deliveries_of_host(host).await.unwrap();
    }
}

async fn play<'a>(db: &Db, node: &'a Node, seed: u64) -> Play<'a> {
    let mut tx = db.store.begin().await.unwrap();
    let mut people = Vec::new();
    for id in MEMBERS {
        people.push(member(&mut tx, id, &format!("m{id}")).await);
    }
    for id in PARTNERS {
        people.push(stranger(&mut tx, id, &format!("p{id}"), PARTNER).await);
    }
    people.push(stranger(&mut tx, STRANGER, "s7", "far.example").await);
    let mut world = World::default();
    let mut teams = [0; 2];
    for (at, name) in ["Visits", "Tea"].into_iter().enumerate() {
        teams[at] = team::create(node, &mut tx, &people[at], name, &[people[at + 1].id]).await.unwrap().id;
        world.teams[at] = [people[at].id, people[at + 1].id].into();
    }
    tx.commit().await.unwrap();
    Play { node, people, teams, world, luck: Luck(seed), log: Vec::new(), uris: 0 }
}

on_both! {
    async fn sequences_of_deeds_end_as_the_model_says(db: Db) {
        let sequences = match (suite::is_full(), db.engine) {
            (true, Engine::Sqlite) => 20_000,
            (true, Engine::Postgres) => 2_000,
            (false, _) => 12,
        };
        let seed: u64 = std::env::var("OUTLOUD_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
        let (node, _folder) = node(&db);
        let mut play = play(&db, &node, seed).await;
        let mut said = 0;
        for number in 0..sequences {
            play.log = vec![format!("sequence {number} from {seed}")];
            for _ in 0..DEEDS {
                play.act(&db).await;
            }
            play.check(&db).await;
            said += play.world.said.len();
            // The ties stay; what was said goes, from time to time.
            while play.world.said.len() > STAY {
                let id = play.world.said[0].id;
                play.delete(&db, id).await;
            }
        }
        assert!(said > sequences * 5, "{said} posts were looked at");
    }
}
