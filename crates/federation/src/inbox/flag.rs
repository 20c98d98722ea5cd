//! `Flag`: another server, or somebody on it, reports people of ours.

use activitypub_federation::config::Data;
use node::config::authority;
use node::report;

use super::{Envelope, Work, activity, unheeded};
use crate::json::{id_of, list, text};
use crate::{Error, Federation};

/// `{actor, object: <actors and posts of ours>, content}`. The actor is most often the server's own. Lemmy says why in `summary`;
/// Misskey names the account alone and puts links to the posts into the text.
pub struct Flag(pub Envelope);

activity!(Flag, flag);

/// Most that one report names.
const OBJECTS: usize = 200;

impl Flag {
    fn check(&self) -> Result<(), Error> {
        match list(self.0.object()) {
            [] => Err(Error::Malformed("Nothing is reported.".to_owned())),
            _ => Ok(()),
        }
    }
}

async fn flag(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    let comment = text(&envelope.document, "content").or_else(|| text(&envelope.document, "summary")).unwrap_or("");
    let named = list(envelope.object()).iter().filter_map(id_of);
    let objects: Vec<String> = named.chain(own_links(data, comment)).take(OBJECTS).map(str::to_owned).collect();
    let (id, host) = (envelope.id.as_str(), authority(envelope.actor.as_str()).to_lowercase());
    let left_out = report::receive(&data.node, &mut work.tx, &work.actor, id, &objects, comment).await?;
    work.commit(data).await?;
    if left_out > 0 {
        unheeded("report", &host);
    }
    Ok(())
}

/// The addresses on our origin in a text.
fn own_links<'t>(data: &'t Data<Federation>, comment: &'t str) -> impl Iterator<Item = &'t str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ')' | ']' | ',');
    comment.split(ends).map(|word| word.trim_end_matches('.')).filter(|word| data.node.config.is_own_url(word))
}
