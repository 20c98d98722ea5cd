//! Rules for domains and what they concern, the log, reports, and what strangers say.

use model::account::Account;
use model::notification::NotificationKind::{AdminReport, Mention};
use model::page::Page;
use storage::{DomainRule, Effect, Names, Report, ReportFilter, Snapshot, Tx};
use suite::on_both;

use super::deliveries::deed;
use super::notifications::made;
use super::{NOW, boost, follow, member, picture, post, put, remote, stranger};

pub(super) fn report(id: i64, uri: &str) -> Report {
    Report {
        id,
        uri: uri.to_owned(),
        reporter_id: Some(7),
        reporter: "olga@here.example".to_owned(),
        target_id: 2,
        target: "bob@far.example".to_owned(),
        category: "spam".to_owned(),
        comment: "Sells pills".to_owned(),
        rule_ids: vec!["1".to_owned()],
        posts: vec![Snapshot {
            id: 5,
            uri: "u".to_owned(),
            created_at: NOW,
            summary: "w".to_owned(),
            text: "pills".to_owned(),
        }],
        forwarded: true,
        created_at: NOW,
        closed_at: None,
        closed_by: String::new(),
        closed_by_id: None,
        assigned_id: None,
        updated_at: NOW,
    }
}

fn waiting_ones() -> ReportFilter {
    ReportFilter { closed: Some(false), ..ReportFilter::default() }
}

fn names(domain: &str, host: &str) -> Names {
    Names { domain: domain.to_owned(), host: host.to_owned() }
}

/// Somebody with a handle on another domain than their server.
async fn divided(tx: &mut Tx, id: i64, name: &str, domain: &str, host: &str) -> Account {
    let account = Account { domain: domain.to_owned(), ..remote(id, name, host) };
    assert!(tx.insert_account(&account).await.unwrap());
    account
}

/// bob (2) and carl (3) speak to alice (1), who knows neither.
async fn strangers(tx: &mut Tx) {
    let alice = member(tx, 1, "alice").await;
    let bob = stranger(tx, 2, "bob", "far.example").await;
    stranger(tx, 3, "carl", "far.example").await;
    put(tx, post(10, &alice)).await;
    put(tx, post(11, &bob)).await;
    put(tx, post(12, &bob)).await;
    tx.hold_notification(50, &made(20, 1, Mention, 2, Some(11))).await.unwrap();
    tx.hold_notification(51, &made(21, 1, Mention, 2, Some(12))).await.unwrap();
    tx.hold_notification(52, &made(22, 1, Mention, 3, Some(10))).await.unwrap();
}

async fn waiting(tx: &mut Tx) -> Vec<(i64, i64, Option<i64>)> {
    let list = tx.requests(1, &Page::first(9)).await.unwrap();
    list.iter().map(|r| (r.id, r.held, r.last_post_id)).collect()
}

async fn told(tx: &mut Tx) -> Vec<i64> {
    tx.notifications(1, &[], &[], 0, &Page::first(9)).await.unwrap().iter().map(|n| n.id).collect()
}

