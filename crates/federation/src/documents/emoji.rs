//! Custom emoji as documents: ours, those that others bring along for their texts, and reactions with any emoji.

use model::account::Emoji;
use model::clock::rfc3339;
use model::emoji::{Reaction, SHORTCODE, is_unicode_emoji};
use model::id::{Id, made_at};
use node::Config;
use serde_json::{Value, json};

use super::actor::picture_of;
use crate::json::{id, kind, list, origin, text};

/// Most emoji of one document that are read.
const EMOJIS: usize = 100;

/// One of ours, without its context. It never changes: another picture is another emoji.
pub fn render(config: &Config, own: Id, shortcode: &str, path: &str) -> Value {
    json!({
        "id": config.emoji_uri(own),
        "type": "Emoji",
        "name": format!(":{shortcode}:"),
        "updated": rfc3339(made_at(own)),
        "icon": picture_of(&config.media_url(path)),
    })
}

/// The tags of a text of ours.
pub(super) fn tags(config: &Config, emojis: &[Emoji]) -> Vec<Value> {
    emojis.iter().filter_map(|e| Some(render(config, e.own?, &e.shortcode, &e.url))).collect()
}

/// Custom emoji that a document brings along for its texts.
pub(super) fn read(document: &Value) -> Vec<Emoji> {
    let tags = list(document.get("tag")).iter().filter(|t| kind(t).ends_with("Emoji"));
    tags.take(EMOJIS)
        .filter_map(|tag| {
            let shortcode = text(tag, "name")?.trim_matches(':').to_owned();
            let url = list(tag.get("icon")).iter().find_map(|i| id(i, "url").or_else(|| i.as_str()))?;
            let plain = !shortcode.is_empty()
                && shortcode.len() <= *SHORTCODE.end()
                && shortcode.chars().all(|c| c.is_alphanumeric() || "_-+".contains(c));
            (plain && origin(url).is_some()).then(|| Emoji { shortcode, url: url.to_owned(), ..Emoji::default() })
        })
        .collect()
}

/// With what a `Like` or `EmojiReact` reacts: an emoji, or the shortcode of one whose picture it brings along. `None` if it says
/// nothing, or nothing that could be shown.
pub fn reaction(activity: &Value) -> Option<Reaction> {
    let said = text(activity, "content").or_else(|| text(activity, "_misskey_reaction"))?.trim();
    if is_unicode_emoji(said) {
        return Some(Reaction { emoji: said.to_owned(), url: String::new() });
    }
    // Misskey names the server behind the shortcode, or a dot for its own.
    let shortcode = said.trim_matches(':').split('@').next().unwrap_or("");
    let custom = read(activity).into_iter().find(|e| e.shortcode == shortcode)?;
    Some(Reaction { emoji: format!(":{}:", custom.shortcode), url: custom.url })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_an_emoji_or_brings_its_picture() {
        let plain = |content: &str| reaction(&json!({"type": "EmojiReact", "content": content}));
        assert_eq!(plain("🔥").unwrap().emoji, "🔥");
        for none in ["", "fire", ":fire:", "<b>x</b>", "🔥 and more"] {
            assert_eq!(plain(none), None, "{none}");
        }
        let tag = json!({"type": "Emoji", "id": null, "name": "neko", "icon": {"url": "https://a.example/neko.webp"}});
        let custom = |said: &str| reaction(&json!({"_misskey_reaction": said, "tag": tag}));
        let cat = Reaction { emoji: ":neko:".to_owned(), url: "https://a.example/neko.webp".to_owned() };
        for said in [":neko:", ":neko@.:", ":neko@b.example:"] {
            assert_eq!(custom(said).as_ref(), Some(&cat), "{said}");
        }
        assert_eq!(custom(":inu:"), None);
        let hostile =
            json!({"content": ":neko:", "tag": [{"type": "Emoji", "name": ":neko:", "icon": {"url": "javascript:x"}}]});
        assert_eq!(reaction(&hostile), None);
    }
}
