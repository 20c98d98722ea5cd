//! Members, invitations, tokens; and what is typed or set wrongly.

use std::io::Write as _;
use std::process::Stdio;

use crate::place::{Place, request};
use crate::{in_database, spoil};

#[test]
fn a_generated_password_is_printed_and_signs_in() {
    let place = Place::new();
    let said = place.ok(&["member", "add", "sam", "--email", "sam@work.example", "--role", "owner"]);
    let (greeting, password) = said.split_once(" Password: ").unwrap();
    assert_eq!(greeting, format!("@sam@localhost:{} is a member now.", place.port));
    let hash = in_database(&place.database(), async |store| {
        let mut tx = store.read().await.unwrap();
        let sam = tx.account_by_handle("sam", "").await.unwrap().unwrap();
        tx.member(sam.id).await.unwrap().unwrap().password_hash
    });
    let settings =
        outloud::Settings::of([("OUTLOUD_DATA_DIR".to_owned(), place.path("other").display().to_string())].into())
            .unwrap();
    let node = in_database(&format!("sqlite://{}", place.path("none.db").display()), async |store| {
        let files = storage::Files::folder(&place.path("none")).unwrap();
        node::Node::new(settings.node.clone(), store, files, model::clock::Clock::System, node::Random::System)
    });
    assert!(node::login::is_password(&node, password, &hash));
    assert!(!node::login::is_password(&node, "another one", &hash));
}

