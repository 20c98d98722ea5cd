//! Hats, as they are listed and taken off.

use model::hat::Hat;

use crate::in_database;
use crate::place::Place;

#[test]
fn hats_are_listed_and_taken_off() {
    let place = Place::with_owner();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    assert_eq!(place.ok(&["hat", "list"]), "Nobody wears a hat that fits.");
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let sam = tx.account_by_handle("sam", "").await.unwrap().unwrap();
        let tea = tx.use_tag(77, "tea", "Tea", 1).await.unwrap();
        tx.tend(model::subject::Subject::Tag(tea)).await.unwrap();
        let later = 4_102_444_800_000;
        for (id, hat, confirmed) in [(78, Hat::CriticalFriend, true), (79, Hat::SocialReporter, false)] {
            let worn =
                model::hat::Worn { id, account_id: sam.id, hat, subject_id: tea, since: 1, until: later, confirmed };
            tx.put_hat(&worn, None, 1).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    let reporter = "79  @sam  social reporter  #tea  until 2100-01-01 (waits to be confirmed)";
    let friend = "78  @sam  critical friend  #tea  until 2100-01-01";
    assert_eq!(place.ok(&["hat", "list"]), format!("{reporter}\n{friend}"));
    assert_eq!(place.ok(&["hat", "list", "--member", "@sam", "--waiting"]), reporter);
    place.refused(&["hat", "list", "--member", "nobody"], 1);
    assert_eq!(place.ok(&["hat", "off", "78"]), format!("Taken off: {friend}"));
    assert!(place.refused(&["hat", "off", "78"], 1).contains("There is no hat with this number"));
    assert_eq!(place.ok(&["hat", "list"]), reporter);
    assert!(place.ok(&["log"]).contains("hat off"));
}
