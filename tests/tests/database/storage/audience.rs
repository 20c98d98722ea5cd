//! The rule of who may see what stands twice: here the SQL is held against `model::audience::may_see`, case by case.

use std::collections::BTreeSet;

use model::audience::{Audience, Tie, Viewer, may_see};
use model::id::Id;
use model::page::Page;
use model::quote::Approval;
use storage::{AccountFilter, Follow, Peer, PublicFilter, Team};
use suite::on_both;

use super::{NOW, follow, ids, local, member, post, put, stranger};

/// A post, its author, and how the viewers 1 and 2 stand to it.
struct Case {
    post: Id,
    author: Id,
    audience: Audience,
    tie: Tie,
    /// For whose leave it waits.
    decider: Option<Id>,
    /// Who is in its team; nothing where it has none.
    team: Option<&'static [Id]>,
}

impl Case {
    /// What the rule says.
    fn is_seen_by(&self, viewer: Viewer) -> bool {
        let tie = match viewer.id() {
            // The viewer elsewhere is on a node that the owner named; another one (3) on one that was found by itself.
            1..=3 => Tie {
                waits_for_another: self.decider.is_some_and(|d| d != viewer.id()),
                is_partner: viewer.id() == 2,
                ..self.tie
            },
            // Nobody has ties to nobody, nor the author to themselves.
            _ => Tie { author_suspended: self.tie.author_suspended, ..Tie::default() },
        };
        let tie = Tie { outside_team: self.team.is_some_and(|team| !team.contains(&viewer.id())), ..tie };
        may_see(self.audience, self.author, viewer, tie)
    }
}

/// A server with hashtags: one that the owner named, unless it was found by itself.
pub(super) fn peer(host: &str, discovered: bool, ignored: bool) -> Peer {
    let (host, origin, handles) = (host.to_owned(), format!("https://{host}"), "tag-{slug}".to_owned());
    Peer { host, origin, handles, origin_only: true, discovered, ignored, created_at: NOW }
}

