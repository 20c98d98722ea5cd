//! The people of the demo and what they tell each other. All of it is made up.

use model::account::Role;
use model::post::Draft;
use model::text::Format;

pub struct Place {
    pub title: &'static str,
    pub folder: &'static str,
    pub mail: &'static str,
}

pub const NODES: [Place; 2] = [
    Place { title: "Leeford Council", folder: "council", mail: "leeford.example" },
    Place { title: "Westvale Health Trust", folder: "trust", mail: "westvale.example" },
];

pub struct Person {
    pub node: usize,
    pub username: &'static str,
    pub name: &'static str,
    pub job: &'static str,
    pub note: &'static str,
    pub ask: &'static str,
    pub role: Role,
}

pub const PEOPLE: [Person; 7] = [
    Person {
        node: 0,
        username: "tom",
        name: "Tom Bielski",
        job: "digital lead",
        note: "I keep this node running. I would rather hear of a half-baked idea on Monday than of a finished failure in June.",
        ask: "permission, and getting out of the way",
        role: Role::Owner,
    },
    Person {
        node: 0,
        username: "maya",
        name: "Maya Okafor",
        job: "housing officer",
        note: "Housing, mostly rent arrears. I write down what we try before I know whether it works. #WorkOutLoud",
        ask: "what happens before the letter",
        role: Role::Member,
    },
    Person {
        node: 0,
        username: "gwen",
        name: "Gwen Hughes",
        job: "adult social care manager",
        note: "Thirty years in care, twelve of them in meetings. Always glad of a cuppa with somebody from another building.",
        ask: "hospital discharge, seen from the other side",
        role: Role::Moderator,
    },
    Person {
        node: 0,
        username: "ash",
        name: "Ash Kaur",
        job: "librarian",
        note: "Libraries and what people really come in for. They/them.",
        ask: "drop-ins that nobody dropped in to",
        role: Role::Member,
    },
    Person {
        node: 1,
        username: "amara",
        name: "Amara Nwosu",
        job: "quality improvement lead",
        note: "Improvement work at Westvale. So what? is a friendly question.",
        ask: "how we will know when we have got it",
        role: Role::Owner,
    },
    Person {
        node: 1,
        username: "ines",
        name: "Inês Carvalho",
        job: "community nurse",
        note: "District nurse. I see the kitchens that the forms never ask about.",
        ask: "phones that nobody answers",
        role: Role::Member,
    },
    Person {
        node: 1,
        username: "joe",
        name: "Joe Tanner",
        job: "outpatient booking",
        note: "I book appointments, and lately I try to find out why people miss them.",
        ask: "letters that come back unopened",
        role: Role::Moderator,
    },
];

pub enum Deed {
    /// A post, or a reply to the post with the key `to`.
    Says {
        by: &'static str,
        key: &'static str,
        to: Option<&'static str>,
        text: &'static str,
    },
    Boosts {
        by: &'static str,
        of: &'static str,
    },
    Likes {
        by: &'static str,
        of: &'static str,
    },
}

/// A draft as these people write.
pub fn draft() -> Draft {
    Draft { format: Format::Markdown, language: "en".to_owned(), ..Draft::default() }
}

pub const STORY: [Deed; 27] = [
    Deed::Says {
        by: "maya",
        key: "phone-first",
        to: None,
        text: "**We believe that if we** phone tenants before the first arrears letter goes out, **this will lead to** fewer of \
               them ending up with a formal notice.\n\n**We test this by** ringing 40 households for four weeks, and \
               **share what we learn** here, whichever way it goes. #WorkOutLoud",
    },
    Deed::Boosts { by: "ines", of: "phone-first" },
    Deed::Likes { by: "tom", of: "phone-first" },
    Deed::Says {
        by: "ines",
        key: "withheld",
        to: Some("phone-first"),
        text: "{maya} Critical friend question: does your number show? When ours is withheld, hardly anybody picks up.",
    },
    Deed::Says {
        by: "maya",
        key: "not-thought",
        to: Some("withheld"),
        text: "{ines} No, the switchboard hides it, and I had not thought of that. I will ask whether we can show one for the test.",
    },
    Deed::Says {
        by: "joe",
        key: "text-first",
        to: None,
        text: "Trying something small in outpatient booking: text first, letter second. A third of our letters come back \
               unopened. I have no idea yet whether it works, so this is me saying it before I know. #WorkOutLoud",
    },
    Deed::Boosts { by: "maya", of: "text-first" },
    Deed::Says {
        by: "gwen",
        key: "shadowing",
        to: None,
        text: "Spent the morning shadowing the discharge team at Westvale. Three forms ask the same question in three ways, and \
               the person in the bed answers it a fourth time. I own one of those forms. #WorkOutLoud",
    },
    Deed::Says {
        by: "amara",
        key: "which-form",
        to: Some("shadowing"),
        text: "{gwen} Which three? We own at least one as well, and I would rather delete it than explain it.",
    },
    Deed::Says {
        by: "gwen",
        key: "cuppa",
        to: Some("which-form"),
        text: "{amara} Thursday, your canteen, I bring all three and a red pen?",
    },
    Deed::Likes { by: "amara", of: "cuppa" },
    Deed::Boosts { by: "amara", of: "shadowing" },
    Deed::Says {
        by: "ash",
        key: "drop-in",
        to: None,
        text: "Our drop-in for online forms **did not work**. Four Tuesdays, two visitors, one of whom was looking for the toilet.\
               \n\nWhat we would tell the next team: ask first where people are on Tuesday mornings. Ours are at the food bank, so \
               that is where the laptops go next. #WorkOutLoud #LearningFromFailure",
    },
    Deed::Boosts { by: "joe", of: "drop-in" },
    Deed::Likes { by: "ines", of: "drop-in" },
    Deed::Likes { by: "gwen", of: "drop-in" },
    Deed::Says {
        by: "joe",
        key: "thanks",
        to: Some("drop-in"),
        text: "{ash} Thank you for saying so. We had a leaflet about a drop-in like that on my desk until five minutes ago.",
    },
    Deed::Says {
        by: "tom",
        key: "permission",
        to: None,
        text: "People ask whether they may post here. Yes. Nothing about anybody who could be recognised; otherwise go ahead, \
               and say it while it is still unfinished. If somebody tells you off, send them to me. #WorkOutLoud",
    },
    Deed::Boosts { by: "amara", of: "permission" },
    Deed::Says {
        by: "maya",
        key: "outcome",
        to: Some("phone-first"),
        text: "Four weeks on: it **did not** do what we hoped. 40 households, 11 answered, and those were the ones who would have \
               rung us anyway. The number was withheld until week three.\n\nWhat we would tell the next team: text first, from a \
               number that people can ring back. #WorkOutLoud",
    },
    Deed::Boosts { by: "amara", of: "outcome" },
    Deed::Likes { by: "joe", of: "outcome" },
    Deed::Says {
        by: "joe",
        key: "try-too",
        to: Some("outcome"),
        text: "{maya} We are trying this too, the other way round: text, wait a day, then ring. I will put our numbers beside \
               yours in six weeks. #TryingThis",
    },
    Deed::Likes { by: "maya", of: "try-too" },
    Deed::Says {
        by: "ines",
        key: "kitchen",
        to: None,
        text: "Small stuff: I asked six patients why they had missed their clinic. Nobody said transport, which is what our form \
               has a box for. Four said they thought it was cancelled, because the last one was. #WorkOutLoud",
    },
    Deed::Boosts { by: "gwen", of: "kitchen" },
    Deed::Likes { by: "ash", of: "kitchen" },
];
