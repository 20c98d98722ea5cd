//! Accounts and domains: a running node heeds the command line.

use model::clock::Millis;
use storage::Deed;

use crate::in_database;
use crate::place::{Place, Served, request, until};
use crate::postgres::Database;

#[test]
fn a_suspended_member_is_shown_no_more_and_signed_out_until_it_is_lifted() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let token = place.ok(&["token", "issue", "sam"]);
    let served = place.serve();
    assert_eq!(served.get("/users/sam").status, 200);
    let handle = format!("@Sam@localhost:{}", place.port);
    assert_eq!(place.ok(&["account", "suspend", &handle]), format!("@sam@localhost:{} is suspended.", place.port));
    assert_eq!(served.get("/users/sam").status, 403);
    let is_valid = || {
        in_database(&place.database(), async |store| {
            store.read().await.unwrap().token(&node::random::hash(&token), 0).await.unwrap().is_some()
        })
    };
    assert!(!is_valid());
    place.ok(&["account", "unsuspend", "sam"]);
    assert_eq!(served.get("/users/sam").status, 200);
    assert!(!is_valid(), "who was signed out signs in again");
    place.ok(&["account", "limit", "sam"]);
    place.ok(&["account", "unlimit", "sam"]);
    let limited = in_database(&place.database(), async |store| {
        store.read().await.unwrap().account_by_handle("sam", "").await.unwrap().unwrap().limited_at
    });
    assert_eq!(limited, None);
}

/// What a server is answered that signs with a key of this host.
fn greets(served: &Served, host: &str) -> u16 {
    let body = "{}";
    let text = format!(
        "POST /inbox HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Type: application/activity+json\r\nContent-Length: {}\r\n\
         Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nDigest: SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\r\n\
         Signature: keyId=\"https://{host}/actor#main-key\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date digest\",signature=\"AAAA\"\r\n\r\n{body}",
        served.port,
        body.len()
    );
    request(served.port, &text).expect("an answer").status
}

#[test]
fn a_running_node_shuts_a_blocked_domain_out_and_lets_it_in_again() {
    let place = Place::with_owner();
    let served = place.serve();
    let before = greets(&served, "evil.example");
    assert_ne!(before, 403);
    let said = place.ok(&[
        "domain",
        "block",
        "https://EVIL.example/",
        "--comment",
        "spam from day one",
        "--public-comment",
        "Spam",
    ]);
    assert_eq!(said, "evil.example is blocked.");
    until("the block to be heeded", || (greets(&served, "evil.example") == 403).then_some(()));
    assert_eq!(greets(&served, "sub.evil.example"), 403);
    assert_eq!(greets(&served, "evil.example:8443"), 403);
    assert_eq!(greets(&served, "devil.example"), before);
    place.ok(&["domain", "limit", "loud.example"]);
    place.ok(&["domain", "reject-media", "loud.example", "other.example"]);
    let table = place.ok(&["domain", "list"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[0].starts_with("DOMAIN"));
    assert!(lines[1].starts_with("evil.example") && lines[1].ends_with("spam from day one (public: Spam)"), "{table}");
    assert!(
        lines[2].starts_with("loud.example") && lines[2].contains("limited") && lines[2].contains("rejected"),
        "{table}"
    );
    assert!(lines[3].starts_with("other.example") && !lines[3].contains("limited"), "{table}");
    let said = place.ok(&["domain", "allow", "evil.example"]);
    assert_eq!(said, "evil.example has no rule any more (it was: block).");
    until("the block to be lifted", || (greets(&served, "evil.example") == before).then_some(()));
    assert!(!place.ok(&["domain", "list"]).contains("evil"));
}

#[test]
fn a_block_drops_what_waits_for_a_domain_and_for_everything_below_it_on_sqlite() {
    let place = Place::with_owner();
    drops_what_waits(&place);
}

#[test]
fn a_block_drops_what_waits_for_a_domain_and_for_everything_below_it_on_postgresql() {
    let Some(database) = Database::make() else { return };
    drops_what_waits(&Place::new().with("OUTLOUD_DATABASE_URL", &database.url));
}

fn drops_what_waits(place: &Place) {
    place.ok(&["domain", "list"]);
    let hosts = [
        "evil.example",
        "evil.example:8443",
        "a.evil.example",
        "b.a.evil.example:99",
        "devil.example",
        "evil.example.org",
        "example",
        "e",
    ];
    let now: Millis = 1_000;
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let deed = Deed {
            id: 7,
            kind: "create".to_owned(),
            account_id: 1,
            subject_id: None,
            data: "{}".to_owned(),
            document: None,
            created_at: now,
        };
        tx.insert_deed(&deed).await.unwrap();
        for host in hosts {
            tx.deliver_to_inbox(7, host, &format!("https://{host}/inbox"), now).await.unwrap();
        }
        tx.commit().await.unwrap();
        store.close().await;
    });
    place.ok(&["domain", "block", "evil.example"]);
    let left: Vec<usize> = in_database(&place.database(), async |store| {
        let mut left = Vec::new();
        for host in hosts {
            left.push(store.read().await.unwrap().deliveries_of_host(host, 10).await.unwrap().len());
        }
        left
    });
    assert_eq!(left, [0, 0, 0, 0, 1, 1, 1, 1]);
}

