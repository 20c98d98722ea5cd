//! Web Push: hands a message to the push service that an app named (RFC 8030).

use std::time::Duration;

use model::clock::Millis;
use node::push;

use crate::client::FetchError;
use crate::jobs::Next;
use crate::{Error, Federation};

/// Who asks to be asked again sooner than that is asked as those are who say nothing of it: less and less often, and not for ever.
const SOON: Duration = Duration::from_secs(10 * 60);

impl Federation {
    /// Tells a member of a notification where an app of theirs asked for it.
    pub(crate) async fn push(&self, subscription: i64, account: i64, notification: i64) -> Result<Next, Error> {
        let node = &self.node;
        let Some(letter) = push::letter(node, subscription, account, notification).await? else {
            return Ok(Next::Done);
        };
        let reply = self.client.post_bytes(&letter.endpoint, &letter.headers, letter.body, node.now()).await?;
        match reply.status {
            200..=299 => Ok(Next::Done),
            // Nobody listens there any more.
            404 | 410 => {
                let mut tx = node.store.begin().await?;
                tx.delete_subscription(subscription).await?;
                node.commit(tx).await?;
                Ok(Next::Done)
            }
            status => match reply.retry_after.filter(|wait| *wait >= SOON && matches!(status, 429 | 500..=599)) {
                Some(wait) => {
                    let at = node.now() + Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX / 2);
                    // By then it is worth nothing.
                    Ok(if at < letter.until { Next::At(at) } else { Next::Done })
                }
                // Tried again, less and less often, if that may help.
                None => Err(FetchError::Status(status).into()),
            },
        }
    }
}
