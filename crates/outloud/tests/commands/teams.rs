//! Teams, as whoever runs the node sees and changes them.

use crate::place::Place;

#[test]
fn teams_are_made_changed_and_ended() {
    let place = Place::with_owner();
    for name in ["sam", "ana"] {
        place.ok(&["member", "add", name, "--email", &format!("{name}@work.example")]);
    }
    assert_eq!(place.ok(&["team", "list"]), "");
    let visits = place.ok(&["team", "create", "Visits", "sam"]);
    let number = visits.split('\t').next().unwrap();
    assert!(visits.contains("\tVisits\t1 member\tsince "), "{visits}");
    assert!(place.ok(&["team", "add", "Visits", "@ana", "sam"]).contains("2 members"));
    assert_eq!(place.ok(&["team", "members", number]), "@sam\n@ana");
    assert!(place.ok(&["team", "list", "--member", "ana"]).contains(number));
    place.refused(&["team", "add", "Visits", "nobody"], 1);
    place.refused(&["team", "members", "Tea"], 1);
    place.refused(&["team", "create", " ", "sam"], 1);
    place.ok(&["team", "create", "Visits", "ana"]);
    place.refused(&["team", "members", "Visits"], 1);
    assert!(place.ok(&["team", "remove", number, "ana"]).contains("1 member\t"));
    assert!(place.ok(&["team", "remove", number, "sam"]).contains("no team any more"));
    assert!(place.ok(&["team", "dissolve", "Visits"]).contains("no team any more"));
    assert_eq!(place.ok(&["team", "list"]), "");
    let log = place.ok(&["log"]);
    for deed in ["team add", "team remove", "team dissolve"] {
        assert!(log.contains(deed), "{deed}: {log}");
    }
}