#[test]
fn a_list_of_rules_is_previewed_read_and_written_as_mastodon_has_it() {
    let place = Place::with_owner();
    let file = place.path("rules.csv");
    let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
                bad.example,suspend,false,true,\"Spam, all of it\",true\n\
                loud.example,silence,true,false,,false\n";
    std::fs::write(&file, format!("{text}ba*.example,suspend,false,false,,false\n")).unwrap();
    let file = file.to_str().unwrap();
    let said = place.ok(&["domain", "import", file, "--dry-run"]);
    assert_eq!(
        said,
        "Left out: line 4: “ba*.example” is not a domain.\n\
         bad.example: block, reject reports (0 accounts, 0 follows from here, 0 from there, 0 posts, 0 media files).\n\
         loud.example: limit, reject media (0 accounts, 0 posts, 0 media files).\n\
         2 rules would be made; 0 stand already. Nothing was changed."
    );
    assert!(place.ok(&["domain", "list"]).contains("no rules"), "nothing was changed");
    let said = place.ok(&["domain", "import", file]);
    assert!(said.ends_with("2 rules were made; 0 stood already and stay as they are."), "{said}");
    assert_eq!(place.ok(&["domain", "export"]), text.trim_end());
    let again = place.ok(&["domain", "import", file]);
    assert!(again.ends_with("0 rules were made; 2 stood already and stay as they are."), "{again}");
    let log = place.ok(&["log"]);
    assert!(log.contains("command line  domain block, reject reports  bad.example"), "{log}");
    assert!(place.refused(&["domain", "import", "no-such-file.csv"], 1).contains("cannot read no-such-file.csv"));
}

/// Writes a list to be imported; answers where it lies.
fn list(place: &Place, text: &str) -> String {
    let file = place.path("list.csv");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_list_of_domains_is_read_by_the_names_of_its_columns() {
    let place = Place::with_owner();
    let file = list(&place, "severity,domain,public_comment\nsuspend,bad.example,\"Spam\nand more\"\n");
    assert!(place.ok(&["domain", "import", &file]).ends_with("1 rule was made; 0 stood already and stay as they are."));
    let table = place.ok(&["domain", "list"]);
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.contains("bad.example") && table.contains("blocked") && table.contains("(public: Spam and more)"));
    let file = list(&place, "bad.example\nworse.example\n");
    let said = place.ok(&["domain", "import", &file]);
    assert_eq!(
        said,
        "The list has no column “severity”: it is one of servers to block (to allow them: --allowed).\n\
         1 rule was made; 1 stood already and stays as it is."
    );
}