#[test]
fn a_given_password_is_not_printed() {
    let place = Place::new();
    let mut command = place.command(&["member", "add", "ines", "--email", "i@work.example", "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("@ines@localhost:{} is a member now.\n", place.port));
}

#[test]
fn a_token_is_printed_alone_and_an_invitation_as_its_link() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let output = place.run(&["token", "issue", "@sam", "--scopes", "read write"]);
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let token = String::from_utf8(output.stdout).unwrap();
    assert_eq!(token.lines().count(), 1);
    let token = token.trim_end();
    assert!(token.len() >= 40 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{token}");
    let kept = in_database(&place.database(), async |store| {
        store.read().await.unwrap().token(&node::random::hash(token), 0).await.unwrap().unwrap()
    });
    assert_eq!(kept.scopes, "read write");
    let link = place.ok(&["invite", "--role", "moderator", "--uses", "3", "--days", "2"]);
    let code = link.strip_prefix(&format!("{}/invite/", place.origin())).unwrap();
    assert!(code.len() >= 40 && !code.contains(['/', '\n']));
}

#[test]
fn in_a_folder_without_a_node_nothing_is_done_and_nothing_made() {
    let place = Place::new();
    for command in [
        &["member", "list"][..],
        &["member", "disable", "sam"],
        &["account", "suspend", "bob@far.example"],
        &["domain", "block", "bad.example"],
        &["domain", "list"],
        &["emoji", "list"],
        &["report", "list"],
        &["invite"],
        &["log"],
    ] {
        let said = place.refused(command, 1);
        assert!(said.contains("There is no database"), "{command:?}: {said}");
    }
    assert!(!place.path("outloud-data/outloud.db").exists());
}

#[test]
fn members_are_listed_and_get_other_roles_and_passwords() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example", "--role", "owner"]);
    place.ok(&["member", "add", "ines", "--email", "ines@work.example"]);
    let token = place.ok(&["token", "issue", "ines"]);
    assert!(place.refused(&["member", "role", "sam", "member"], 1).contains("only owner"));
    place.ok(&["member", "role", "ines", "owner"]);
    place.ok(&["member", "role", "sam", "moderator"]);
    let list = place.ok(&["member", "list"]);
    assert_eq!(list, "sam\tsam@work.example\tmoderator\tactive\nines\tines@work.example\towner\tactive");
    assert_eq!(place.ok(&["account", "list"]), "Nobody is suspended or limited.");
    for shut_out in [["member", "disable"], ["account", "suspend"], ["account", "freeze"]] {
        let said = place.refused(&[shut_out[0], shut_out[1], "ines"], 1);
        assert!(said.contains("only owner"), "{shut_out:?}: {said}");
    }
    place.ok(&["account", "suspend", "sam"]);
    place.ok(&["account", "limit", "sam"]);
    let host = format!("localhost:{}", place.port);
    assert_eq!(place.ok(&["account", "list"]), format!("@sam@{host}\tsuspended, limited"));
    assert!(place.ok(&["member", "list"]).contains("\tsuspended, limited\n"));
    place.ok(&["account", "unsuspend", "sam"]);
    place.ok(&["account", "unlimit", "sam"]);
    let log = place.ok(&["log"]);
    for line in ["member add owner  sam@", "member add member  ines@", "member role owner  ines@"] {
        assert!(log.contains(line), "{line}: {log}");
    }
    let said = place.ok(&["member", "password", "ines"]);
    assert!(said.contains("signed out everywhere. Password: "), "{said}");
    let left = in_database(&place.database(), async |store| {
        store.read().await.unwrap().token(&node::random::hash(&token), 0).await.unwrap()
    });
    assert!(left.is_none());
}

#[test]
fn somebody_who_asked_to_join_is_let_in_or_refused_and_a_member_shut_out() {
    let place = Place::new();
    for name in ["ada", "ben"] {
        place.ok(&["member", "add", name, "--email", &format!("{name}@work.example")]);
    }
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        for name in ["ada", "ben"] {
            let account = tx.account_by_handle(name, "").await.unwrap().unwrap();
            tx.set_suspended(account.id, Some(1), model::account::WAITING).await.unwrap();
            tx.set_member_state(account.id, model::account::MemberState::Pending).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    let waiting = place.ok(&["member", "waiting"]);
    assert_eq!(waiting.lines().count(), 2);
    assert!(waiting.contains("ada@work.example"));
    let refused = place.refused(&["account", "unsuspend", "ada"], 1);
    assert!(refused.contains("approve or refuse"), "{refused}");
    let list = place.ok(&["member", "list"]);
    assert!(list.lines().all(|l| l.ends_with("\tmember\twaits for approval")), "{list}");
    place.ok(&["member", "approve", "ada"]);
    place.ok(&["member", "refuse", "@ben"]);
    assert_eq!(place.ok(&["member", "waiting"]), "Nobody waits.");
    place.ok(&["member", "add", "ben", "--email", "ben@work.example"]);
    let token = place.ok(&["token", "issue", "ada"]);
    place.ok(&["member", "disable", "ada"]);
    let (token, state) = in_database(&place.database(), async |store| {
        let mut tx = store.read().await.unwrap();
        let ada = tx.account_by_handle("ada", "").await.unwrap().unwrap();
        (tx.token(&node::random::hash(&token), 0).await.unwrap(), tx.member(ada.id).await.unwrap().unwrap().state)
    });
    assert!(token.is_none() && state == model::account::MemberState::Disabled);
    place.ok(&["member", "enable", "ada"]);
    assert!(place.refused(&["member", "approve", "ada"], 1).contains("waits for nothing"));
}

#[test]
fn whose_address_is_not_confirmed_is_not_called_active_until_somebody_confirms_it() {
    let place = Place::with_owner();
    place.ok(&["member", "add", "ada", "--email", "ada@work.example"]);
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let account = tx.account_by_handle("ada", "").await.unwrap().unwrap();
        tx.set_suspended(account.id, Some(1), model::account::WAITING).await.unwrap();
        tx.commit().await.unwrap();
    });
    spoil(&place.path("outloud-data/outloud.db"), "update members set confirmed = false where email like 'ada%'");
    assert!(place.ok(&["member", "list"]).contains("ada@work.example\tmember\taddress not confirmed"));
    let said = place.ok(&["member", "confirm", "ada"]);
    assert_eq!(said, format!("@ada@localhost:{} has a confirmed address now, and can sign in.", place.port));
    assert!(place.ok(&["member", "list"]).contains("ada@work.example\tmember\tactive"));
    assert!(place.refused(&["member", "confirm", "ada"], 1).contains("is confirmed"));
}

