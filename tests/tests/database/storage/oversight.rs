//! What those who look after a node look for, who may not join, and what members are told of it.

use model::account::{Account, MemberState, Role, WAITING};
use model::audience::Audience;
use model::clock::DAY;
use model::id::first_id;
use model::notification::NotificationKind::{ModerationWarning, SeveredRelationships};
use model::page::Page;
use storage::{
    AccountSearch, AccountWarning, CanonicalEmailBlock, Daily, EmailDomainBlock, IpBlock, MemberSearch, Names, Origin,
    Report, ReportFilter, Severance, TiesOf, Tx,
};
use suite::on_both;

use super::moderation::report;
use super::notifications::made;
use super::{NOW, follow, local, member, membership, post, put, remote, stranger};

fn names(list: &[Account]) -> Vec<&str> {
    list.iter().map(|a| a.username.as_str()).collect()
}

async fn members(tx: &mut Tx, by: MemberSearch) -> Vec<String> {
    let found = tx.search_members(&by, &Page::first(9)).await.unwrap();
    names(&found).into_iter().map(str::to_owned).collect()
}

async fn accounts(tx: &mut Tx, by: AccountSearch) -> Vec<String> {
    let found = tx.search_accounts(&by, &Page::first(9)).await.unwrap();
    let list = names(&found).into_iter().map(str::to_owned).collect();
    let above = Page { min_id: Some(0), ..Page::first(1) };
    let last = tx.search_accounts(&by, &above).await.unwrap();
    assert_eq!(names(&last).first(), names(&found).last(), "{by:?}: read upwards the last one comes first");
    list
}

fn text(text: &str) -> String {
    text.to_owned()
}

