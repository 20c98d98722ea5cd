//! Lists that a member brings: whom and what their rows name is looked up, a few at a time and no faster than anybody would by hand.

use std::time::{Duration, Instant};

use model::account::Account;
use model::clock::{Millis, SECOND};
use model::handle::Handle;
use model::takeout::{Import, ImportRow, Kind};
use node::publish::by_handle;
use node::takeout::{self, Target, Work};
use url::Url;

use crate::client::FetchError;
use crate::discover::Found;
use crate::jobs::Next;
use crate::strangers::Denied;
use crate::{Error, Federation};

/// Rows that are done in one go, and those of them for which others are asked.
const ROWS: i64 = 50;
const ASKED: usize = 8;
/// The rest between two goes in which others were asked.
const PAUSE: Millis = 5 * SECOND;
/// How long one go lasts at most, beside the row that is being done.
const TURN: Duration = Duration::from_secs(60);
/// How long the answer to one row is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

impl Federation {
    /// Goes on with a list. It is never given up because something failed: that is written down for the row.
    pub(crate) async fn import_list(&self, import: i64) -> Result<Next, Error> {
        let began = Instant::now();
        loop {
            match takeout::next(&self.node, import, ROWS).await? {
                Work::Done => return Ok(Next::Done),
                Work::At(at) => return Ok(Next::At(at)),
                Work::Again if began.elapsed() > TURN => return Ok(Next::Again),
                Work::Again => {}
                Work::Rows(of, rows) => {
                    let (who, import) = *of;
                    let asked = self.import_rows(&who, &import, rows, began).await?;
                    if asked > 0 {
                        return Ok(Next::At(self.node.now() + PAUSE));
                    }
                    if began.elapsed() > TURN {
                        return Ok(Next::Again);
                    }
                }
            }
            if self.node.shutdown.begun.is_cancelled() {
                return Ok(Next::Left);
            }
        }
    }

    /// Does rows until others were asked often enough; how often that was.
    async fn import_rows(
        &self,
        who: &Account,
        import: &Import,
        rows: Vec<ImportRow>,
        began: Instant,
    ) -> Result<usize, Error> {
        let mut asked = 0;
        for row in rows {
            let target = match self.known(import.kind, &row).await? {
                Some(known) => Ok(known),
                None => {
                    asked += 1;
                    self.looked_up(import.kind, &row).await
                }
            };
            let goes_on = match target {
                Ok(target) => takeout::settle(&self.node, import, who, &row, &target).await?,
                Err(error) if error.is_for_want_of_the_database() => return Err(error),
                Err(error) => takeout::fail(&self.node, import, &row, &in_words(&error), error.is_temporary()).await?,
            };
            if !goes_on || asked >= ASKED || began.elapsed() > TURN || self.node.shutdown.begun.is_cancelled() {
                break;
            }
        }
        Ok(asked)
    }

    /// What a row names, if nobody has to be asked for it.
    async fn known(&self, kind: Kind, row: &ImportRow) -> Result<Option<Target>, Error> {
        let mut tx = self.node.store.read().await?;
        Ok(match kind {
            Kind::DomainBlocking => Some(Target::Nothing),
            Kind::Bookmarks => tx.post_by_uri(&row.name).await?.map(|post| Target::Post(Box::new(post))),
            _ => {
                let Ok(handle) = Handle::parse(named(row)) else { return Ok(None) };
                by_handle(&self.node, &mut tx, &handle).await?.map(|account| Target::Account(Box::new(account)))
            }
        })
    }

    async fn looked_up(&self, kind: Kind, row: &ImportRow) -> Result<Target, Error> {
        let what = named(row);
        let host = match kind {
            Kind::Bookmarks => Url::parse(what).ok().and_then(|u| Some(u.host_str()?.to_owned())),
            _ => Handle::parse(what).ok().and_then(|h| h.domain),
        };
        let host = host.unwrap_or_default().to_lowercase();
        let _leave = match self.asked.leave_to_ask(&host) {
            Ok(leave) => leave,
            Err(Denied::Busy | Denied::Failing) => return Err(FetchError::Timeout.into()),
        };
        let found = tokio::time::timeout(PATIENCE, self.find(what)).await.unwrap_or(Err(FetchError::Timeout.into()));
        self.asked.heed(&host, &found);
        Ok(match found? {
            Found::Account(account) => Target::Account(account),
            Found::Post(post) => Target::Post(post),
        })
    }
}

/// What a row names that can be looked up: of a list of lists it is behind the title.
fn named(row: &ImportRow) -> &str {
    row.name.split_once('\n').map_or(row.name.as_str(), |(_, name)| name)
}

fn in_words(error: &Error) -> String {
    match error {
        Error::Node(node::Error::NotFound) | Error::Fetch(FetchError::NotFound | FetchError::Gone) => {
            "It was not found.".to_owned()
        }
        Error::Fetch(error) if error.is_temporary() => "Its server does not answer.".to_owned(),
        Error::Node(error @ (node::Error::Forbidden(_) | node::Error::Invalid(_))) => error.to_string(),
        Error::Forbidden(words) => format!("It cannot be had: {words}."),
        _ => "Its server did not answer as it should.".to_owned(),
    }
}
