//! Challenges, hashtags that are not carried, and whose posts are, as they are typed.

use model::challenge::{Contribution, Standing};
use model::post::Post;

use crate::in_database;
use crate::place::Place;

fn shop() -> (Place, String) {
    let place = Place::with_owner();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let host = format!("localhost:{}", place.port);
    (place, host)
}

#[test]
fn a_challenge_is_opened_given_offered_closed_answered_and_removed() {
    let (place, host) = shop();
    assert_eq!(place.ok(&["challenge", "list"]), "There are no challenges.");
    let question = ["--question", "How do we  build trust?", "--owner", "@olga"];
    let open =
        |name: &'static str, more: &[&'static str]| [&["challenge", "open", name][..], &question[..], more].concat();
    let said = place.ok(&open("trust", &["--purpose", "We *wonder*.", "--tag", "#TrustUs", "--closes", "2100-01-31"]));
    assert_eq!(said, format!("@trust@{host} is open: {}/@trust", place.origin()));
    let said = place.ok(&open("later", &["--opens", "2100-01-01T09:00:00Z"]));
    assert_eq!(said, format!("@later@{host} opens when its time comes: {}/@later", place.origin()));
    let (later, trust) = (
        "@later  planned from 2100-01-01  @olga  0 contributions  How do we build trust?",
        "@trust  open until 2100-01-31  @olga  #TrustUs  0 contributions  How do we build trust?",
    );
    assert_eq!(place.ok(&["challenge", "list"]), format!("{later}\n{trust}"));

    for (arguments, words) in [
        (open("trust", &[]), "taken"),
        (open("sam", &[]), "taken"),
        (open("a b", &[]), "ame"),
        (open("new", &["--tag", "1"]), "not a hashtag"),
        (open("new", &["--closes", "2001-01-01"]), "must be after"),
        (vec!["challenge", "open", "new", "--question", " ", "--owner", "olga"], "can't be blank"),
        (vec!["challenge", "open", "new", "--question", "Why?", "--owner", "nobody"], "no member “nobody”"),
        (vec!["challenge", "open", "new", "--question", "Why?", "--owner", "trust"], "no member “trust”"),
        (vec!["challenge", "give", "trust", "trust"], "no member “trust”"),
        (vec!["challenge", "give", "trust", "nobody"], "no member “nobody”"),
        (vec!["challenge", "give", "sam", "sam"], "no challenge @sam"),
        (vec!["challenge", "close", "@nothing"], "no challenge @nothing"),
        (vec!["challenge", "offer", "nothing"], "no challenge @nothing"),
        (vec!["challenge", "answer", "nothing", "42"], "no challenge @nothing"),
        (vec!["challenge", "remove", "nothing"], "no challenge @nothing"),
        (vec!["challenge", "answer", "trust", " "], "can't be blank"),
        (vec!["challenge", "answer", "later", "42"], "not been asked yet"),
    ] {
        let said = place.refused(&arguments, 1);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    place.refused(&open("new", &["--closes", "soon"]), 2);
    assert_eq!(place.ok(&["challenge", "list"]).lines().count(), 2, "what was refused made nothing");

    assert_eq!(
        place.ok(&["challenge", "give", "@trust", "@sam"]),
        format!("@sam@{host} looks after @trust@{host} now.")
    );
    assert_eq!(place.ok(&["challenge", "offer", "trust"]), format!("Any member can look after @trust@{host} now."));
    in_database(&place.database(), async |store| {
        let mut tx = store.read().await.unwrap();
        let sam = tx.account_by_handle("sam", "").await.unwrap().unwrap();
        let trust = tx.account_by_handle("trust", "").await.unwrap().unwrap();
        let trust = tx.challenge(trust.id).await.unwrap().unwrap();
        assert_eq!((trust.owner_id, trust.adoptable), (Some(sam.id), true));
    });
    assert!(place.ok(&["challenge", "list"]).contains("@sam, who offers it"));
    assert_eq!(place.ok(&["challenge", "close", "trust"]), format!("@trust@{host} is closed."));
    assert!(place.refused(&["challenge", "close", "trust"], 1).contains("closed already"));
    let answered = format!("@trust@{host} is answered.");
    assert_eq!(place.ok(&["challenge", "answer", "trust", "By *eating* together."]), answered);
    assert_eq!(place.ok(&["challenge", "answer", "trust", "And by listening."]), answered, "it can be put better");
    assert!(place.ok(&["challenge", "list"]).contains("@trust  answered after it closed on 2"));
    assert_eq!(place.ok(&["challenge", "remove", "trust"]), format!("@trust@{host} is gone."));
    assert!(place.refused(&["challenge", "remove", "trust"], 1).contains("no challenge @trust"));
    assert!(place.refused(&open("trust", &[]), 1).contains("taken"), "its name is never given again");
    assert_eq!(place.ok(&["challenge", "list"]), later);
    let log = place.ok(&["log"]);
    for deed in ["challenge open", "challenge give", "challenge offer", "challenge close", "challenge answer", "delete"]
    {
        assert!(log.contains(deed), "{deed}: {log}");
    }
}

