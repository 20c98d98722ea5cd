//! Media (entities/MediaAttachment).

use model::post::{Media, MediaKind};
use node::Config;
use node::remote::Owner;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::filled;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MediaAttachment)]
pub struct Attachment {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[schema(required)]
    url: Option<String>,
    #[schema(required)]
    preview_url: Option<String>,
    #[schema(required)]
    remote_url: Option<String>,
    #[schema(required)]
    preview_remote_url: Option<String>,
    #[schema(required)]
    text_url: Option<String>,
    #[schema(value_type = Meta)]
    meta: Map<String, Value>,
    #[schema(required)]
    description: Option<String>,
    #[schema(required)]
    blurhash: Option<String>,
}

/// What is known of a file: of each of these only what is.
#[derive(ToSchema)]
#[schema(as = MediaAttachment_Meta)]
#[expect(dead_code, reason = "it only says what `meta` makes")]
pub struct Meta {
    #[schema(nullable = false)]
    focus: Option<Focus>,
    #[schema(nullable = false)]
    original: Option<Size>,
    #[schema(nullable = false)]
    small: Option<Size>,
}

/// The middle of what is to be seen: from −1 to 1 each.
#[derive(ToSchema)]
#[schema(as = MediaAttachment_Focus)]
#[expect(dead_code, reason = "it only says what `meta` makes")]
pub struct Focus {
    x: f64,
    y: f64,
}

/// Pixels, and for films and sounds seconds.
#[derive(ToSchema)]
#[schema(as = MediaAttachment_Size)]
#[expect(dead_code, reason = "it only says what `size` makes")]
pub struct Size {
    #[schema(nullable = false)]
    width: Option<i64>,
    #[schema(nullable = false)]
    height: Option<i64>,
    #[schema(nullable = false)]
    size: Option<String>,
    #[schema(nullable = false)]
    aspect: Option<f64>,
    #[schema(nullable = false)]
    duration: Option<f64>,
}

pub fn render(config: &Config, m: &Media) -> Attachment {
    let own = |key: &str| filled(key).map(|key| config.media_url(&key));
    let url = own(&m.path).or_else(|| filled(&config.remote_url(Owner::File, m.id, &m.remote_url)));
    let is_picture = m.mime.starts_with("image/") || m.kind == MediaKind::Image;
    let preview_url = own(&m.small_path).or_else(|| url.clone().filter(|_| is_picture));
    Attachment {
        id: m.id.to_string(),
        // A `gifv` is a film to clients; a moving picture that is still a picture has to be called one.
        kind: if is_picture { MediaKind::Image } else { m.kind }.name(),
        url,
        preview_url,
        remote_url: filled(&m.remote_url),
        preview_remote_url: None,
        text_url: None,
        meta: meta(m, is_picture),
        description: filled(&m.description),
        blurhash: filled(&m.blurhash),
    }
}

/// Sizes, length and focus, as far as they are known.
fn meta(m: &Media, is_picture: bool) -> Map<String, Value> {
    let mut meta = Map::new();
    if is_picture {
        meta.insert("focus".to_owned(), json!({"x": m.focus_x, "y": m.focus_y}));
    }
    let mut original = size(m.width, m.height);
    if let Some(length) = m.duration_ms {
        original.insert("duration".to_owned(), json!(length as f64 / 1000.0));
    }
    for (name, details) in [("original", original), ("small", size(m.small_width, m.small_height))] {
        if !details.is_empty() {
            meta.insert(name.to_owned(), Value::Object(details));
        }
    }
    meta
}

fn size(width: Option<i64>, height: Option<i64>) -> Map<String, Value> {
    let mut details = Map::new();
    if let (Some(w), Some(h)) = (width, height)
        && w > 0
        && h > 0
    {
        details.insert("width".to_owned(), json!(w));
        details.insert("height".to_owned(), json!(h));
        details.insert("size".to_owned(), json!(format!("{w}x{h}")));
        details.insert("aspect".to_owned(), json!(w as f64 / h as f64));
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(kind: MediaKind, mime: &str, path: &str, small_path: &str) -> Media {
        Media {
            id: 1,
            account_id: 2,
            post_id: None,
            position: 0,
            kind,
            mime: mime.to_owned(),
            path: path.to_owned(),
            small_path: small_path.to_owned(),
            remote_url: String::new(),
            size: 9,
            width: Some(300),
            height: Some(200),
            small_width: None,
            small_height: None,
            duration_ms: None,
            blurhash: String::new(),
            description: String::new(),
            focus_x: 0.0,
            focus_y: 0.0,
            created_at: 0,
        }
    }

    fn shown(media: &Media) -> Value {
        serde_json::to_value(render(&Config::at("https://a.example"), media)).unwrap()
    }

    #[test]
    fn a_picture_of_ours_has_a_preview_and_its_sizes() {
        let v = shown(&file(MediaKind::Image, "image/png", "a/b.png", "a/b-small.png"));
        assert_eq!(
            (&v["url"], &v["preview_url"]),
            (&json!("https://a.example/media/a/b.png"), &json!("https://a.example/media/a/b-small.png"))
        );
        assert_eq!(v["meta"]["original"], json!({"width": 300, "height": 200, "size": "300x200", "aspect": 1.5}));
        for key in ["remote_url", "description", "blurhash"] {
            assert_eq!(v.get(key), Some(&Value::Null), "{key}");
        }
    }

    #[test]
    fn a_moving_picture_is_a_film_only_if_it_is_one() {
        assert_eq!(shown(&file(MediaKind::Gifv, "image/gif", "a.gif", ""))["type"], "image");
        let film = shown(&file(MediaKind::Gifv, "video/mp4", "a.mp4", ""));
        assert_eq!((&film["type"], &film["preview_url"]), (&json!("gifv"), &Value::Null));
    }

    #[test]
    fn of_a_file_of_another_server_it_is_told_where_it_lies() {
        let mut media = file(MediaKind::Video, "video/webm", "", "");
        media.remote_url = "https://b.example/x.webm".to_owned();
        media.duration_ms = Some(1_500);
        let v = shown(&media);
        // Without a secret there is no address of ours.
        assert_eq!((&v["url"], &v["remote_url"]), (&Value::Null, &json!("https://b.example/x.webm")));
        assert_eq!((&v["meta"]["original"]["duration"], &v["meta"].get("focus")), (&json!(1.5), &None));
    }
}