on_both! {
    async fn sql_and_the_rule_agree_on_every_audience_viewer_and_tie(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "viewer").await;
        stranger(&mut tx, 2, "viewer", "far.example").await;
        stranger(&mut tx, 3, "viewer", "near.example").await;
        for (host, discovered, ignored) in [("far.example", false, false), ("near.example", true, false)] {
            tx.put_peer(&peer(host, discovered, ignored)).await.unwrap();
        }
        // Two teams, and one that ended.
        for (team, name) in [(8_001, "with"), (8_002, "without")] {
            tx.insert_team(&Team { id: team, name: name.to_owned(), made_by: 1, created_at: NOW }).await.unwrap();
        }
        assert!(tx.put_in_team(8_001, 1, 1, NOW).await.unwrap());
        let tag = tx.use_tag(1, "tea", "tea", NOW).await.unwrap();
        let mut cases = Vec::new();
        let mut row = 10_000;
        // Followed: not, asked, accepted. Gone: not, suspended, deleted.
        for (number, (followed, blocks, gone)) in (0..3).flat_map(|f| [false, true].map(|b| (f, b))).flat_map(|(f, b)| [0, 1, 2].map(|g| (f, b, g))).enumerate() {
            let author = local(100 + Id::try_from(number).unwrap(), &format!("author{number}"));
            assert!(tx.insert_account(&author).await.unwrap());
            match gone {
                0 => {}
                1 => tx.set_suspended(author.id, Some(NOW), "moderator").await.unwrap(),
                _ => tx.mark_account_deleted(author.id, NOW).await.unwrap(),
            }
            for viewer in [1, 2, 3] {
                row += 1;
                if followed > 0 {
                    let follow = Follow { id: row, follower_id: viewer, target_id: author.id, accepted: followed == 2, uri: String::new(),
                        show_boosts: true, notify: false, languages: Vec::new(), created_at: NOW };
                    tx.put_follow(&follow).await.unwrap();
                }
                if blocks {
                    tx.put_block(row, author.id, viewer, "", NOW).await.unwrap();
                }
            }
            let teams: [(Option<Id>, Option<&'static [Id]>); 4] =
                [(None, None), (Some(8_001), Some(&[1])), (Some(8_002), Some(&[])), (Some(8_003), Some(&[]))];
            let in_teams = |audience| if matches!(audience, Audience::Team | Audience::Inside) { &teams[..] } else { &teams[..1] };
            let said = Audience::ALL.into_iter().flat_map(|a| in_teams(a).iter().map(move |team| (a, *team)));
            let said = said.filter(|(audience, team)| *audience != Audience::Team || team.0.is_some());
            for (audience, (team_id, team)) in said {
                for (mentioned, decider) in [(false, None), (true, None), (true, Some(author.id)), (true, Some(1)), (true, Some(2))] {
                    row += 1;
                    let mut written = post(row, &author);
                    written.audience = audience;
                    written.team_id = team_id;
                    put(&mut tx, written).await;
                    tx.tag_post(tag, row).await.unwrap();
                    tx.put_home_entry(1, row).await.unwrap();
                    tx.put_favourite(row, 1, row, "", NOW).await.unwrap();
                    tx.put_bookmark(row, 1, row).await.unwrap();
                    tx.put_pin(author.id, row, NOW).await.unwrap();
                    if mentioned {
                        tx.put_mention(row, 1, false).await.unwrap();
                        tx.put_mention(row, 2, true).await.unwrap();
                        tx.put_mention(row, 3, true).await.unwrap();
                    }
                    if let Some(decider_id) = decider {
                        let waits = Approval { post_id: row, decider_id, audience: Audience::Public, approved_by: String::new() };
                        tx.put_approval(&waits).await.unwrap();
                    }
                    let tie = Tie { follows_author: followed == 2, is_mentioned: mentioned, blocked_by_author: blocks, author_suspended: gone > 0,
                        ..Tie::default() };
                    cases.push(Case { post: row, author: author.id, audience, tie, decider, team });
                }
            }
        }
        assert_eq!(cases.len(), 3 * 2 * 3 * (Audience::ALL.len() - 1 + 3 + 3) * 5);
        let everything: Vec<Id> = cases.iter().map(|c| c.post).collect();
        let authors: BTreeSet<Id> = cases.iter().map(|c| c.author).collect();
        let page = Page::first(4_000);
        let all = PublicFilter::default();
        let everybody = [Viewer::Anyone, Viewer::Member(1), Viewer::Remote(2), Viewer::Remote(3)].into_iter().chain(authors.iter().map(|id| Viewer::Member(*id)));
        for viewer in everybody {
            let expected = |wanted: &dyn Fn(&Case) -> bool| -> BTreeSet<Id> {
                cases.iter().filter(|c| c.is_seen_by(viewer) && wanted(c)).map(|c| c.post).collect()
            };
            let set = |posts: Vec<model::post::Post>| -> BTreeSet<Id> { ids(&posts).into_iter().collect() };
            assert_eq!(set(tx.visible_posts(&everything, viewer).await.unwrap()), expected(&|_| true), "visible_posts for {viewer:?}");
            assert_eq!(set(tx.public(all, viewer, &page).await.unwrap()), expected(&|c| c.audience == Audience::Public), "public for {viewer:?}");
            let here = PublicFilter { reach: storage::Reach::Local, only_media: false };
            let said_here = expected(&|c| c.audience == Audience::Public || (viewer.is_member() && c.audience.is_for_all_members()));
            assert_eq!(set(tx.public(here, viewer, &page).await.unwrap()), said_here, "local for {viewer:?}");
            let tagged = |c: &Case| c.audience == Audience::Public || (matches!(c.audience, Audience::Team | Audience::Organisation | Audience::Partners) && viewer.is_member());
            assert_eq!(set(tx.tagged(tag, all, viewer, &page).await.unwrap()), expected(&tagged), "tagged for {viewer:?}");
            if viewer.id() > 3 {
                continue;
            }
            for case in &cases {
                let seen = tx.visible_post(case.post, viewer).await.unwrap().is_some();
                assert_eq!(seen, case.is_seen_by(viewer), "{:?} by {} for {viewer:?} with {:?}", case.audience, case.author, case.tie);
            }
            for author in &authors {
                let theirs = expected(&|c| c.author == *author && c.audience >= Audience::Team);
                let posts = tx.account_posts(*author, &AccountFilter::default(), viewer, &page).await.unwrap();
                assert_eq!(set(posts), theirs, "posts of {author} for {viewer:?}");
                let pinned = expected(&|c| c.author == *author);
                assert_eq!(set(tx.pinned(*author, viewer).await.unwrap()), pinned, "pins of {author} for {viewer:?}");
            }
        }
        let seen = |viewer| -> BTreeSet<Id> { cases.iter().filter(|c| c.is_seen_by(viewer)).map(|c| c.post).collect() };
        let home: BTreeSet<Id> = ids(&tx.home(1, &page).await.unwrap()).into_iter().collect();
        assert_eq!(home, seen(Viewer::Member(1)), "home");
        for list in [tx.favourites_of(1, &page).await.unwrap(), tx.bookmarks_of(1, &page).await.unwrap()] {
            assert_eq!(list.into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>(), seen(Viewer::Member(1)), "favourites and bookmarks");
        }
        for author in authors {
            let suspended = cases.iter().any(|c| c.author == author && c.tie.author_suspended);
            let outbox: BTreeSet<Id> = ids(&tx.outbox(author, &page).await.unwrap()).into_iter().collect();
            let open: BTreeSet<Id> = cases.iter().filter(|c| c.author == author && c.is_seen_by(Viewer::Anyone)).map(|c| c.post).collect();
            assert!(suspended || outbox == open, "outbox of {author}: what anybody may see");
        }
    }

    async fn a_mention_opens_direct_and_followers_only_posts_and_nothing_else(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "viewer").await;
        stranger(&mut tx, 2, "viewer", "far.example").await;
        let author = member(&mut tx, 3, "author").await;
        let mut opened = Vec::new();
        for (id, audience) in (10..).zip(Audience::ALL) {
            let mut written = post(id, &author);
            written.audience = audience;
            put(&mut tx, written).await;
            tx.put_mention(id, 1, false).await.unwrap();
            tx.put_mention(id, 2, false).await.unwrap();
            for (named, other) in [(Viewer::Member(1), Viewer::Member(9)), (Viewer::Remote(2), Viewer::Anyone)] {
                let opens = tx.visible_post(id, named).await.unwrap().is_some() && tx.visible_post(id, other).await.unwrap().is_none();
                if opens {
                    opened.push((audience, named.is_member()));
                }
            }
        }
        let both = |audience| [(audience, true), (audience, false)];
        let inside = [(Audience::Inside, true)];
        tx.put_peer(&peer("far.example", false, false)).await.unwrap();
        for (viewer, followed) in [(Viewer::Remote(2), false), (Viewer::Remote(2), true)] {
            if followed {
                let stranger = tx.account(2).await.unwrap().unwrap();
                follow(&mut tx, &stranger, &author).await;
            }
            let partners = 10 + Id::try_from(Audience::ALL.iter().position(|a| *a == Audience::Partners).unwrap()).unwrap();
            assert_eq!(tx.visible_post(partners, viewer).await.unwrap().is_some(), followed, "a mention opens nothing for partners");
            tx.put_peer(&peer("far.example", false, true)).await.unwrap();
            assert!(tx.visible_post(partners, viewer).await.unwrap().is_none(), "who is named no more");
            tx.put_peer(&peer("far.example", false, false)).await.unwrap();
        }
        assert_eq!(opened, [&both(Audience::Direct)[..], &inside, &both(Audience::Followers)].concat(), "inside for members alone");
    }
}
