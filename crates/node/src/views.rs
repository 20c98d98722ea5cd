//! What each hat looks at: lists of posts and people of a hashtag or a challenge.

use model::account::Account;
use model::clock::{DAY, HOUR, Millis};
use model::hat::Hat;
use model::id::{Id, first_id};
use model::post::Post;
use model::subject::Subject;
use storage::{Span, Tx};

use crate::{Error, Node};

/// The lists of a hat have that many posts at most.
const LONGEST: usize = 40;

/// A list of what a hat looks at.
#[derive(Clone, Debug)]
pub struct Seen {
    pub name: &'static str,
    pub posts: Vec<Post>,
    pub people: Vec<Account>,
}

fn posts(name: &'static str, posts: Vec<Post>) -> Seen {
    Seen { name, posts, people: Vec::new() }
}

/// What a member sees who looks at a subject with a hat on, whether or not they wear it.
pub async fn look(node: &Node, tx: &mut Tx, who: Id, hat: Hat, subject: Subject) -> Result<Vec<Seen>, Error> {
    let now = node.now();
    let last = |days: Millis| -> Span { (first_id(now - days * DAY), Id::MAX) };
    Ok(match hat {
        // It chooses among challenges, which a hashtag has none of.
        Hat::AgendaActivist => return Err(Error::NotFound),
        Hat::CommunityKeeper => {
            let waiting = (first_id(now - 30 * DAY), first_id(now - 48 * HOUR));
            let before = (first_id(now - 120 * DAY), first_id(now - 30 * DAY));
            vec![
                posts("newcomers", tx.newcomers(subject, last(14), who).await?),
                posts("unanswered", tx.unanswered(subject, waiting, who).await?),
                Seen { name: "gone_quiet", posts: Vec::new(), people: tx.gone_quiet(subject, before, who).await? },
            ]
        }
        Hat::CriticalFriend => {
            // By the hashtag, or by what is ticked of an experiment.
            let call = tx.tag(&Hat::CriticalFriend.hashtag().to_lowercase()).await?.map_or(0, |tag| tag.id);
            let unlike = format!("%{}%", Hat::CriticalFriend.said());
            let asked = tx.calls(subject, last(365), who, call, &unlike).await?;
            vec![posts("asks_for_a_critical_friend", asked)]
        }
        Hat::SocialReporter => vec![posts("long_threads", tx.long_threads(subject, last(30), who).await?)],
        Hat::ExternalMessenger => {
            // What is said inside for a challenge has its hashtag.
            let subject = hashtag_of(tx, subject).await?.unwrap_or(subject);
            vec![posts("could_go_public", tx.could_go_public(subject, last(365).0, who).await?)]
        }
        Hat::ValueDetective => {
            let then = (first_id(now - 213 * DAY), first_id(now - 152 * DAY));
            vec![
                posts("past_look_again", tx.past_look_again(subject, last(730), who, now).await?),
                posts("due_for_a_second_look", tx.never_looked_at_again(subject, then, who).await?),
            ]
        }
        Hat::OrganisationalBroker => vec![posts("matches", matches(tx, who, subject, last(30)).await?)],
    })
}

/// Posts of linked subjects by people who have nothing to do with this one.
async fn matches(tx: &mut Tx, who: Id, subject: Subject, span: Span) -> Result<Vec<Post>, Error> {
    let mut found: Vec<Post> = Vec::new();
    let mut others: Vec<Subject> = hashtag_of(tx, subject).await?.into_iter().collect();
    for link in tx.subject_links(subject).await? {
        others.extend(tx.subject(link.other_id).await?);
    }
    for other in others {
        found.extend(tx.strangers_to(other, span, who, subject).await?);
    }
    found.sort_by_key(|p| -p.id);
    found.dedup_by_key(|p| p.id);
    found.truncate(LONGEST);
    Ok(found)
}

/// The hashtag of a challenge that has one.
async fn hashtag_of(tx: &mut Tx, subject: Subject) -> Result<Option<Subject>, Error> {
    match subject {
        Subject::Tag(_) => Ok(None),
        Subject::Challenge(id) => Ok(tx.challenge(id).await?.and_then(|c| c.tag_id).map(Subject::Tag)),
    }
}
