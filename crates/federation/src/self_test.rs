//! Whether others can reach this node: it asks itself over its public address, through the client with which it asks others, so that it
//! sees what they see of names, certificates and the proxy in front of it.

use bytes::Bytes;
use http::Method;
use node::Node;
use node::accounts::INSTANCE_ACTOR;
use serde_json::Value;
use storage::Key;
use url::Url;

use crate::client::{Budget, Client, FetchError};
use crate::inbox::Delivered;
use crate::signature::{self, PrivateKey, PublicKey, Scheme, Signer};
use crate::{Error, Federation, json};

/// Where the node sends itself something signed, to see whether it comes as it was sent.
pub const ECHO: &str = "/actor/echo";
/// What it sends.
const WORD: &[u8] = br#"{"says":"do I hear myself?"}"#;

/// All of it in this order: the public address, handles, signatures.
pub async fn all(client: &Client, node: &Node) -> [Result<(), String>; 3] {
    let (address, handles, signatures) =
        tokio::join!(address(client, node), handles(client, node), signatures(client, node));
    [address, handles, signatures]
}

async fn own_key(node: &Node) -> Result<Option<Key>, storage::Error> {
    let mut tx = node.store.read().await?;
    let Some(account) = tx.account_by_uri(&node.config.instance_actor_uri()).await? else { return Ok(None) };
    tx.signing_key(account.id).await
}

const NO_ACTOR: &str = "the node has no actor of its own yet: run outloud serve once";

/// That what is signed comes as it was sent: a proxy may leave out or change what a signature is about.
///
/// # Errors
/// Words: what is wrong, and what to do.
pub async fn signatures(client: &Client, node: &Node) -> Result<(), String> {
    let key = own_key(node).await.map_err(|e| e.to_string())?.ok_or_else(|| NO_ACTOR.to_owned())?;
    let pem = key.private_pem.ok_or_else(|| NO_ACTOR.to_owned())?;
    let signer = Signer { key_id: key.id, key: PrivateKey::from_pem(&pem).map_err(|e| e.to_string())? };
    let address = format!("{}{ECHO}", node.config.origin);
    let url = Url::parse(&address).map_err(|e| e.to_string())?;
    let sent = client.post_activity(&url, Bytes::from_static(WORD), None, &signer, Scheme::Cavage, node.now()).await;
    match sent.map_err(|e| no_answer(&address, &e))?.status {
        200..=299 => Ok(()),
        400 | 401 => Err(format!(
            "what we sign does not come to {address} as it was sent, so no server will be able to deliver to us: let the reverse \
             proxy send on the headers Host, Date, Digest, Signature and Content-Type, the address and the body as they are"
        )),
        status => Err(format!("{address} answers with {status}: let the reverse proxy send every POST on as it is")),
    }
}

impl Federation {
    /// Whether this is what the node itself signed, as it was sent.
    ///
    /// # Errors
    /// As those of an inbox.
    pub async fn hear_own(&self, delivered: &Delivered<'_>) -> Result<(), Error> {
        let claims = signature::claims(delivered.headers)?;
        let checked = self.checked(&claims, &Method::POST, delivered)?;
        let key = own_key(&self.node).await.map_err(node::Error::from)?;
        let key = key.ok_or_else(|| Error::Forbidden(NO_ACTOR.to_owned()))?;
        let public = PublicKey::from_pem(&key.public_pem)?;
        if checked.iter().any(|c| c.key_id() == key.id && c.verify(&public).is_ok()) {
            return Ok(());
        }
        Err(signature::SignatureError::Invalid.into())
    }
}

/// That this very node answers at its public address: its own actor comes, with the key that we have.
///
/// # Errors
/// Words: what is wrong, and what to do.
pub async fn address(client: &Client, node: &Node) -> Result<(), String> {
    let uri = node.config.instance_actor_uri();
    let url = Url::parse(&uri).map_err(|e| e.to_string())?;
    let key = own_key(node).await.map_err(|e| e.to_string())?.ok_or_else(|| NO_ACTOR.to_owned())?;
    let document = client.get_document(&url, None, &Budget::new(8), node.now()).await;
    let document = document.map_err(|e| no_answer(&uri, &e))?.json;
    let shown = json::list(document.get("publicKey")).iter().find_map(|k| json::text(k, "publicKeyPem"));
    match shown {
        Some(pem) if pem.trim() == key.public_pem.trim() => Ok(()),
        _ => Err(format!(
            "another node answers at {uri}: its key is not ours. See to where the name and the reverse proxy lead"
        )),
    }
}

/// That handles of this node lead here.
///
/// # Errors
/// Words: what is wrong, and what to do.
pub async fn handles(client: &Client, node: &Node) -> Result<(), String> {
    let member = async { node.store.read().await?.first_member().await };
    let member = member.await.map_err(|e: storage::Error| e.to_string())?;
    let config = &node.config;
    let (resource, own) = match &member {
        Some(name) => (format!("acct:{name}@{}", config.handle_domain), config.actor_uri(name)),
        None => (format!("acct:{INSTANCE_ACTOR}@{}", config.handle_domain), config.instance_actor_uri()),
    };
    let scheme = if config.origin.starts_with("http://") { "http" } else { "https" };
    let address = format!("{scheme}://{}/.well-known/webfinger", config.handle_domain);
    let mut url = Url::parse(&address).map_err(|e| e.to_string())?;
    url.query_pairs_mut().append_pair("resource", &resource);
    let answer = client.get_json(&url, "application/jrd+json, application/json", &Budget::new(8)).await;
    let answer = answer.map_err(|e| match &e {
        FetchError::NotFound if config.handle_domain != config.host() => {
            format!(
                "{address} is not found: let the web server of {} send it on to {}",
                config.handle_domain, config.origin
            )
        }
        other => no_answer(&address, other),
    })?;
    let links = json::list(answer.json.get("links"));
    let is_self = |l: &&Value| json::text(l, "rel") == Some("self");
    match links.iter().find(is_self).and_then(|l| json::text(l, "href")) {
        Some(href) if href == own => Ok(()),
        Some(href) => Err(format!("{resource} is {href} there, and {own} here")),
        None => Err(format!("{address} answers, but names no account for {resource}")),
    }
}

/// What to do when nothing comes back.
fn no_answer(url: &str, error: &FetchError) -> String {
    match error {
        FetchError::Connect(_) | FetchError::Timeout => {
            format!("no answer from {url} ({error}): is outloud serve running, and the reverse proxy in front of it?")
        }
        FetchError::RefusedAddress(_) | FetchError::RefusedUrl(_) => format!(
            "{url} leads into a private network as seen from here ({error}). If that is meant, name it in OUTLOUD_ALLOW_PRIVATE_NETWORKS"
        ),
        FetchError::BadContentType(kind) => {
            format!("{url} answers with {kind}, which is not ours: let the reverse proxy send everything on as it is")
        }
        other => {
            format!("{url} does not answer as it should ({other}): let the reverse proxy send everything on as it is")
        }
    }
}