#[test]
fn invitations_and_tokens_are_listed_and_ended() {
    let place = Place::with_owner();
    assert_eq!(place.ok(&["invite", "list"]), "No invitation is open.");
    let link = place.ok(&["invite", "--role", "moderator", "--uses", "3"]);
    let other = place.ok(&["invite"]);
    let list = place.ok(&["invite", "list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines.len() == 2 && list.contains("\tmoderator\tfor 3 people\tuntil "), "{list}");
    let id = lines.iter().find(|l| l.contains("\tmember\tfor one person")).unwrap().split('\t').next().unwrap();
    place.ok(&["invite", "revoke", id]);
    place.ok(&["invite", "revoke", &link]);
    assert_eq!(place.ok(&["invite", "list"]), "No invitation is open.");
    assert!(place.refused(&["invite", "revoke", &other], 1).contains("No open invitation"));

    let token = place.ok(&["token", "issue", "olga", "--scopes", "read"]);
    let list = place.ok(&["token", "list", "olga"]);
    assert!(list.contains("\tCommand line\tsince ") && list.ends_with("\tlast used never\tread"), "{list}");
    let id = list.split('\t').next().unwrap();
    place.ok(&["token", "revoke", "@olga", id]);
    let left = in_database(&place.database(), async |store| {
        store.read().await.unwrap().token(&node::random::hash(&token), 0).await.unwrap()
    });
    assert!(left.is_none());
    assert!(place.refused(&["token", "revoke", "olga", id], 1).contains("has no token"));
    assert!(place.ok(&["token", "list", "olga"]).contains("signed in nowhere"));
    let log = place.ok(&["log"]);
    for line in ["invite  ", "moderator × 3", "invite revoke", "token issue  olga@", "token revoke  olga@"] {
        assert!(log.contains(line), "{line}: {log}");
    }
}

#[test]
fn whoever_reads_no_further_hears_of_no_error() {
    let place = Place::with_owner();
    for command in [&["member", "list"][..], &["log"], &["domain", "list"], &["text", "show", "privacy-policy"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = place.command(command).stdout(writer).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !error.contains("panic"), "{command:?}: {error}");
    }
}

#[test]
fn a_member_moves_away_stays_after_all_and_is_deleted() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example", "--role", "owner"]);
    place.ok(&["member", "add", "ines", "--email", "ines@work.example"]);
    let (origin, host) = (place.origin(), format!("localhost:{}", place.port));
    assert!(place.refused(&["member", "move", "ines", "--to", "@sam"], 1).contains("alsoKnownAs"));
    let said = place.ok(&["member", "alias", "sam", "--add", &format!("ines@{host}")]);
    assert_eq!(said, format!("{origin}/users/ines is another name of @sam@{host} now."));
    assert_eq!(place.ok(&["member", "alias", "sam", "--list"]), format!("{origin}/users/ines  @ines@{host}"));
    let said = place.ok(&["member", "move", "ines", "--to", &format!("{origin}/users/sam")]);
    assert_eq!(said, format!("@ines@{host} has moved to {origin}/users/sam. Their followers are told."));
    assert_eq!(
        place.ok(&["member", "move", "ines", "--cancel"]),
        format!("@ines@{host} stays: other servers are told that the move is taken back.")
    );
    place.refused(&["member", "move", "ines", "--cancel"], 1);
    let said = place.refused(&["member", "alias", "sam", "--add", "nonsense"], 1);
    assert!(said.contains("sam@example.org"), "{said}");
    assert!(place.ok(&["log"]).contains("member stay"));
    place.ok(&["member", "alias", "sam", "--remove", "@ines"]);
    assert_eq!(place.ok(&["member", "alias", "sam", "--list"]), "");

    assert!(place.refused(&["member", "delete", "ines"], 1).contains("not deleted"), "nobody said yes");
    assert!(place.refused(&["member", "delete", "sam", "--yes"], 1).contains("only owner"));
    assert!(place.ok(&["member", "delete", "@ines", "--yes"]).starts_with(&format!("@ines@{host} is deleted.")));
    assert!(place.refused(&["member", "delete", "ines", "--yes"], 1).contains("ines"));
    assert!(place.refused(&["member", "add", "Ines", "--email", "i@work.example"], 1).contains("username"));
}

#[test]
fn emoji_are_added_listed_and_removed() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/../http/src/mastodon/assets/avatar.png");
    assert_eq!(
        place.ok(&["emoji", "add", ":pot:", picture, "--category", "Tea", "--hidden"]),
        ":pot: can be used now."
    );
    assert!(place.refused(&["emoji", "add", "pot", picture], 1).contains("already"));
    assert!(place.refused(&["emoji", "add", "p", picture], 1).contains("shortcode"));
    assert!(place.refused(&["emoji", "add", "cup", "missing.png"], 1).contains("missing.png"));
    std::fs::write(place.path("cup.svg"), "<svg/>").unwrap();
    assert!(place.refused(&["emoji", "add", "cup", "cup.svg"], 1).contains("PNG"));
    assert_eq!(place.ok(&["emoji", "list"]), ":pot:  Tea (hidden)");
    place.ok(&["emoji", "remove", "pot"]);
    assert!(place.refused(&["emoji", "remove", "pot"], 1).contains(":pot:"));
    assert_eq!(place.ok(&["emoji", "list"]), "There are no emoji of this node.");
}