#[test]
fn a_list_of_domains_of_which_nothing_is_of_use_is_refused() {
    let place = Place::with_owner();
    for (text, reason) in [
        ("severity,host\n", "line 1: “severity” is not a domain: it has no dot."),
        ("#domain;#severity\nbad.example;suspend\n", "There are semicolons where commas should be"),
        ("domain,reject_media\nbad.example,maybe\n", "line 2: “maybe” as reject_media is neither true nor false."),
        ("domain,severity\nodd.example,noop\n", "line 2: odd.example is to be neither blocked nor limited"),
        ("domain\nlocalhost:1\n,\nlocalhost\n", "line 4: “localhost” is not a domain: it has no dot."),
    ] {
        let ours = text.replace("localhost:1", &format!("localhost:{}", place.port));
        let file = list(&place, &ours);
        for arguments in [&["domain", "import", &file][..], &["domain", "import", &file, "--dry-run"]] {
            let said = String::from_utf8(place.run(arguments).stdout).unwrap();
            assert!(said.contains(reason), "{said}");
            let left_out = said.lines().filter(|l| l.starts_with("Left out: "));
            assert!(left_out.clone().count() > 0 && left_out.clone().all(|l| l.contains(": line ")), "{said}");
            assert!(place.refused(arguments, 1).contains("Every row was left out"), "{said}");
        }
    }
    assert!(place.ok(&["domain", "list"]).contains("no rules"));
}

#[test]
fn a_list_that_is_stricter_than_a_domains_rule_is_said_to_be() {
    let place = Place::with_owner();
    place.ok(&["domain", "limit", "loud.example", "bad.example"]);
    place.ok(&["domain", "block", "bad.example"]);
    let file = list(&place, "domain,severity,reject_media\nloud.example,suspend,no\nbad.example,silence,0\n");
    let stricter = "loud.example stands already (limit); the list is stricter (block).";
    assert_eq!(
        place.ok(&["domain", "import", &file, "--dry-run"]),
        format!(
            "{stricter}\nbad.example stands already (block).\n\
             0 rules would be made; 2 stand already. Nothing was changed."
        )
    );
    let said = place.ok(&["domain", "import", &file]);
    assert_eq!(said, format!("{stricter}\n0 rules were made; 2 stood already and stay as they are."));
}

#[test]
fn what_a_rule_takes_from_the_one_before_it_for_the_same_domain_is_said() {
    let place = Place::with_owner();
    assert_eq!(place.ok(&["domain", "limit", "bad.example"]), "bad.example is limited.");
    assert_eq!(place.ok(&["domain", "block", "bad.example"]), "bad.example was limited; it is now blocked.");
    let said = place.ok(&["domain", "limit", "bad.example", "--preview"]);
    assert_eq!(said, "bad.example: limit (0 accounts, 0 posts). It would no longer be blocked.");
    let said = place.ok(&["domain", "limit", "bad.example"]);
    let now = "it is now limited: it federates again, and its posts stay out of public timelines.";
    assert_eq!(said, format!("bad.example was blocked; {now}"));
    assert_eq!(place.ok(&["domain", "reject-media", "bad.example"]), "bad.example may send no media.");
    let said = place.ok(&["domain", "remove", "bad.example"]);
    assert_eq!(said, "bad.example has no rule any more (it was: limit, reject media).");
    assert!(place.refused(&["domain", "remove", "bad.example"], 1).contains("There is no rule for bad.example"));
}

#[test]
fn a_preview_refuses_what_the_rule_for_a_domain_would_and_counts_what_it_touches() {
    let place = Place::with_owner();
    assert!(place.refused(&["domain", "block", "localhost", "--preview"], 1).contains("this node itself"));
    let follows = "0 follows from here, 0 from there";
    for (verb, concerned) in [
        ("block", format!("block (0 accounts, {follows}, 0 posts, 0 media files)")),
        ("limit", "limit (0 accounts, 0 posts)".to_owned()),
        ("reject-media", "reject media (0 accounts, 0 media files)".to_owned()),
        ("reject-reports", "reject reports (0 accounts)".to_owned()),
    ] {
        let said = place.ok(&["domain", verb, "--preview", "other.example"]);
        assert_eq!(said, format!("other.example: {concerned}."));
    }
    assert!(place.ok(&["domain", "list"]).contains("no rules"));
}

