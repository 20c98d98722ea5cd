//! What the page behind a link says about itself (entities/PreviewCard). Never with HTML of others: that is always empty.

use model::card::Card;
use node::Config;
use node::remote::Owner;
use serde::Serialize;
use utoipa::ToSchema;

use super::filled;

#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewCard {
    url: String,
    title: String,
    description: String,
    #[schema(required)]
    language: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    author_name: String,
    author_url: String,
    provider_name: String,
    provider_url: &'static str,
    html: &'static str,
    width: i64,
    height: i64,
    #[schema(required)]
    image: Option<String>,
    image_description: String,
    embed_url: &'static str,
    #[schema(required)]
    blurhash: Option<String>,
    #[schema(required, format = DateTime)]
    published_at: Option<String>,
    authors: Vec<Author>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewCard_Author)]
pub struct Author {
    name: String,
    url: String,
    account: (),
}

pub fn render(config: &Config, c: &Card) -> PreviewCard {
    let author = Author { name: c.author_name.clone(), url: c.author_url.clone(), account: () };
    let image = filled(&config.remote_url(Owner::Card, c.id, &c.image));
    PreviewCard {
        url: c.url.clone(),
        title: c.title.clone(),
        description: c.description.clone(),
        language: filled(&c.language),
        kind: "link",
        author_name: c.author_name.clone(),
        author_url: c.author_url.clone(),
        provider_name: c.provider_name.clone(),
        provider_url: "",
        html: "",
        width: c.image_width.filter(|_| image.is_some()).unwrap_or(0),
        height: c.image_height.filter(|_| image.is_some()).unwrap_or(0),
        image,
        image_description: c.image_description.clone(),
        embed_url: "",
        blurhash: None,
        published_at: None,
        authors: if c.author_name.is_empty() { Vec::new() } else { vec![author] },
    }
}