#[test]
fn what_is_typed_wrongly_is_named_in_one_line_with_status_2() {
    let place = Place::new();
    for (arguments, named) in [
        (&["serve", "--role", "cook"][..], "--role"),
        (&["member", "add", "sam"], "--email"),
        (&["member", "add", "sam", "--email", "a@b.example", "--role", "queen"], "--role"),
        (&["member", "alias", "sam"], "--list"),
        (&["member", "move", "sam", "--to", "a", "--cancel"], "--cancel"),
        (&["invite", "--uses", "0"], "--uses"),
        (&["invite", "--days", "400"], "--days"),
        (&["domain", "block"], "DOMAINS"),
        (&["demo", "--port", "99999"], "--port"),
        (&["backup"], "FILE"),
        (&["restore", "a", "b"], "b"),
        (&["dance"], "dance"),
    ] {
        let line = place.refused(arguments, 2);
        assert!(line.contains(named), "{line}");
    }
}

#[test]
fn what_cannot_be_done_is_said_in_one_line_with_status_1() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    for (arguments, named) in [
        (&["member", "add", "sam", "--email", "b@work.example"][..], "username"),
        (&["member", "add", "sue", "--email", "sam@work.example"], "email"),
        (&["member", "add", "no good", "--email", "c@work.example"], "username"),
        (&["token", "issue", "nobody"], "nobody"),
        (&["token", "issue", "sam", "--scopes", "everything"], "everything"),
        (&["account", "suspend", "nobody@elsewhere.example"], "nobody@elsewhere.example"),
        (&["account", "limit", "a b"], "a b"),
        (&["account", "suspend", "instance.actor"], "instance.actor"),
        (&["domain", "block", "good.example", "not a domain"], "not a domain"),
        (&["domain", "block", "localhost"], "localhost"),
        (&["domain", "allow", "unknown.example"], "unknown.example"),
        (&["serve", "--role", "web"], "--role"),
        (&["restore", "missing.tar"], "missing.tar"),
        (&["demo", "--port", "65535"], "--port"),
    ] {
        let line = place.refused(arguments, 1);
        assert!(line.contains(named), "{line}");
    }
    assert_eq!(
        place.ok(&["domain", "list"]),
        "There are no rules for other servers.",
        "all of a command or none of it"
    );
}

