//! Letters over SMTP: the only module that knows `lettre`.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use node::mail::{Carrier, Mail, Refused};
use url::Url;

/// How long a server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same where somebody waits for it.
const KNOCK: Duration = Duration::from_secs(10);

/// Where letters are handed over, and in whose name.
#[derive(Clone)]
pub struct Outgoing {
    url: String,
    from: Mailbox,
}

/// Without the password.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("from", &self.from).finish_non_exhaustive()
    }
}

/// The sender of letters: an address, with or without a name.
pub fn sender(text: &str) -> Option<Mailbox> {
    text.parse().ok()
}

impl Outgoing {
    /// `smtps://user:password@host:465` is TLS from the first byte, `smtp://user:password@host:587` begins in the clear and must go over
    /// to TLS (STARTTLS). Only to this machine itself, and where `?tls=none` says so, nothing is encrypted.
    pub fn new(url: &str, from: Mailbox) -> Option<Self> {
        let mut parsed = Url::parse(url).ok().filter(|u| ["smtp", "smtps"].contains(&u.scheme()))?;
        let host = parsed.host_str()?.to_owned();
        let is_here = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let wish = parsed.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        parsed.set_query(None);
        match (parsed.scheme(), wish.as_deref()) {
            ("smtps", None) | ("smtp", Some("none")) => {}
            ("smtp", None) if is_here => {}
            ("smtp", None | Some("required")) => parsed.set_query(Some("tls=required")),
            _ => return None,
        }
        let url = parsed.to_string();
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).ok()?;
        Some(Self { url, from })
    }

    /// Where letters are handed over, and in whose name: in words, without the password.
    pub fn words(&self) -> String {
        let server = Url::parse(&self.url).ok();
        let host = server.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        let port = server.and_then(|u| u.port()).map(|port| format!(":{port}")).unwrap_or_default();
        format!("{host}{port} takes letters from {}", self.from.email)
    }

    /// Whether the server is there and lets us in. Nothing is sent.
    ///
    /// # Errors
    /// Words that say why not.
    pub async fn knock(&self) -> Result<(), String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.url).map_err(|e| e.to_string())?;
        let transport: AsyncSmtpTransport<Tokio1Executor> = transport.timeout(Some(KNOCK)).build();
        match transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("it does not answer as a mail server does".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Who carries letters there.
    ///
    /// # Errors
    /// Words, where the system's certificates cannot be read.
    pub fn carrier(&self) -> Result<Carrier, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.url).map_err(|e| e.to_string())?;
        let (transport, from) = (transport.timeout(Some(PATIENCE)).build(), self.from.clone());
        Ok(Arc::new(move |mail| {
            let (transport, letter) = (transport.clone(), message(&from, mail));
            Box::pin(async move {
                let sent = transport.send(letter?).await;
                sent.map(drop).map_err(|e| refused(&e))
            })
        }))
    }
}

/// That a program wrote it, so that no other one answers (RFC 3834 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Where such letters are ended, by who opens it (RFC 2369 3.2) or by a mail program for them (RFC 8058 2).
#[derive(Clone)]
struct Unsubscribe(String);

impl Header for Unsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), format!("<{}>", self.0))
    }
}

/// That a single POST there does it (RFC 8058 3.1).
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

fn message(from: &Mailbox, mail: Mail) -> Result<Message, Refused> {
    let never = |words: String| Refused { words, temporary: false };
    let to: Mailbox = mail.to.parse().map_err(|_| never("an address that no letter can have".to_owned()))?;
    let mut letter = Message::builder();
    if let Some(url) = mail.unsubscribe {
        letter = letter.header(Unsubscribe(url)).header(OneClick);
    }
    letter
        .from(from.clone())
        .to(to)
        .subject(mail.subject)
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text)
        .map_err(|e| never(e.to_string()))
}

/// All but a plain no is worth another try. The words may go into the log: no address is in them.
fn refused(error: &SmtpError) -> Refused {
    let code = error.status().map_or_else(|| "no answer".to_owned(), |code| code.to_string());
    Refused { words: format!("the mail server: {code}"), temporary: !error.is_permanent() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_a_name_and_says_that_a_program_wrote_it() {
        let mail = Mail {
            id: "abc".to_owned(),
            to: "sam@mail.example".to_owned(),
            subject: "Grüße".to_owned(),
            text: "x".to_owned(),
            unsubscribe: Some(format!("https://here.example/letters/stop?key={}&of=all", "k".repeat(60))),
        };
        let letter = message(&sender("Node <node@here.example>").unwrap(), mail).unwrap().formatted();
        let letter = String::from_utf8(letter).unwrap();
        for line in ["Message-ID: <abc@here.example>", "Auto-Submitted: auto-generated", "Date: "] {
            assert!(letter.lines().any(|l| l.starts_with(line)), "{line}: {letter}");
        }
        let end = format!("List-Unsubscribe: <https://here.example/letters/stop?key={}&of=all>\r\n", "k".repeat(60));
        let is_there = letter.replace("\r\n ", " ").contains(&end);
        assert!(is_there && letter.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{letter}");
    }

    #[test]
    fn what_leaves_this_machine_is_encrypted_unless_somebody_says_otherwise() {
        let url = |text: &str| Outgoing::new(text, sender("Node <node@here.example>").unwrap()).map(|o| o.url);
        assert_eq!(url("smtp://mail.example:587").as_deref(), Some("smtp://mail.example:587?tls=required"));
        assert_eq!(url("smtp://127.0.0.1:2525").as_deref(), Some("smtp://127.0.0.1:2525"));
        assert_eq!(url("smtp://mail.example:25?tls=none").as_deref(), Some("smtp://mail.example:25"));
        assert_eq!(url("smtps://u:p@mail.example").as_deref(), Some("smtps://u:p@mail.example"));
        for wrong in ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example?tls=opportunistic"] {
            assert_eq!(url(wrong), None, "{wrong}");
        }
        assert!(sender("nobody").is_none());
        let secret = Outgoing::new("smtps://u:hush@mail.example", sender("a@b.example").unwrap());
        assert!(!format!("{secret:?}").contains("hush"));
    }
}
