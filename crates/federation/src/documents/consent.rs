//! What authors let others do, on the wire: interaction policies (GoToSocial), quotes and their stamps (FEP-044f), and the wish to be
//! in collections (FEP-7aa9).

use model::account::Account;
use model::html;
use model::policy::{Circle, Policy, Rule};
use model::post::Post;
use model::quote::{Quote, QuoteState, Stamp, StampKind};
use node::Config;
use node::quote::ReceivedQuote;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::json::{PUBLIC, has_kind, id, ids, is_public, kind, origin, same_origin};

/// Most entries of a rule that are read.
const NAMED: usize = 50;

/// The policy of one of our posts. Others may like, answer and boost what is for everybody; who may quote it says its author.
pub fn policy(author: &Account, post: &Post, policy: &Policy) -> Value {
    let quote = rule(author, &node::quote::rule(post, policy));
    if !post.audience.is_open() {
        return json!({"canQuote": quote});
    }
    // With the names that GoToSocial read up to 0.20.
    let everybody =
        json!({"automaticApproval": [PUBLIC], "manualApproval": [], "always": [PUBLIC], "approvalRequired": []});
    json!({"canQuote": quote, "canLike": everybody, "canReply": everybody, "canAnnounce": everybody})
}

/// A rule; that nobody may is said by naming the one who always may.
pub fn rule(owner: &Account, rule: &Rule) -> Value {
    let mut automatic = circle(owner, &rule.automatic);
    if automatic.is_empty() {
        automatic.push(owner.uri.clone());
    }
    json!({"automaticApproval": automatic, "manualApproval": circle(owner, &rule.manual)})
}

fn circle(owner: &Account, circle: &Circle) -> Vec<String> {
    let known = [
        (circle.everybody, PUBLIC),
        (circle.followers, owner.followers.as_str()),
        (circle.following, owner.following.as_str()),
    ];
    let known = known.into_iter().filter(|(is_in, _)| *is_in).map(|(_, uri)| uri.to_owned());
    known.chain(circle.named.iter().cloned()).collect()
}

/// The rules of somebody's post, by their names of today and of before.
pub fn read_policy(object: &Value, author: &Account) -> Policy {
    let Some(policy) = object.get("interactionPolicy").filter(|p| p.is_object()) else { return Policy::default() };
    let circle = |rule: &Value, names: [&str; 2]| {
        let mut circle = Circle::default();
        for uri in names.into_iter().flat_map(|name| ids(rule, name, NAMED)) {
            if is_public(&uri) {
                circle.everybody = true;
            } else if uri == author.followers {
                circle.followers = true;
            } else if uri == author.following {
                circle.following = true;
            } else if uri != author.uri && origin(&uri).is_some() && !circle.named.contains(&uri) {
                circle.named.push(uri);
            }
        }
        circle
    };
    let rule = |name| {
        let rule = policy.get(name).filter(|r| r.is_object())?;
        Some(Rule {
            automatic: circle(rule, ["automaticApproval", "always"]),
            manual: circle(rule, ["manualApproval", "approvalRequired"]),
        })
    };
    Policy { like: rule("canLike"), reply: rule("canReply"), announce: rule("canAnnounce"), quote: rule("canQuote") }
}

/// What somebody's post quotes: the first of the names under which that is said. Without `quote` there is nothing that asks for leave.
pub fn read_quote(object: &Value) -> Option<ReceivedQuote> {
    if let Some(quote) = object.get("quote").filter(|q| !q.is_null()) {
        if has_kind(quote, &["Tombstone"]) {
            return Some(ReceivedQuote::default());
        }
        let uri = id(object, "quote").filter(|u| origin(u).is_some())?;
        let stamp = id(object, "quoteAuthorization").filter(|s| origin(s).is_some()).unwrap_or("");
        return Some(ReceivedQuote { uri: uri.to_owned(), stamp: stamp.to_owned(), legacy: false });
    }
    let uri = ["_misskey_quote", "quoteUrl", "quoteUri"].into_iter().find_map(|name| id(object, name))?;
    let uri = origin(uri).map(|_| uri.to_owned())?;
    Some(ReceivedQuote { uri, stamp: String::new(), legacy: true })
}

/// What one of our posts quotes.
pub fn write_quote(note: &mut Map<String, Value>, quote: &Quote) {
    if quote.state == QuoteState::Deleted {
        note.insert("quote".to_owned(), json!({"type": "Tombstone"}));
        return;
    }
    for name in ["quote", "quoteUri", "_misskey_quote"] {
        note.insert(name.to_owned(), json!(quote.quoted_uri));
    }
    if quote.state == QuoteState::Accepted && !quote.stamp.is_empty() {
        note.insert("quoteAuthorization".to_owned(), json!(quote.stamp));
    }
}