#[test]
fn a_wrong_setting_is_named_in_one_line() {
    for (name, value) in [
        ("OUTLOUD_ORIGIN", "social.example.org"),
        ("OUTLOUD_HANDLE_DOMAIN", "not a domain"),
        ("OUTLOUD_LISTEN", "8080"),
        ("OUTLOUD_DATABASE_URL", "mysql://x"),
        ("OUTLOUD_MEDIA_URL", "ftp://x"),
        ("OUTLOUD_POST_LENGTH", "many"),
        ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "10.0.0.0/99"),
        ("OUTLOUD_LOG", "a=b=c"),
        ("OUTLOUD_NO_SUCH_THING", "1"),
    ] {
        let place = Place::new().with(name, value);
        let line = place.refused(&["serve"], 1);
        assert!(line.starts_with(&format!("outloud: {name}: ")), "{line}");
    }
}

#[test]
fn a_key_is_rotated_and_a_running_node_heeds_it() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let served = place.serve();
    for (arguments, name, target) in [
        (vec!["key", "rotate", "@sam"], format!("@sam@localhost:{}", place.port), "/users/sam"),
        (vec!["key", "rotate", "--instance"], "The node".to_owned(), "/actor"),
    ] {
        let said = place.ok(&arguments);
        let id = said.strip_prefix(&format!("{name} signs with a new key now: ")).unwrap_or_else(|| panic!("{said}"));
        assert!(id.starts_with(&format!("{}{target}#key-", place.origin())), "{id}");
        let text = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost:{}\r\nAccept: application/activity+json\r\nConnection: close\r\n\r\n",
            place.port
        );
        let answer = request(served.port, &text).expect("an answer");
        assert!(answer.body.contains(&format!("\"{id}\"")), "{}", answer.body);
    }
    assert!(place.refused(&["key", "rotate", "nobody"], 1).contains("There is no member “nobody”"));
    assert!(place.refused(&["key", "rotate"], 2).contains("USERNAME"));
    place.refused(&["key", "rotate", "sam", "--instance"], 2);
    assert!(place.ok(&["key", "rotate", "--help"]).contains("--instance"));
}

#[test]
fn what_a_member_takes_along_is_a_file_and_what_they_bring_is_recognised() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let (archive, lists) = (place.path("sam.zip"), place.path("following_accounts.csv"));
    let said = place.ok(&["member", "export", "sam", &archive.display().to_string()]);
    assert!(said.contains("has 0 posts of @sam@localhost"), "{said}");
    assert!(std::fs::read(&archive).unwrap().starts_with(b"PK"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&archive).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let missing = place.run(&["member", "export", "sam", &place.path("nowhere/sam.zip").display().to_string()]);
    assert!(!missing.status.success());
    std::fs::write(&lists, "bob@far.example\n").unwrap();
    let said = place.ok(&["member", "import", "sam", &lists.display().to_string()]);
    assert!(said.starts_with("1 rows (following) are taken in for @sam@localhost"), "{said}");
    let unclear = place.path("list.csv");
    std::fs::write(&unclear, "bob@far.example\n").unwrap();
    let unclear = unclear.display().to_string();
    let refused = place.run(&["member", "import", "sam", &unclear]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Say so with --as."), "{refused:?}");
    place.ok(&["member", "import", "sam", &unclear, "--as", "muting", "--overwrite"]);
    let refused = place.run(&["member", "import", "sam", &archive.display().to_string(), "--overwrite"]);
    assert!(!refused.status.success());
    place.ok(&["member", "import", "sam", &archive.display().to_string()]);
    let list = place.ok(&["member", "imports", "sam"]);
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(list.lines().last().unwrap().contains("\tfollowing\twaiting\t0 done, 0 failed, 0 skipped of 1"), "{list}");
}