on_both! {
    async fn who_is_suspended_or_limited_alone_is_listed(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, name) in [(2, "bob"), (3, "carl"), (4, "dora"), (5, "emil")] {
            stranger(&mut tx, id, name, "far.example").await;
        }
        tx.set_suspended(2, Some(NOW), "moderator").await.unwrap();
        tx.set_suspended(3, Some(NOW), "domain").await.unwrap();
        tx.set_limited(4, Some(NOW)).await.unwrap();
        let names = |list: Vec<model::account::Account>| list.into_iter().map(|a| a.username).collect::<Vec<_>>();
        assert_eq!(names(tx.restricted_accounts(0, 9).await.unwrap()), ["bob", "dora"]);
        assert_eq!(names(tx.restricted_accounts(2, 9).await.unwrap()), ["dora"]);
        assert_eq!(names(tx.restricted_accounts(0, 1).await.unwrap()), ["bob"]);
    }

    async fn a_rule_for_a_domain_is_set_changed_and_lifted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (loud, bad) = (DomainRule::new("b.example", "limit", NOW), DomainRule::new("a.example", "suspend", NOW));
        tx.put_domain_rule(&loud).await.unwrap();
        tx.put_domain_rule(&bad).await.unwrap();
        let changed = DomainRule {
            allowed: true,
            reject_media: true,
            reject_reports: true,
            obfuscate: true,
            private_comment: "spam".to_owned(),
            public_comment: "rude".to_owned(),
            ..DomainRule::new("b.example", "none", NOW)
        };
        tx.put_domain_rule(&changed).await.unwrap();
        assert_eq!(tx.domain_rules().await.unwrap(), [bad, changed.clone()]);
        assert!(tx.delete_domain_rule("a.example").await.unwrap());
        assert!(!tx.delete_domain_rule("a.example").await.unwrap());
        assert_eq!(tx.domain_rules().await.unwrap(), [changed]);
    }

    async fn all_known_names_and_every_waiting_host_are_named_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.known_names().await.unwrap().is_empty());
        assert!(tx.waiting_hosts().await.unwrap().is_empty());
        member(&mut tx, 1, "alice").await;
        for (id, domain) in [(2, "b.example"), (3, "a.example"), (4, "b.example"), (5, "b.example:8443")] {
            stranger(&mut tx, id, &format!("x{id}"), domain).await;
        }
        divided(&mut tx, 6, "x6", "b.example", "social.b.example").await;
        divided(&mut tx, 7, "x7", "b.example", "Social.B.example").await;
        divided(&mut tx, 8, "x8", "c.example", "social.b.example").await;
        let mut known: Vec<_> = tx.known_names().await.unwrap().into_iter().map(|n| (n.domain, n.host)).collect();
        known.sort();
        let expected = [
            ("a.example", "a.example"), ("b.example", "b.example"), ("b.example", "social.b.example"),
            ("b.example:8443", "b.example:8443"), ("c.example", "social.b.example"),
        ];
        assert_eq!(known, expected.map(|(domain, host)| (domain.to_owned(), host.to_owned())));
        tx.insert_deed(&deed(1)).await.unwrap();
        for host in ["z.example", "b.example", "c.example"] {
            tx.deliver_to_inbox(1, host, &format!("https://{host}/inbox"), NOW).await.unwrap();
            tx.deliver_to_inbox(1, host, &format!("https://{host}/other"), NOW).await.unwrap();
        }
        assert_eq!(tx.waiting_hosts().await.unwrap(), ["b.example", "c.example", "z.example"]);
    }

    async fn what_a_rule_would_concern_is_counted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, ann) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "ann").await);
        let (bob, bea) = (stranger(&mut tx, 3, "bob", "bad.example").await, stranger(&mut tx, 4, "bea", "bad.example").await);
        let other = stranger(&mut tx, 5, "o", "good.example").await;
        for (who, whom) in [(&alice, &bob), (&ann, &bob), (&bea, &alice), (&alice, &other), (&bea, &other), (&other, &ann)] {
            follow(&mut tx, who, whom).await;
        }
        let said = put(&mut tx, post(10, &bob)).await;
        put(&mut tx, boost(11, &bea, &said)).await;
        put(&mut tx, post(12, &alice)).await;
        tx.insert_media(&picture(30, &bob, Some(10))).await.unwrap();
        tx.insert_media(&picture(31, &alice, Some(12))).await.unwrap();
        let expected = Effect { accounts: 2, following: 2, followers: 1, posts: 2, media: 1 };
        let bad = names("bad.example", "bad.example");
        assert_eq!(tx.effect_on(&bad).await.unwrap(), expected);
        assert_eq!(tx.effect_on(&names("unknown.example", "bad.example")).await.unwrap(), Effect::default());
        assert_eq!(tx.effect_on(&names("bad.example", "unknown.example")).await.unwrap(), Effect::default());
        assert_eq!(tx.followed_of(&bad, 9).await.unwrap(), [bob.uri]);
    }

    async fn suspending_and_limiting_a_domain_leaves_what_others_did_and_is_lifted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for id in 1..=3 {
            stranger(&mut tx, id, &format!("x{id}"), "bad.example").await;
        }
        stranger(&mut tx, 4, "y", "below.bad.example").await;
        member(&mut tx, 5, "alice").await;
        divided(&mut tx, 6, "z", "bad.example", "social.example").await;
        divided(&mut tx, 7, "z", "good.example", "bad.example").await;
        let bad = names("bad.example", "bad.example");
        tx.set_suspended(2, Some(NOW - 9), "moderator").await.unwrap();
        tx.set_limited(3, Some(NOW - 9)).await.unwrap();
        assert_eq!(tx.suspend_accounts_of(&bad, Some(NOW)).await.unwrap(), 2);
        assert_eq!(tx.suspend_accounts_of(&names("", ""), Some(NOW)).await.unwrap(), 0, "our own have no domain");
        assert_eq!(tx.limit_accounts_of(&bad, NOW).await.unwrap(), 2);
        let mut state = Vec::new();
        for id in 1..=7 {
            let a = tx.account(id).await.unwrap().unwrap();
            state.push((a.suspended_by, a.limited_at));
        }
        let is = |by: &str, at| (by.to_owned(), at);
        let expected = [is("domain", Some(NOW)), is("moderator", Some(NOW)), is("domain", Some(NOW - 9)), is("", None), is("", None), is("", None), is("", None)];
        assert_eq!(state, expected);
        assert_eq!(tx.suspend_accounts_of(&bad, None).await.unwrap(), 2);
        assert_eq!(tx.unlimit_accounts_of(&bad, NOW).await.unwrap(), 2);
        assert!(tx.account(2).await.unwrap().unwrap().suspended_at.is_some());
        assert!(tx.account(3).await.unwrap().unwrap().limited_at.is_some());
    }

    async fn the_pictures_of_a_domain_are_forgotten(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut bob = remote(1, "bob", "bad.example");
        (bob.avatar, bob.header) = ("https://bad.example/a".to_owned(), "https://bad.example/h".to_owned());
        tx.insert_account(&bob).await.unwrap();
        assert_eq!(tx.forget_pictures_of(&names("bad.example", "bad.example")).await.unwrap(), 1);
        let read = tx.account(1).await.unwrap().unwrap();
        assert_eq!((read.avatar.as_str(), read.header.as_str(), read.fetched_at), ("", "", Some(0)));
    }

    async fn what_moderators_do_is_logged_and_read_newest_first(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.log_action(1, "olga", "suspend", "@bob@far.example", "spam", NOW).await.unwrap();
        tx.log_action(2, "command line", "unsuspend", "@bob@far.example", "", NOW + 1).await.unwrap();
        let list = tx.actions(&Page::first(9)).await.unwrap();
        let read: Vec<_> = list.iter().map(|a| (a.id, a.actor.as_str(), a.action.as_str(), a.subject.as_str(), a.detail.as_str())).collect();
        let subject = "@bob@far.example";
        assert_eq!(read, [(2, "command line", "unsuspend", subject, ""), (1, "olga", "suspend", subject, "spam")]);
        let above = Page { min_id: Some(1), ..Page::first(9) };
        assert_eq!(tx.actions(&above).await.unwrap().len(), 1);
        for page in [Page::first(9), Page { min_id: Some(0), ..Page::first(9) }] {
            let by: Vec<_> = tx.actions_by("olga", &page).await.unwrap().iter().map(|a| a.id).collect();
            let about: Vec<_> = tx.actions_about(subject, &page).await.unwrap().iter().map(|a| a.id).collect();
            assert_eq!((by, about), (vec![1], vec![2, 1]));
        }
        assert!(tx.actions_by("ol", &Page::first(9)).await.unwrap().is_empty());
        assert_eq!(tx.actions_since(0, 9).await.unwrap(), ["unsuspend", "suspend"]);
        assert_eq!(tx.actions_since(1, 9).await.unwrap(), ["unsuspend"]);
    }

    async fn a_report_is_kept_once_and_closed_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.insert_report(&report(1, "a")).await.unwrap());
        assert!(!tx.insert_report(&report(2, "a")).await.unwrap(), "the same activity about the same account");
        assert!(tx.insert_report(&Report { target_id: 3, ..report(3, "a") }).await.unwrap());
        assert!(tx.insert_report(&report(4, "b")).await.unwrap());
        assert_eq!(tx.report(1).await.unwrap().unwrap(), report(1, "a"));
        assert!(tx.close_report(3, "olga", Some(7), NOW + 1).await.unwrap());
        assert!(!tx.close_report(3, "ida", None, NOW + 2).await.unwrap());
        let ids = |list: Vec<Report>| list.iter().map(|r| r.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.reports(&waiting_ones(), &Page::first(9)).await.unwrap()), [4, 1]);
        assert_eq!(ids(tx.reports(&ReportFilter::default(), &Page::first(9)).await.unwrap()), [4, 3, 1]);
        assert_eq!(tx.waits_for_keepers().await.unwrap(), 2, "nobody asks to join");
        let above = Page { min_id: Some(1), ..Page::first(1) };
        assert_eq!(ids(tx.reports(&waiting_ones(), &above).await.unwrap()), [4]);
        assert_eq!(ids(tx.reports(&ReportFilter::default(), &above).await.unwrap()), [3]);
        let mut both = ids(tx.reports_by_id(&[4, 3, 99]).await.unwrap());
        both.sort_unstable();
        assert_eq!(both, [3, 4]);
        let closed = tx.report(3).await.unwrap().unwrap();
        assert_eq!((closed.closed_at, closed.closed_by.as_str()), (Some(NOW + 1), "olga"));
    }

    async fn what_one_server_reports_is_counted_and_found(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let sent = |id: i64, host: &str, target_id: i64, created_at: i64| Report {
            reporter_id: None, reporter: host.to_owned(), target_id, created_at, ..report(id, &id.to_string())
        };
        for report in [sent(1, "a.example", 2, NOW - 9), sent(2, "a.example", 2, NOW), sent(3, "a.example", 3, NOW), sent(4, "b.example", 2, NOW),
            Report { reporter: "a.example".to_owned(), ..report(5, "5") }] {
            assert!(tx.insert_report(&report).await.unwrap());
        }
        tx.close_report(2, "olga", None, NOW).await.unwrap();
        assert_eq!(tx.count_reports_of("a.example", NOW - 9, 9).await.unwrap(), (2, 2));
        assert_eq!(tx.count_reports_of("a.example", NOW - 10, 2).await.unwrap(), (2, 2));
        assert_eq!(tx.count_reports_of("c.example", 0, 9).await.unwrap(), (0, 0));
        let open = tx.open_reports_of("a.example", 2).await.unwrap();
        assert_eq!(open.iter().map(|r| r.id).collect::<Vec<_>>(), [1]);
    }

    async fn two_reports_by_the_same_are_told_of_twice(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "olga").await;
        stranger(&mut tx, 2, "far", "far.example").await;
        for (id, report, is_new) in [(20, 7, true), (21, 8, true), (22, 7, false)] {
            let mut n = made(id, 1, AdminReport, 2, None);
            n.report_id = Some(report);
            assert_eq!(tx.insert_notification(&n).await.unwrap(), is_new, "{id}");
        }
        assert_eq!(tx.notification(1, 21).await.unwrap().unwrap().report_id, Some(8));
    }

    async fn what_is_held_back_is_told_when_its_author_is_let_in(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        strangers(&mut tx).await;
        assert_eq!(waiting(&mut tx).await, [(52, 1, Some(10)), (50, 2, Some(12))]);
        let above = Page { min_id: Some(50), ..Page::first(1) };
        assert_eq!(tx.requests(1, &above).await.unwrap().len(), 1);
        assert!(told(&mut tx).await.is_empty());
        assert!(tx.request(2, 50).await.unwrap().is_none(), "nobody reads another's requests");
        assert_eq!(tx.request(1, 50).await.unwrap().unwrap().from_account_id, 2);
        assert!(!tx.is_let_in(1, 2).await.unwrap());
        assert_eq!(tx.let_in(1, 2).await.unwrap(), 2);
        assert!(tx.is_let_in(1, 2).await.unwrap() && !tx.is_let_in(1, 3).await.unwrap());
        assert_eq!(told(&mut tx).await, [21, 20]);
        tx.drop_request(1, 3).await.unwrap();
        assert!(waiting(&mut tx).await.is_empty());
        assert_eq!(told(&mut tx).await, [21, 20], "what was dismissed is not told");
    }

    async fn a_request_with_nothing_behind_it_or_of_somebody_unwanted_is_not_shown(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        strangers(&mut tx).await;
        tx.delete_post(12).await.unwrap();
        assert_eq!(waiting(&mut tx).await, [(52, 1, Some(10)), (50, 1, Some(11))]);
        tx.delete_post(11).await.unwrap();
        assert_eq!(waiting(&mut tx).await, [(52, 1, Some(10))]);
        tx.set_suspended(3, Some(NOW), "moderator").await.unwrap();
        assert!(waiting(&mut tx).await.is_empty());
    }

    async fn a_member_has_reached_out_to_whom_they_named_boosted_or_favourited(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let ann = member(&mut tx, 2, "ann").await;
        for id in 3..=6 {
            let other = stranger(&mut tx, id, &format!("x{id}"), "far.example").await;
            put(&mut tx, post(id * 10, &other)).await;
        }
        put(&mut tx, post(90, &alice)).await;
        tx.put_mention(90, 3, false).await.unwrap();
        tx.put_favourite(91, 1, 40, "f", NOW).await.unwrap();
        let theirs = tx.post(50).await.unwrap().unwrap();
        put(&mut tx, boost(92, &alice, &theirs)).await;
        put(&mut tx, post(93, &ann)).await;
        tx.put_mention(93, 6, false).await.unwrap();
        for (other, has) in [(3, true), (4, true), (5, true), (6, false)] {
            assert_eq!(tx.has_reached_out_to(1, other).await.unwrap(), has, "{other}");
        }
    }
}
