//! The people of the demo and what they tell each other. All of it is made up.

use model::account::Role;
use model::experiment::Outcome;
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

/// A picture that somebody posts.
pub const CHART: &[u8] = include_bytes!("../../assets/households.png");

pub enum Deed {
    /// A post for the members of their node alone.
    SaysInside {
        by: &'static str,
        text: &'static str,
    },
    /// A post with the chart.
    Shows {
        by: &'static str,
        key: &'static str,
        to: &'static str,
        text: &'static str,
        alt: &'static str,
    },
    /// What came of their experiment.
    Learns {
        by: &'static str,
        of: &'static str,
        outcome: Outcome,
        learning: &'static str,
        so_what: &'static str,
    },
    /// An experiment, perhaps after somebody else's: its sentences (what they believe, what it leads to, how they test it, how they share
    /// it), and in how many days they look again.
    Tries {
        by: &'static str,
        key: &'static str,
        of: Option<&'static str>,
        changed: &'static str,
        sentences: [&'static str; 4],
        text: &'static str,
        days: i64,
    },
    /// A challenge.
    Asks {
        by: &'static str,
        name: &'static str,
        question: &'static str,
        purpose: &'static str,
        tag: &'static str,
        days: i64,
    },
    /// What a hashtag is for; whoever says so keeps it.
    Keeps {
        by: &'static str,
        tag: &'static str,
        purpose: &'static str,
    },
    /// Another view of that.
    Differs {
        by: &'static str,
        tag: &'static str,
        view: &'static str,
    },
    /// Those who run the node tell everybody there something.
    Tells {
        by: &'static str,
        text: &'static str,
    },
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

pub const STORY: [Deed; 38] = [
    Deed::Tries {
        by: "maya",
        key: "phone-first",
        of: None,
        changed: "",
        sentences: [
            "phone tenants before the first arrears letter goes out",
            "fewer of them ending up with a formal notice",
            "ringing 40 households for four weeks",
            "here, whichever way it goes",
        ],
        text: "#WorkOutLoud",
        days: 28,
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
    Deed::Shows {
        by: "maya",
        key: "chart",
        to: "phone-first",
        text: "Four weeks on. 40 households, 11 answered, and those were the ones who would have rung us anyway. #WorkOutLoud",
        alt: "Bars: of 40 households 11 answered, 29 did not pick up, and 6 of those rang back. Below: number withheld until week three.",
    },
    Deed::Boosts { by: "amara", of: "chart" },
    Deed::Likes { by: "joe", of: "chart" },
    Deed::Learns {
        by: "maya",
        of: "phone-first",
        outcome: Outcome::Didnt,
        learning: "Text first, from a number that people can ring back. The number was withheld until week three, and nobody picks up \
                   for a number that hides.",
        so_what: "29 letters went out as they always do, and we know now why the phone rings in vain.",
    },
    Deed::Tries {
        by: "joe",
        key: "try-too",
        of: Some("phone-first"),
        changed: "the other way round: text, wait a day, then ring",
        sentences: [
            "text people the day before, wait, and ring only those who do not answer",
            "fewer empty slots in outpatients",
            "doing it in two clinics for six weeks",
            "with the numbers of both clinics beside each other",
        ],
        text: "#TryingThis",
        days: 42,
    },
    Deed::Likes { by: "maya", of: "try-too" },
    Deed::Learns {
        by: "joe",
        of: "try-too",
        outcome: Outcome::Hoped,
        learning: "Say in the text which number will ring. That one line did more than anything else.",
        so_what: "Nine empty slots a week instead of fourteen, in two clinics.",
    },
    Deed::Tries {
        by: "ash",
        key: "library-text",
        of: Some("try-too"),
        changed: "for the drop-in instead of for appointments",
        sentences: [
            "text the people who asked for help with forms, from a number they can ring back",
            "somebody coming",
            "texting twelve people for the next three Tuesdays",
            "",
        ],
        text: "#TryingThis",
        days: 21,
    },
    Deed::Asks {
        by: "gwen",
        name: "samequestion",
        question: "How do we stop asking people the same question four times?",
        purpose: "Somebody in a bed, at a counter or on the phone answers the same question for each of us. **We look for the smallest thing \
                  that stops one of them.** Bring a form, a screen, a moment when you saw it.",
        tag: "AskOnce",
        days: 60,
    },
    Deed::Says {
        by: "amara",
        key: "one-form",
        to: None,
        text: "We deleted one. Our falls form asked for the next of kin, which is on the admission sheet since 2019. Nobody has missed it \
               in three weeks. #AskOnce",
    },
    Deed::Says {
        by: "ash",
        key: "library-card",
        to: None,
        text: "Library cards: we ask for the address twice, once for the card and once for the letter that brings the card. One of the two \
               goes on Monday. #AskOnce",
    },
    Deed::Keeps {
        by: "maya",
        tag: "WorkOutLoud",
        purpose: "What we are trying, said before we know whether it works. Half-finished is welcome, and so is what did not work.",
    },
    Deed::Differs {
        by: "gwen",
        tag: "WorkOutLoud",
        view: "For me it is less about finishing thoughts in public and more about finding out who else has the same form on their desk.",
    },
    Deed::SaysInside {
        by: "tom",
        text: "For us alone: the switchboard can show a number from next week on. Who wants to be first? #WorkOutLoud",
    },
    Deed::Says {
        by: "ines",
        key: "doorstep",
        to: None,
        text: "A question for people who knock on doors: do you write down what the doorstep told you, or only what the form has room for? \
               I have started to keep a second notebook. #WorkOutLoud",
    },
    Deed::Tells {
        by: "tom",
        text: "**Show and tell on Thursday at three**, in the small library: bring something that did not work.",
    },
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