#[test]
fn a_domain_below_a_block_is_no_exception_and_the_block_is_named() {
    let place = Place::with_owner();
    place.ok(&["domain", "block", "bad.example"]);
    let covers = "The one for bad.example (block) covers it, without exceptions";
    for arguments in [["domain", "allow", "sub.bad.example"], ["domain", "remove", "sub.bad.example"]] {
        assert!(place.refused(&arguments, 1).contains(covers));
    }
    let stays = "It stays shut out: bad.example is blocked, with everything below it.";
    let said = place.ok(&["domain", "limit", "sub.bad.example"]);
    assert_eq!(said, format!("sub.bad.example is limited. {stays}"));
    let said = place.ok(&["domain", "allow", "sub.bad.example"]);
    assert_eq!(said, format!("sub.bad.example has no rule any more (it was: limit). {stays}"));
}

#[test]
fn allowed_domains_are_listed_written_read_and_taken_off_again() {
    let place = Place::with_owner().with("OUTLOUD_ALLOW_LIST", "on");
    let on = "OUTLOUD_ALLOW_LIST is on: only servers that are allowed federate.";
    assert_eq!(place.ok(&["domain", "list"]), format!("There are no rules for other servers.\n{on}"));
    assert_eq!(place.ok(&["domain", "allow", "good.example", "loud.example"]).lines().count(), 2);
    place.ok(&["domain", "limit", "loud.example"]);
    place.ok(&["domain", "block", "bad.example"]);
    let table = place.ok(&["domain", "list"]);
    let rows: Vec<Vec<&str>> = table.lines().map(|l| l.split_whitespace().take(3).collect()).collect();
    assert_eq!(
        rows[..4],
        [
            ["DOMAIN", "RULE", "ALLOWED"],
            ["bad.example", "blocked", "-"],
            ["good.example", "-", "allowed"],
            ["loud.example", "limited", "allowed"]
        ],
        "{table}"
    );
    assert!(table.ends_with(on), "{table}");
    let allowed = "#domain\ngood.example\nloud.example";
    assert_eq!(place.ok(&["domain", "export", "--allowed"]), allowed);
    let output = place.run(&["domain", "export"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 3);
    assert!(String::from_utf8(output.stderr).unwrap().contains("2 servers are allowed"));

    let file = list(&place, &format!("{allowed}\nnew.example\nbad.example\n"));
    let said = place.ok(&["domain", "import", &file, "--allowed", "--dry-run"]);
    assert!(said.contains("line 5: bad.example is blocked, which `domain allow bad.example` lifts."), "{said}");
    assert!(said.contains("new.example: allow (0 accounts).\ngood.example stands already (allow)."), "{said}");
    let said = place.ok(&["domain", "import", &file, "--allowed"]);
    assert!(said.ends_with("1 rule was made; 2 stood already and stay as they are."), "{said}");
    let said = place.ok(&["domain", "remove", "new.example"]);
    let not_allowed = "It does not federate: OUTLOUD_ALLOW_LIST is on, and it is not allowed.";
    assert_eq!(said, format!("new.example has no rule any more (it was: allow). {not_allowed}"));
    assert!(!place.ok(&["domain", "list"]).contains("new.example"));
    let said = place.ok(&["domain", "block", "good.example"]);
    assert_eq!(said, "good.example was allowed; it is now blocked.");
    assert_eq!(
        place.ok(&["domain", "limit", "good.example"]),
        format!("good.example was blocked; it is now limited. {not_allowed}")
    );
    let blocks = list(&place, "#domain,#severity\nworse.example,suspend\n");
    assert!(place.refused(&["domain", "import", &blocks, "--allowed"], 1).contains("“severity”"));
}

#[test]
fn domains_are_allowed_before_the_allow_list_is_on() {
    let place = Place::with_owner();
    let file = list(&place, "#domain\ngood.example\n");
    let off = "OUTLOUD_ALLOW_LIST is off: that servers are allowed counts as soon as it is on.";
    assert!(place.ok(&["domain", "import", &file, "--allowed"]).ends_with(off));
    place.ok(&["domain", "limit", "good.example"]);
    assert_eq!(place.ok(&["domain", "allow", "good.example"]), "good.example is allowed (it was: limit, allow).");
    assert!(place.ok(&["domain", "list"]).ends_with(off));
    place.ok(&["domain", "remove", "good.example"]);
    assert_eq!(place.ok(&["domain", "list"]), "There are no rules for other servers.");
}

#[test]
fn a_member_is_frozen_and_disabled_and_gets_everything_back() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let token = place.ok(&["token", "issue", "sam"]);
    let signed_in = || {
        in_database(&place.database(), async |store| {
            store.read().await.unwrap().token(&node::random::hash(&token), 0).await.unwrap().is_some()
        })
    };
    let handle = format!("@sam@localhost:{}", place.port);
    assert_eq!(place.ok(&["account", "freeze", "sam"]), format!("{handle} is frozen."));
    assert!(signed_in(), "a frozen member still reads");
    assert_eq!(place.ok(&["account", "unfreeze", "sam"]), format!("{handle} is no longer frozen."));
    assert!(place.refused(&["account", "unfreeze", "sam"], 1).contains("is active"));
    assert_eq!(place.ok(&["account", "disable", "sam"]), format!("{handle} is disabled."));
    assert!(!signed_in());
    assert_eq!(place.ok(&["account", "enable", "sam"]), format!("{handle} is no longer disabled."));
    assert_eq!(place.ok(&["log"]).lines().count(), 6, "with the token");
}

