//! `Accept-Signature` (RFC 9421, section 5): how a server wants a request to be signed that it refused.

use http::HeaderMap;
use sfv::{Dictionary, ListEntry, Parser, StringRef};

use super::rfc9421::ALGORITHM;

/// More components than anybody asks for.
const MAX_COMPONENTS: usize = 16;

/// What a server asked for, as far as it is more than we sign anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub(super) label: String,
    pub(super) components: Vec<String>,
    /// To be given back, so that no signature is good twice.
    pub(super) nonce: Option<String>,
    pub(super) tag: Option<String>,
}

impl Asked {
    /// The first signature asked for that an RSA key of ours can make; `None` without any.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let raw = headers.get("accept-signature")?.to_str().ok()?;
        let wanted: Dictionary = Parser::new(raw).parse().ok()?;
        wanted.iter().find_map(|(label, entry)| {
            let ListEntry::InnerList(list) = entry else { return None };
            let text = |name: &str| list.params.get(name).and_then(|v| v.as_string()).map(StringRef::as_str);
            let plain = list.items.iter().all(|item| item.params.is_empty()) && list.items.len() <= MAX_COMPONENTS;
            if !plain || text("alg").is_some_and(|alg| alg != ALGORITHM) {
                return None;
            }
            let components: Option<Vec<String>> =
                list.items.iter().map(|item| Some(item.bare_item.as_string()?.as_str().to_owned())).collect();
            Some(Self {
                label: label.as_str().to_owned(),
                components: components?,
                nonce: text("nonce").map(str::to_owned),
                tag: text("tag").map(str::to_owned),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(value: &'static str) -> Option<Asked> {
        let mut headers = HeaderMap::new();
        headers.insert("accept-signature", HeaderValue::from_static(value));
        Asked::read(&headers)
    }

    #[test]
    fn the_first_wish_that_can_be_met_is_taken() {
        let asked =
            read("a=(\"@method\");alg=\"ed25519\", b=(\"@method\" \"@authority\");created;nonce=\"n1\";tag=\"fedi\"");
        let expected = Asked {
            label: "b".to_owned(),
            components: vec!["@method".to_owned(), "@authority".to_owned()],
            nonce: Some("n1".to_owned()),
            tag: Some("fedi".to_owned()),
        };
        assert_eq!(asked, Some(expected));
        for hopeless in ["", "garbage(", "a=1", "a=(\"@method\";req)", "a=(\"@method\");alg=\"ed25519\""] {
            assert_eq!(read(hopeless), None, "{hopeless}");
        }
        assert_eq!(Asked::read(&HeaderMap::new()), None);
    }
}