#[test]
fn what_waits_is_listed_accepted_and_refused_and_who_spoils_it_has_no_say() {
    let (place, host) = shop();
    place.ok(&["challenge", "open", "trust", "--question", "Why?", "--owner", "olga"]);
    assert_eq!(place.ok(&["challenge", "waiting"]), "Nothing waits.");
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let sam = tx.account_by_handle("sam", "").await.unwrap().unwrap();
        let trust = tx.account_by_handle("trust", "").await.unwrap().unwrap();
        let opening = tx.challenge(trust.id).await.unwrap().unwrap().opening_id.unwrap();
        let opening = tx.post(opening).await.unwrap().unwrap();
        for id in [71, 72] {
            let said = Post {
                id,
                account_id: sam.id,
                uri: format!("https://work.example/{id}"),
                content: format!("<p>We   bake {id}</p>"),
                ..opening.clone()
            };
            assert!(tx.insert_post(&said).await.unwrap());
            let n = Contribution {
                challenge_id: trust.id,
                post_id: id,
                account_id: sam.id,
                state: Standing::Waiting,
                by_mention: true,
                decided_by: None,
                decided_at: None,
                created_at: said.created_at,
            };
            tx.put_contribution(&n).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    let listed = place.ok(&["challenge", "waiting"]);
    assert_eq!(place.ok(&["challenge", "waiting", "@trust"]), listed);
    let lines: Vec<&str> = listed.lines().collect();
    assert!(
        lines[0].starts_with("@trust  72  2") && lines[1].ends_with(&format!("@sam@{host}  We bake 71")),
        "{listed}"
    );
    assert!(place.ok(&["challenge", "list"]).contains("0 contributions, 2 waiting"));
    assert_eq!(place.ok(&["challenge", "waiting", "trust", "--refused"]), "Nothing is refused.");
    let accepted = format!("What @sam@{host} contributed is accepted: @trust@{host} passes it on.");
    assert_eq!(place.ok(&["challenge", "accept", "trust", "71"]), accepted);
    assert!(place.ok(&["challenge", "list"]).contains("  1 contribution, 1 waiting  "));
    let refused = format!("What @sam@{host} contributed is refused: @trust@{host} does not pass it on.");
    assert_eq!(place.ok(&["challenge", "refuse", "trust", "72"]), refused);
    assert_eq!(place.ok(&["challenge", "waiting", "trust", "--refused"]), lines[0]);
    assert_eq!(place.ok(&["challenge", "waiting", "--accepted"]), lines[1]);
    place.refused(&["challenge", "waiting", "--accepted", "--refused"], 2);
    assert_eq!(
        place.ok(&["challenge", "block", "trust", "@sam"]),
        format!("@sam@{host} has no say in @trust@{host} any more.")
    );
    assert!(place.ok(&["challenge", "list"]).contains("  0 contributions  "));
    assert!(place.refused(&["challenge", "accept", "trust", "71"], 1).contains("no say"));
    assert_eq!(
        place.ok(&["challenge", "unblock", "trust", "sam"]),
        format!("@sam@{host} has a say in @trust@{host} again.")
    );
    assert_eq!(
        place.ok(&["challenge", "unblock", "trust", "sam"]),
        format!("@sam@{host} had a say in @trust@{host} all the time.")
    );
    assert_eq!(place.ok(&["challenge", "accept", "trust", "71"]), accepted);
    for (arguments, words) in [
        (["challenge", "accept", "trust", "73"], "no contribution 73 to @trust"),
        (["challenge", "refuse", "nothing", "71"], "no challenge @nothing"),
        (["challenge", "block", "trust", "nobody"], "No account “nobody”"),
        (["challenge", "unblock", "nothing", "sam"], "no challenge @nothing"),
    ] {
        let said = place.refused(&arguments, 1);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(place.refused(&["challenge", "waiting", "nothing"], 1).contains("no challenge @nothing"));
    place.refused(&["challenge", "accept", "trust", "the first"], 2);
    let log = place.ok(&["log"]);
    for deed in ["challenge accept", "challenge refuse", "challenge block", "challenge unblock"] {
        assert!(log.contains(deed), "{deed}: {log}");
    }
}

#[test]
fn a_hashtag_is_not_carried_any_more_and_again() {
    let (place, _) = shop();
    assert_eq!(place.ok(&["tag", "list"]), "Every hashtag is carried.");
    assert_eq!(place.ok(&["tag", "block", "#Tea", "--comment", "a brand"]), "#tea is not carried any more.");
    assert_eq!(place.ok(&["tag", "block", "Ale"]), "#ale is not carried any more.");
    assert_eq!(place.ok(&["tag", "list"]), "#ale\n#tea  a brand");
    place.ok(&["tag", "block", "tea", "--comment", "somebody's name"]);
    assert_eq!(place.ok(&["tag", "list"]), "#ale\n#tea  somebody's name");
    assert!(place.refused(&["tag", "block", "12"], 1).contains("not a hashtag"));
    assert!(place.refused(&["tag", "unblock", "12"], 1).contains("not a hashtag"));
    assert_eq!(place.ok(&["tag", "unblock", "#TEA"]), "#TEA is carried again.");
    assert_eq!(place.ok(&["tag", "unblock", "tea"]), "#tea was carried all the time.");
    assert_eq!(place.ok(&["tag", "list"]), "#ale");
    let log = place.ok(&["log"]);
    assert_eq!((log.matches("tag block").count(), log.matches("tag unblock").count()), (3, 1), "{log}");
}

#[test]
fn a_member_who_asks_is_carried_no_more() {
    let (place, host) = shop();
    let said = place.ok(&["member", "tag-sharing", "@sam", "off"]);
    assert_eq!(said, format!("Hashtags do not carry what @sam@{host} says to everybody."));
    in_database(&place.database(), async |store| {
        let mut tx = store.read().await.unwrap();
        let sam = tx.account_by_handle("sam", "").await.unwrap().unwrap();
        assert!(!tx.member(sam.id).await.unwrap().unwrap().tag_sharing);
    });
    let said = place.ok(&["member", "tag-sharing", "sam", "on"]);
    assert_eq!(said, format!("Hashtags carry what @sam@{host} says to everybody."));
    assert!(place.refused(&["member", "tag-sharing", "nobody", "on"], 1).contains("no member “nobody”"));
    place.ok(&["challenge", "open", "trust", "--question", "Why?", "--owner", "sam"]);
    assert!(place.refused(&["member", "tag-sharing", "trust", "off"], 1).contains("no member “trust”"));
    place.refused(&["member", "tag-sharing", "sam", "perhaps"], 2);
    assert!(place.ok(&["log"]).contains("member tag-sharing"));
}