/// The beginning of a text for those who know no quotes; empty if what was quoted is gone.
pub fn fallback(quote: &Quote) -> String {
    if quote.state == QuoteState::Deleted {
        return String::new();
    }
    let link = html::escape(if quote.quoted_url.is_empty() { &quote.quoted_uri } else { &quote.quoted_url });
    format!("<p class=\"quote-inline\">RE: <a href=\"{link}\">{link}</a></p>")
}

/// A text without that beginning.
pub fn without_fallback(content: &str) -> &str {
    let start = content.trim_start();
    let rest =
        ["<p class=\"quote-inline\">", "<p class='quote-inline'>"].into_iter().find_map(|p| start.strip_prefix(p));
    rest.and_then(|rest| rest.split_once("</p>")).map_or(content, |(_, rest)| rest)
}

/// A stamp as anybody looks it up, without its context.
pub fn stamp(config: &Config, by: &Account, stamp: &Stamp) -> Value {
    let kind = match stamp.kind {
        StampKind::Quote => "QuoteAuthorization",
        StampKind::Feature => "FeatureAuthorization",
    };
    json!({
        "id": config.stamp_uri(by, stamp.id), "type": kind, "attributedTo": by.uri,
        "interactingObject": stamp.object, "interactionTarget": stamp.target,
    })
}

/// What a stamp of another server has to say.
pub struct Expected<'a> {
    /// Whose leave it is.
    pub by: &'a str,
    /// The quoting post, the reply.
    pub object: &'a str,
    /// The quoted post; not all kinds name it.
    pub target: &'a str,
}

/// Whether a document that was fetched from its id is the stamp of a quote.
pub fn is_quote_stamp(document: &Value, expected: &Expected<'_>) -> bool {
    kind(document) == "QuoteAuthorization"
        && is_by(document, expected)
        && id(document, "interactingObject") == Some(expected.object)
        && id(document, "interactionTarget") == Some(expected.target)
}

/// Whether it is an approval of a reply or boost: of the older kind, which names the interaction as `object`, or of the newer.
pub fn is_approval(document: &Value, expected: &Expected<'_>) -> bool {
    let older = ["ReplyApproval", "AnnounceApproval"].contains(&kind(document));
    let newer = ["ReplyAuthorization", "AnnounceAuthorization"].contains(&kind(document));
    let names = |name, uri: &str| id(document, name).is_none_or(|named| named == uri);
    let object = id(document, "interactingObject").or_else(|| id(document, "object").filter(|_| older));
    (older || newer)
        && is_by(document, expected)
        && object == Some(expected.object)
        && names("interactionTarget", expected.target)
}

fn is_by(document: &Value, expected: &Expected<'_>) -> bool {
    id(document, "attributedTo") == Some(expected.by)
        && document.get("id").and_then(Value::as_str).is_some_and(|own| same_origin(own, expected.by))
}

/// Why a stamp is none.
pub fn no_stamp() -> Error {
    Error::bad("a stamp that says something else than it should")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_read_in_their_order_and_the_older_ways_are_told_apart() {
        let read = |object: Value| read_quote(&object).map(|q| (q.uri, q.legacy));
        let (a, b) = ("https://a.example/1", "https://b.example/2");
        assert_eq!(read(json!({"quoteUri": b, "quote": a})), Some((a.to_owned(), false)));
        assert_eq!(read(json!({"quoteUri": b, "_misskey_quote": a})), Some((a.to_owned(), true)));
        assert_eq!(read(json!({"quoteUri": b, "quoteUrl": a})), Some((a.to_owned(), true)));
        assert_eq!(read(json!({"quote": {"type": "Tombstone"}})), Some((String::new(), false)));
        assert_eq!(read(json!({"quote": "javascript:alert(1)"})), None);
        assert_eq!(read(json!({})), None);
    }

    #[test]
    fn the_fallback_goes_and_nothing_else_does() {
        assert_eq!(without_fallback("<p class=\"quote-inline\">RE: <a href=\"x\">x</a></p><p>Yes</p>"), "<p>Yes</p>");
        for kept in
            ["<p>Yes</p>", "<p class=\"quote-inline\">RE: never closed", "<p>a</p><p class=\"quote-inline\">b</p>"]
        {
            assert_eq!(without_fallback(kept), kept);
        }
    }
}
