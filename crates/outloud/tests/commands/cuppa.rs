//! Introductions, as whoever runs the node sees them: numbers, and no names.

use crate::place::Place;

#[test]
fn a_round_is_held_and_only_numbers_are_told() {
    let place = Place::with_owner();
    let shown = place.ok(&["cuppa", "show"]);
    assert_eq!(shown, "cuppa\t0\nshadowing\t0\nmentoring\t0\nlast round\tnone\nnext round\twhen somebody is in");
    assert_eq!(place.ok(&["cuppa", "round"]), "0 pairs");
    let shown = place.ok(&["cuppa", "show"]);
    assert!(shown.contains("last round\t20") && shown.contains("next round\t20"), "{shown}");
}
