//! Teams, what was opened up, what was deleted a moment ago, and what waits for partners.

use model::audience::{Audience, Viewer};
use model::page::Page;
use model::post::Post;
use storage::{Deed, Names, Team, Tx, Withdrawn};
use suite::on_both;

use super::audience::peer;
use super::{NOW, follow, ids, member, post, put, stranger};

async fn team(tx: &mut Tx, id: i64, name: &str, members: &[i64]) -> Team {
    let team = Team { id, name: name.to_owned(), made_by: members[0], created_at: NOW };
    tx.insert_team(&team).await.unwrap();
    for member in members {
        assert!(tx.put_in_team(id, *member, members[0], NOW).await.unwrap());
    }
    team
}

on_both! {
    async fn teams_have_members_and_what_is_said_in_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let ana = member(&mut tx, 1, "ana").await;
        member(&mut tx, 2, "ben").await;
        let (visits, tea) = (team(&mut tx, 10, "Visits", &[1, 2]).await, team(&mut tx, 11, "Tea", &[1]).await);
        assert!(!tx.put_in_team(10, 2, 1, NOW).await.unwrap(), "once");
        assert_eq!(tx.teams_of(1).await.unwrap(), [visits.clone(), tea.clone()]);
        assert_eq!(tx.teams_of(2).await.unwrap(), std::slice::from_ref(&visits));
        assert_eq!(tx.all_teams(10, 5).await.unwrap(), std::slice::from_ref(&tea));
        assert_eq!(tx.teams_called("Tea").await.unwrap(), std::slice::from_ref(&tea));
        assert_eq!(tx.hold_team(11).await.unwrap(), Some(tea));
        assert_eq!((tx.count_teams_made_by(1).await.unwrap(), tx.count_teams_made_by(2).await.unwrap()), (2, 0));
        tx.rename_team(10, "Calls").await.unwrap();
        assert_eq!(tx.team(10).await.unwrap().unwrap().name, "Calls");
        assert_eq!(tx.team_members(10).await.unwrap().iter().map(|a| a.id).collect::<Vec<_>>(), [1, 2]);
        for (id, team_id, audience) in [(20, 10, Audience::Team), (21, 11, Audience::Team), (22, 10, Audience::Inside), (23, 10, Audience::Team)] {
            put(&mut tx, Post { team_id: Some(team_id), audience, ..post(id, &ana) }).await;
        }
        let page = Page::first(10);
        let ben = Viewer::Member(2);
        assert_eq!(ids(&tx.team_posts(10, ben, &page).await.unwrap()), [23, 20]);
        assert!(tx.team_posts(11, ben, &page).await.unwrap().is_empty());
        let above = Page { min_id: Some(20), ..page };
        assert_eq!(ids(&tx.team_posts(10, ben, &above).await.unwrap()), [23]);
        assert!(tx.take_out_of_team(10, 2).await.unwrap() && !tx.take_out_of_team(10, 2).await.unwrap());
        assert_eq!((tx.count_team_members(10).await.unwrap(), tx.is_in_team(10, 2).await.unwrap()), (1, false));
        assert!(tx.team_posts(10, ben, &page).await.unwrap().is_empty());
        assert!(tx.delete_team(10).await.unwrap() && !tx.delete_team(10).await.unwrap());
        assert!(!tx.is_in_team(10, 1).await.unwrap());
        assert!(tx.visible_post(20, Viewer::Member(1)).await.unwrap().is_some(), "one's own");
    }

    async fn a_team_ends_with_the_account_of_its_last_member(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "ana").await;
        member(&mut tx, 2, "ben").await;
        team(&mut tx, 10, "Both", &[1, 2]).await;
        team(&mut tx, 11, "Ana alone", &[1]).await;
        tx.forget_account(1).await.unwrap();
        assert_eq!(tx.all_teams(0, 10).await.unwrap().iter().map(|t| t.id).collect::<Vec<_>>(), [10]);
        assert_eq!(tx.team_members(10).await.unwrap().iter().map(|a| a.id).collect::<Vec<_>>(), [2]);
    }

    async fn the_two_posts_of_an_opening_know_each_other_for_whoever_may_see_both(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let ana = member(&mut tx, 1, "ana").await;
        member(&mut tx, 2, "ben").await;
        for (id, audience) in [(20, Audience::Draft), (21, Audience::Organisation), (30, Audience::Public), (31, Audience::Public)] {
            put(&mut tx, Post { audience, ..post(id, &ana) }).await;
        }
        assert!(tx.put_opening(30, 20, NOW).await.unwrap() && tx.put_opening(31, 21, NOW).await.unwrap());
        assert!(!tx.put_opening(31, 20, NOW).await.unwrap(), "once");
        assert_eq!((tx.opened_as(20).await.unwrap(), tx.opened_as(30).await.unwrap()), (Some(30), None));
        let all = [20, 21, 30, 31];
        let mut seen = tx.openings(&all, Viewer::Member(1)).await.unwrap();
        seen.sort_unstable();
        assert_eq!(seen, [(20, 30, true), (21, 31, true), (30, 20, false), (31, 21, false)]);
        let mut seen = tx.openings(&all, Viewer::Member(2)).await.unwrap();
        seen.sort_unstable();
        assert_eq!(seen, [(20, 30, true), (21, 31, true), (31, 21, false)]);
        tx.delete_post(30).await.unwrap();
        tx.delete_post(21).await.unwrap();
        assert!(tx.openings(&all, Viewer::Member(1)).await.unwrap().is_empty());
    }

    async fn what_was_deleted_is_known_for_a_while(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "ana").await;
        let was = |post_id, deleted_at| Withdrawn {
            post_id,
            account_id: 1,
            audience: Audience::Team,
            team_id: Some(7),
            words: vec!["nobody".to_owned(), "came".to_owned()],
            form: Some(model::experiment::Form { place: "Leeds".to_owned(), ..Default::default() }),
            deleted_at,
        };
        for (id, at) in [(20, NOW), (21, NOW + 2), (22, NOW + 1)] {
            tx.put_withdrawn(&was(id, at)).await.unwrap();
        }
        assert_eq!(tx.withdrawn(1, NOW + 1).await.unwrap(), [was(21, NOW + 2), was(22, NOW + 1)]);
        assert_eq!(tx.forget_withdrawn(NOW + 2, 1).await.unwrap(), 1);
        assert_eq!(tx.forget_withdrawn(NOW + 2, 10).await.unwrap(), 1);
        assert_eq!(tx.withdrawn(1, 0).await.unwrap().len(), 1);
    }

    async fn what_is_for_partners_waits_for_their_servers_and_does_so_no_more(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let ana = member(&mut tx, 1, "ana").await;
        for (id, name, domain) in [(2, "carla", "partner.example"), (3, "dan", "far.example"), (4, "eve", "found.example")] {
            let there = stranger(&mut tx, id, name, domain).await;
            follow(&mut tx, &there, &ana).await;
        }
        for (host, discovered) in [("partner.example", false), ("found.example", true)] {
            tx.put_peer(&peer(host, discovered, false)).await.unwrap();
        }
        let followers = [2, 3, 4];
        let mut partners = Vec::new();
        for id in followers {
            if tx.is_partners_follower(id, 1).await.unwrap() {
                partners.push(id);
            }
        }
        assert_eq!(partners, [2]);
        for (id, audience) in [(20, Audience::Partners), (21, Audience::Public)] {
            put(&mut tx, Post { audience, ..post(id, &ana) }).await;
            let deed = Deed {
                id: id + 100,
                kind: "create".to_owned(),
                account_id: 1,
                subject_id: Some(id),
                data: "{}".to_owned(),
                document: None,
                created_at: NOW,
            };
            tx.insert_deed(&deed).await.unwrap();
        }
        assert_eq!(tx.deliver_to_partners(120, 1, false, NOW).await.unwrap(), 1);
        assert_eq!(tx.deliver_to_followers(121, 1, NOW).await.unwrap(), 3);
        let names = Names { domain: "partner.example".to_owned(), host: "partner.example".to_owned() };
        assert_eq!(tx.lanes_of(&names).await.unwrap(), ["partner.example"]);
        assert_eq!(tx.drop_partner_deliveries("partner.example").await.unwrap(), 1);
        let left = tx.deliveries_of_host("partner.example", 10).await.unwrap();
        assert_eq!(left.iter().map(|d| d.deed_id).collect::<Vec<_>>(), [121]);
        tx.put_peer(&peer("partner.example", false, true)).await.unwrap();
        assert_eq!(tx.deliver_to_partners(120, 1, false, NOW).await.unwrap(), 0);
        assert_eq!(tx.deliver_to_partners(120, 1, true, NOW).await.unwrap(), 1, "who was one");
    }
}