#[test]
fn reports_are_listed_shown_and_closed() {
    let place = Place::with_owner();
    assert_eq!(place.ok(&["report", "list"]), "There are no reports.");
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let post = storage::Snapshot { text: "Buy pills".to_owned(), ..Default::default() };
        let report = storage::Report {
            id: 77,
            uri: "https://far.example/flags/1".to_owned(),
            reporter_id: None,
            reporter: "far.example".to_owned(),
            target_id: 5,
            target: "sam@here.example".to_owned(),
            category: "spam".to_owned(),
            comment: "Please\nlook".to_owned(),
            rule_ids: Vec::new(),
            posts: vec![post],
            forwarded: false,
            created_at: 0,
            closed_at: None,
            closed_by: String::new(),
            closed_by_id: None,
            assigned_id: None,
            updated_at: 0,
        };
        tx.insert_report(&report).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
    });
    let list = place.ok(&["report", "list"]);
    assert_eq!(list, "77  1970-01-01  open    spam       @sam@here.example, 1 post, by far.example  Please look");
    let shown = place.ok(&["report", "show", "77"]);
    assert!(shown.contains("Buy pills") && shown.contains("Nobody looks after it yet."), "{shown}");
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let olga = tx.account_by_handle("olga", "").await.unwrap().unwrap();
        tx.assign_report(77, Some(olga.id), 1).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
    });
    assert!(place.ok(&["report", "show", "77"]).contains(&format!("@olga@localhost:{} looks after it.", place.port)));
    place.ok(&["report", "close", "77", "--comment", "warned"]);
    let shown = place.ok(&["report", "show", "77"]);
    assert!(shown.contains("by command line. warned") && shown.contains("They say: Please\nlook"), "{shown}");
    place.ok(&["report", "close", "77"]);
    assert!(place.refused(&["report", "show", "78"], 1).contains("There is no report 78."));
    assert_eq!(place.ok(&["report", "list"]), "There are no reports.");
    assert!(place.ok(&["report", "list", "--all"]).contains("closed"));
    assert!(place.ok(&["log"]).contains("close report  report 77 about sam@here.example  warned\n"));
}

/// The members' warnings: what was done, and what was said.
fn warnings(place: &Place, name: &str) -> Vec<(String, String)> {
    in_database(&place.database(), async |store| {
        let mut tx = store.read().await.unwrap();
        let account = tx.account_by_handle(name, "").await.unwrap().unwrap();
        let told = tx.notifications(account.id, &[], &[], 0, &model::page::Page::first(9)).await.unwrap();
        let ids: Vec<i64> = told.iter().filter_map(|n| n.event_id).collect();
        let mut list = tx.warnings(&ids).await.unwrap();
        list.sort_by_key(|w| w.id);
        list.into_iter().map(|w| (w.action, w.text)).collect()
    })
}