on_both! {
    async fn members_are_found_by_what_stands_with_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, name, role) in [(1, "ada", Role::Owner), (2, "bob", Role::Member), (3, "bea", Role::Moderator), (4, "wim", Role::Member)] {
            let account = Account { display_name: format!("Dr. {name} Müller"), ..local(id, name) };
            assert!(tx.insert_account(&account).await.unwrap());
            tx.insert_member(&membership(id, role)).await.unwrap();
        }
        stranger(&mut tx, 5, "bo", "far.example").await;
        tx.set_member_state(4, MemberState::Pending).await.unwrap();
        tx.set_suspended(4, Some(NOW), WAITING).await.unwrap();
        tx.set_member_state(2, MemberState::Disabled).await.unwrap();
        tx.set_limited(3, Some(NOW)).await.unwrap();
        let by = |status: &str| MemberSearch { status: text(status), ..MemberSearch::default() };
        assert_eq!(members(&mut tx, by("")).await, ["wim", "bea", "bob", "ada"]);
        assert_eq!(members(&mut tx, by("active")).await, ["bea", "ada"]);
        assert_eq!(members(&mut tx, by("pending")).await, ["wim"]);
        assert_eq!(members(&mut tx, by("disabled")).await, ["bob"]);
        assert_eq!(members(&mut tx, by("silenced")).await, ["bea"]);
        assert!(members(&mut tx, by("suspended")).await.is_empty(), "who waits is not suspended");
        tx.set_suspended(2, Some(NOW), "moderator").await.unwrap();
        assert_eq!(members(&mut tx, by("suspended")).await, ["bob"]);
        assert_eq!(members(&mut tx, MemberSearch { username: text("b"), ..by("") }).await, ["bea", "bob"]);
        assert_eq!(members(&mut tx, MemberSearch { display_name: text("bea m"), ..by("") }).await, ["bea"]);
        assert_eq!(members(&mut tx, MemberSearch { email: text("3@m"), ..by("") }).await, ["bea"]);
        let staff = vec![Role::Moderator, Role::Owner];
        assert_eq!(members(&mut tx, MemberSearch { roles: staff, ..by("") }).await, ["bea", "ada"]);
        let above = Page { min_id: Some(1), ..Page::first(1) };
        assert_eq!(names(&tx.search_members(&by(""), &above).await.unwrap()), ["bob"]);
        let mut read: Vec<_> = tx.members_of(&[1, 2, 5]).await.unwrap().iter().map(|m| m.account_id).collect();
        read.sort_unstable();
        assert_eq!(read, [1, 2]);
        let mut roles = tx.roles_of(&[1, 2, 3, 5]).await.unwrap();
        roles.sort_unstable();
        assert_eq!(roles, [(1, Role::Owner), (3, Role::Moderator)]);
    }

    async fn accounts_of_everywhere_are_found_by_what_stands_with_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        let named = Account { display_name: text("Bob the Builder"), ..remote(2, "bob", "far.example") };
        assert!(tx.insert_account(&named).await.unwrap());
        for (id, name, domain) in [(3, "bert", "far.example"), (4, "carl", "near.example"), (5, "al", "near.example")] {
            stranger(&mut tx, id, name, domain).await;
        }
        tx.set_suspended(3, Some(NOW), "moderator").await.unwrap();
        tx.set_limited(4, Some(NOW)).await.unwrap();
        let by = AccountSearch::default;
        assert_eq!(accounts(&mut tx, by()).await, ["al", "carl", "bert", "bob", "alice"]);
        let remote = || AccountSearch { origin: Origin::Remote, ..by() };
        assert_eq!(accounts(&mut tx, remote()).await, ["al", "carl", "bert", "bob"]);
        assert_eq!(accounts(&mut tx, AccountSearch { status: text("active"), ..remote() }).await, ["al", "carl", "bob"]);
        assert_eq!(accounts(&mut tx, AccountSearch { status: text("suspended"), ..by() }).await, ["bert"]);
        assert_eq!(accounts(&mut tx, AccountSearch { status: text("silenced"), ..by() }).await, ["carl"]);
        assert_eq!(accounts(&mut tx, AccountSearch { domain: text("far.example"), ..by() }).await, ["bert", "bob"]);
        assert_eq!(accounts(&mut tx, AccountSearch { username: text("al"), ..by() }).await, ["al", "alice"]);
        assert_eq!(accounts(&mut tx, AccountSearch { username: text("al"), ..remote() }).await, ["al"]);
        assert_eq!(accounts(&mut tx, AccountSearch { display_name: text("the build"), ..by() }).await, ["bob"]);
        for nothing in ["\"' *", "builder the"] {
            let found = tx.search_accounts(&AccountSearch { display_name: text(nothing), ..by() }, &Page::first(9)).await;
            assert!(found.unwrap().is_empty(), "{nothing}");
        }
    }

    async fn what_happened_is_counted_by_day(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let today = NOW / DAY;
        let id = |day: i64, n: i64| first_id(day * DAY) + n;
        for (n, day) in [(1, today - 3), (2, today - 1), (3, today - 1)] {
            let account = local(id(day, n), &format!("m{n}"));
            assert!(tx.insert_account(&account).await.unwrap());
            let joined = membership(account.id, Role::Member);
            tx.insert_member(&model::account::Member { created_at: day * DAY + n, ..joined }).await.unwrap();
        }
        assert!(tx.touch_member(id(today - 1, 2), today * DAY + 5, NOW).await.unwrap());
        let (first, second) = ((today - 1) * DAY + 2, (today - 1) * DAY + 3);
        assert_eq!(tx.joined(today - 2, today).await.unwrap(), [(first, Some(today * DAY + 5)), (second, None)]);
        assert_eq!(tx.languages_of_members(today, today).await.unwrap(), [(text("en"), 1)]);
        for (n, day) in [(1, today - 1), (2, today), (3, today)] {
            let filed = Report { created_at: day * DAY, ..report(id(day, n), &n.to_string()) };
            assert!(tx.insert_report(&filed).await.unwrap());
        }
        tx.close_report(id(today, 2), "olga", Some(1), today * DAY + 9).await.unwrap();
        let mut opened = tx.reports_opened(today - 1, today).await.unwrap();
        opened.sort_by_key(|d| d.day);
        assert_eq!(opened, [Daily { day: today - 1, count: 1 }, Daily { day: today, count: 2 }]);
        assert_eq!(tx.reports_settled(today, today).await.unwrap(), [Daily { day: today, count: 1 }]);
        assert!(tx.reports_settled(today - 2, today - 1).await.unwrap().is_empty());
        stranger(&mut tx, id(today, 7), "far", "far.example").await;
        assert_eq!(tx.accounts_met("far.example", today, today).await.unwrap(), [Daily { day: today, count: 1 }]);
        assert!(tx.accounts_met("far.example", today - 1, today - 1).await.unwrap().is_empty());
    }

    async fn reports_are_found_by_who_is_in_them_and_change_hands(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, reporter, target) in [(1, 7, 2), (2, 7, 3), (3, 8, 2)] {
            let filed = Report { reporter_id: Some(reporter), target_id: target, ..report(id, &id.to_string()) };
            assert!(tx.insert_report(&filed).await.unwrap());
        }
        tx.close_report(1, "olga", Some(9), NOW + 1).await.unwrap();
        for upwards in [false, true] {
            let page = Page { min_id: upwards.then_some(0), ..Page::first(9) };
            for (by, expected) in [
                (ReportFilter { target: Some(2), ..ReportFilter::default() }, vec![3, 1]),
                (ReportFilter { target: Some(2), reporter: Some(7), ..ReportFilter::default() }, vec![1]),
                (ReportFilter { target: Some(2), closed: Some(false), ..ReportFilter::default() }, vec![3]),
                (ReportFilter { reporter: Some(7), ..ReportFilter::default() }, vec![2, 1]),
                (ReportFilter { reporter: Some(7), closed: Some(true), ..ReportFilter::default() }, vec![1]),
                (ReportFilter { closed: Some(true), ..ReportFilter::default() }, vec![1]),
                (ReportFilter { closed: Some(false), ..ReportFilter::default() }, vec![3, 2]),
                (ReportFilter::default(), vec![3, 2, 1]),
            ] {
                let found: Vec<_> = tx.reports(&by, &page).await.unwrap().iter().map(|r| r.id).collect();
                assert_eq!(found, expected, "{by:?}");
            }
        }
        tx.assign_report(2, Some(9), NOW + 2).await.unwrap();
        tx.file_report_under(2, "violation", &[text("5")], NOW + 3).await.unwrap();
        let changed = tx.report(2).await.unwrap().unwrap();
        assert_eq!((changed.assigned_id, changed.category.as_str(), changed.updated_at), (Some(9), "violation", NOW + 3));
        assert_eq!(changed.rule_ids, ["5"]);
        assert_eq!(tx.report(1).await.unwrap().unwrap().closed_by_id, Some(9));
        assert_eq!(tx.report_note(1).await.unwrap(), "");
        tx.set_report_note(1, "warned").await.unwrap();
        assert_eq!(tx.report_note(1).await.unwrap(), "warned");
        assert!(tx.reopen_report(1, NOW + 4).await.unwrap());
        assert_eq!(tx.report_note(1).await.unwrap(), "", "that was of its closing");
        assert!(!tx.reopen_report(1, NOW + 5).await.unwrap());
        let open = tx.report(1).await.unwrap().unwrap();
        assert_eq!((open.closed_at, open.closed_by_id, open.updated_at), (None, None, NOW + 4));
    }

    async fn who_may_not_join_is_kept_once_and_found(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let domain = |id: i64, domain: &str| EmailDomainBlock { id, domain: text(domain), allow_with_approval: id == 2, created_at: NOW };
        for (id, name, is_new) in [(1, "a.example", true), (2, "b.example", true), (3, "a.example", false)] {
            assert_eq!(tx.put_email_domain_block(&domain(id, name)).await.unwrap(), is_new, "{id}");
        }
        let above = Page { min_id: Some(0), ..Page::first(1) };
        assert_eq!(tx.email_domain_blocks(&Page::first(9)).await.unwrap(), [domain(2, "b.example"), domain(1, "a.example")]);
        assert_eq!(tx.email_domain_blocks(&above).await.unwrap(), [domain(1, "a.example")]);
        assert_eq!(tx.email_domain_blocks_for(&[text("x.b.example"), text("b.example")]).await.unwrap(), [domain(2, "b.example")]);
        assert_eq!(tx.email_domain_block(1).await.unwrap(), Some(domain(1, "a.example")));
        assert!(tx.delete_email_domain_block(1).await.unwrap() && !tx.delete_email_domain_block(1).await.unwrap());

        let email = |id: i64, hash: &str, account_id| CanonicalEmailBlock { id, hash: text(hash), account_id, created_at: NOW };
        for (row, is_new) in [(email(1, "x", None), true), (email(2, "y", Some(7)), true), (email(3, "x", None), false)] {
            assert_eq!(tx.put_canonical_email_block(&row).await.unwrap(), is_new, "{row:?}");
        }
        assert_eq!(tx.canonical_email_blocks(&Page::first(9)).await.unwrap(), [email(2, "y", Some(7)), email(1, "x", None)]);
        assert_eq!(tx.canonical_email_blocks(&above).await.unwrap(), [email(1, "x", None)]);
        assert_eq!(tx.canonical_email_block(1).await.unwrap(), tx.canonical_email_block_of("x").await.unwrap());
        tx.delete_canonical_email_blocks_of(7).await.unwrap();
        assert!(tx.delete_canonical_email_block(1).await.unwrap());
        assert!(tx.canonical_email_blocks(&Page::first(9)).await.unwrap().is_empty());

        let block = |id: i64, network: &str, expires_at| IpBlock {
            id, network: text(network), severity: text("no_access"), comment: text("bots"), expires_at, created_at: NOW,
        };
        for (row, is_new) in [(block(1, "192.0.2.0/24", None), true), (block(2, "2001:db8::/32", Some(NOW)), true), (block(3, "192.0.2.0/24", None), false)] {
            assert_eq!(tx.put_ip_block(&row).await.unwrap(), is_new, "{row:?}");
        }
        assert_eq!(tx.ip_blocks().await.unwrap(), [block(2, "2001:db8::/32", Some(NOW)), block(1, "192.0.2.0/24", None)]);
        assert_eq!((tx.expire_ip_blocks(NOW - 1).await.unwrap(), tx.expire_ip_blocks(NOW).await.unwrap()), (0, 1));
        assert!(tx.delete_ip_block(1).await.unwrap() && !tx.delete_ip_block(1).await.unwrap());
    }

    async fn members_who_lose_follows_are_counted_and_told(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, ada) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "ada").await);
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        let bert = stranger(&mut tx, 4, "bert", "far.example").await;
        for (who, whom) in [(&alice, &bob), (&alice, &bert), (&bob, &alice), (&bert, &ada)] {
            follow(&mut tx, who, whom).await;
        }
        let of = Names { domain: text("far.example"), host: text("far.example") };
        let sorted = |mut list: Vec<TiesOf>| {
            list.sort_by_key(|t| t.account_id);
            list
        };
        let ties = |account_id, followers, following| TiesOf { account_id, followers, following };
        assert_eq!(sorted(tx.ties_with_names(&of).await.unwrap()), [ties(1, 1, 2), ties(2, 1, 0)]);
        assert_eq!(tx.ties_with_account(3).await.unwrap(), [ties(1, 1, 1)]);
        let bonds = tx.bonds_up_to(&of, 100).await.unwrap();
        assert_eq!((bonds.following, bonds.followers), (2, 2));
        assert_eq!(tx.bonds_up_to(&of, 1).await.unwrap().accounts, 1, "no more are looked at");
        assert_eq!(tx.count_ties_with_domain(1, "far.example").await.unwrap(), ties(1, 1, 2));
        tx.set_suspended(4, Some(NOW), "domain").await.unwrap();
        assert_eq!(tx.ties_with_names(&of).await.unwrap(), [ties(1, 1, 1)]);

        let warning = AccountWarning { id: 70, account_id: 1, action: text("none"), text: text("Be kind"), report_id: Some(5), created_at: NOW };
        tx.insert_warning(&warning).await.unwrap();
        assert_eq!(tx.warnings_of(1, &Page::first(9)).await.unwrap(), std::slice::from_ref(&warning));
        let above = Page { min_id: Some(69), ..Page::first(9) };
        assert_eq!(tx.warnings_of(1, &above).await.unwrap().len(), 1);
        assert!(tx.warnings_of(2, &Page::first(9)).await.unwrap().is_empty());
        assert_eq!(tx.warnings(&[70, 71]).await.unwrap(), [warning]);
        let cut = Severance { id: 80, account_id: 1, kind: text("domain_block"), target: text("far.example"), followers: 1, following: 2, created_at: NOW };
        tx.insert_severance(&cut).await.unwrap();
        assert_eq!(tx.severances(&[80, 81]).await.unwrap(), [cut]);
        for (id, kind, event, is_new) in [(20, ModerationWarning, 70, true), (21, ModerationWarning, 71, true), (22, SeveredRelationships, 80, true), (23, SeveredRelationships, 80, false)] {
            let mut told = made(id, 1, kind, 1, None);
            told.event_id = Some(event);
            assert_eq!(tx.insert_notification(&told).await.unwrap(), is_new, "{id}");
        }
        assert_eq!(tx.notification(1, 22).await.unwrap().unwrap().event_id, Some(80));
    }

    async fn all_hashtags_are_listed(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let author = local(9, "alice");
        tx.insert_account(&author).await.unwrap();
        for (id, name, audience) in
            [(1, "tea", Audience::Public), (2, "rye", Audience::Unlisted), (3, "secret", Audience::Followers)]
        {
            let tag = tx.use_tag(id, name, name, NOW).await.unwrap();
            let mut written = post(id, &author);
            written.audience = audience;
            put(&mut tx, written).await;
            tx.tag_post(tag, id).await.unwrap();
        }
        tx.use_tag(4, "unused", "unused", NOW).await.unwrap();
        let list = |list: Vec<model::post::Tag>| list.into_iter().map(|t| t.name).collect::<Vec<_>>();
        assert_eq!(list(tx.all_tags(&Page::first(9)).await.unwrap()), ["rye", "tea"]);
        assert_eq!(list(tx.all_tags(&Page { min_id: Some(0), ..Page::first(1) }).await.unwrap()), ["tea"]);
    }
}