#[test]
fn what_is_done_about_a_member_is_said_to_them_in_words() {
    let place = Place::with_owner();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let handle = format!("@sam@localhost:{}", place.port);
    assert_eq!(place.ok(&["account", "warn", "sam", "--text", "Be kind"]), format!("{handle} is told."));
    assert!(place.refused(&["account", "warn", "sam"], 1).contains("--text"));
    place.ok(&["account", "freeze", "sam", "--text", "Cool down"]);
    place.ok(&["account", "limit", "sam", "--text", "Too loud", "--no-letter"]);
    let pair = |action: &str, text: &str| (action.to_owned(), text.to_owned());
    let told = [pair("none", "Be kind"), pair("freeze", "Cool down"), pair("silence", "Too loud")];
    assert_eq!(warnings(&place, "sam"), told);
    assert!(place.ok(&["log"]).contains("freeze  sam@"));
    assert!(place.ok(&["member", "list"]).contains("\tfrozen, limited"));
}

#[test]
fn who_may_not_join_is_said_and_taken_back() {
    let place = Place::with_owner();
    let said = place.ok(&["email-domain-block", "add", "@Spam.example", "--allow-with-approval"]);
    assert_eq!(said, "Who has an address of spam.example waits to be let in.");
    assert!(place.refused(&["email-domain-block", "add", "spam.example"], 1).contains("taken"));
    assert!(place.ok(&["email-domain-block", "list"]).starts_with("spam.example\twaits to be let in\t"));
    place.ok(&["email-domain-block", "remove", "SPAM.example"]);
    assert!(place.refused(&["email-domain-block", "remove", "spam.example"], 1).contains("no block of"));
    assert_eq!(place.ok(&["email-domain-block", "list"]), "");

    place.ok(&["email-block", "add", "s.a.m+x@mail.example"]);
    let found = place.ok(&["email-block", "find", "sam@mail.example"]);
    let found = found.strip_prefix("sam@mail.example is blocked: ").unwrap();
    assert_eq!(place.ok(&["email-block", "list"]), found);
    assert!(place.ok(&["email-block", "find", "ida@mail.example"]).ends_with("is not blocked."));
    place.refused(&["email-block", "add", "nobody"], 1);
    place.ok(&["email-block", "remove", found.split('\t').next().unwrap()]);
    assert_eq!(place.ok(&["email-block", "list"]), "");

    let wide = ["ip-block", "add", "0.0.0.0/0", "--severity", "no-access"];
    assert!(place.refused(&wide, 1).contains("too wide"));
    place.refused(&["ip-block", "add", "192.0.2.0/24", "--severity", "odd"], 2);
    let said =
        place.ok(&["ip-block", "add", "192.0.2.9/24", "--severity", "sign-up-block", "--days", "3", "--comment", "x"]);
    assert!(said.starts_with("192.0.2.0/24\tsign-up-block\tuntil ") && said.ends_with("\tx"), "{said}");
    assert_eq!(place.ok(&["ip-block", "list"]), said);
    place.ok(&["ip-block", "remove", "192.0.2.0/24"]);
    assert!(place.refused(&["ip-block", "remove", "192.0.2.0/24"], 1).contains("no block of"));
    let log = place.ok(&["log"]);
    for line in ["email domain block", "email domain unblock", "email block", "email unblock", "ip block", "ip unblock"]
    {
        assert!(log.contains(line), "{line}: {log}");
    }
}

#[test]
fn whoever_has_the_machine_opens_what_was_shut() {
    let place = Place::with_owner();
    let served = place.serve();
    // Everybody comes from here.
    place.ok(&["ip-block", "add", "127.0.0.0/8", "--severity", "no-access"]);
    until("the network to be shut out", || (served.get("/about").status == 403).then_some(()));
    place.ok(&["ip-block", "remove", "127.0.0.0/8"]);
    until("the network to be let in", || (served.get("/about").status == 200).then_some(()));
}
