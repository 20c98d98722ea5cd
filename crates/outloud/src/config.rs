//! Settings: `outloud.toml`, each overridden by the environment. `OUTLOUD_POST_LENGTH` is `post_length` in the file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use model::clock::DAY;
use model::colour::{Accent, Colour, ON_LIGHT, READABLE};
use model::experiment::Licence;
use node::config::{Config, Logo, Registrations, authority};
use storage::Bucket;
use url::Url;

use crate::Error;
use crate::mail::{Outgoing, sender};

/// Every setting, by its name in the environment.
pub const NAMES: [&str; 34] = [
    "OUTLOUD_ORIGIN",
    "OUTLOUD_HANDLE_DOMAIN",
    "OUTLOUD_LISTEN",
    "OUTLOUD_DRAIN",
    "OUTLOUD_DATA_DIR",
    "OUTLOUD_DATABASE_URL",
    "OUTLOUD_MEDIA_URL",
    "OUTLOUD_MEDIA_ORIGIN",
    "OUTLOUD_TITLE",
    "OUTLOUD_DESCRIPTION",
    "OUTLOUD_ACCENT",
    "OUTLOUD_LOGO",
    "OUTLOUD_CONTACT_EMAIL",
    "OUTLOUD_REGISTRATIONS",
    "OUTLOUD_TRUSTED_PROXIES",
    "OUTLOUD_RATE_LIMITS",
    "OUTLOUD_ALLOW_PRIVATE_NETWORKS",
    "OUTLOUD_POST_LENGTH",
    "OUTLOUD_AUTHORIZED_FETCH",
    "OUTLOUD_ALLOW_LIST",
    "OUTLOUD_QUARANTINE",
    "OUTLOUD_TAG_SHARING",
    "OUTLOUD_LICENCE",
    "OUTLOUD_DISCOVER_PEERS",
    "OUTLOUD_TAG_HUB",
    "OUTLOUD_CUPPA_DAYS",
    "OUTLOUD_REMOTE_MEDIA_BUDGET",
    "OUTLOUD_KEEP_REMOTE_POSTS",
    "OUTLOUD_SMTP_URL",
    "OUTLOUD_MAIL_FROM",
    "OUTLOUD_CONFIRM_EMAIL",
    "OUTLOUD_LOG",
    "OUTLOUD_LOG_FORMAT",
    "OUTLOUD_CONFIG",
];

/// Longest description, in characters.
const DESCRIPTION: usize = 1_000;

/// What names begin with that say where a bucket is and who may use it: they have the names by which everybody knows them.
const AWS: &str = "AWS_";

/// Everything that the owner decided.
#[derive(Clone, Debug)]
pub struct Settings {
    pub node: Config,
    /// Whether the origin was set, or is what it is for want of a setting.
    pub origin_given: bool,
    /// Plain HTTP socket behind the reverse proxy.
    pub listen: SocketAddr,
    /// How long it still serves when it is asked to stop, while it says that others should be asked.
    pub drain: Duration,
    pub data_dir: PathBuf,
    pub database_url: String,
    pub media: Media,
    pub trusted_proxies: Vec<IpNet>,
    pub rate_limits: bool,
    /// Networks that federation may reach although private.
    pub allowed_private: Vec<IpNet>,
    /// Where letters are handed over, if they can be sent.
    pub mail: Option<Outgoing>,
    /// A tracing filter.
    pub log: String,
    pub log_json: bool,
    /// Certificates that are trusted in place of the system's, PEM: for tests.
    pub roots: Vec<Vec<u8>>,
}

/// Where media lie.
#[derive(Clone, Debug)]
pub enum Media {
    Folder(PathBuf),
    Bucket(Bucket),
}

/// The values before they are understood.
struct Raw(BTreeMap<String, String>);

impl Raw {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|v| v.trim()).filter(|v| !v.is_empty())
    }

    /// What AWS's own programs read, too.
    fn of_aws(&self) -> Vec<(String, String)> {
        let names = self.0.keys().filter(|name| name.starts_with(AWS));
        names.filter_map(|name| Some((name.clone(), self.get(name)?.to_owned()))).collect()
    }

    /// Reads a value, or takes the default; `expected` completes "must be …".
    fn read<T>(
        &self,
        name: &str,
        default: T,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Error> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => read(value)
                .ok_or_else(|| Error::setting(name, format!("“{value}” does not work: it must be {expected}"))),
        }
    }
}

impl Settings {
    /// Reads the file (it may be missing unless it was named) and the environment over it.
    pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let environment: BTreeMap<String, String> = environment
            .into_iter()
            .filter(|(name, _)| name.starts_with("OUTLOUD_") || name.starts_with(AWS))
            .filter(|(name, _)| !name.starts_with("OUTLOUD_TEST_"))
            .collect();
        let named = file.map(Path::to_path_buf).or_else(|| environment.get("OUTLOUD_CONFIG").map(PathBuf::from));
        let mut values = read_file(named.as_deref())?;
        for (name, value) in environment {
            if !NAMES.contains(&name.as_str()) && !name.starts_with(AWS) {
                return Err(Error::setting(&name, "there is no such setting"));
            }
            values.insert(name, value);
        }
        Self::understand(&Raw(values))
    }

    /// From these values alone, by their names in the environment: neither a file nor the environment is read.
    pub fn of(values: BTreeMap<String, String>) -> Result<Self, Error> {
        Self::understand(&Raw(values))
    }

    fn understand(raw: &Raw) -> Result<Self, Error> {
        let listen: SocketAddr = raw.read(
            "OUTLOUD_LISTEN",
            SocketAddr::from(([127, 0, 0, 1], 8080)),
            "an address and port, like 127.0.0.1:8080",
            |v| v.parse().ok(),
        )?;
        let default_origin = format!("http://localhost:{}", listen.port());
        let origin = origin(raw, "OUTLOUD_ORIGIN", &default_origin)?;
        let mut node = Config::at(&origin);
        node.handle_domain =
            raw.read("OUTLOUD_HANDLE_DOMAIN", node.handle_domain, "a domain, like example.org", |v| {
                model::handle::canonical_domain(v)
            })?;
        node.media_origin = origin_or(raw, "OUTLOUD_MEDIA_ORIGIN", &origin)?;
        node.title = raw.get("OUTLOUD_TITLE").map_or_else(|| authority(&origin).to_owned(), str::to_owned);
        let description = format!("a text of at most {DESCRIPTION} characters (a longer one: outloud text set)");
        node.description = raw.read("OUTLOUD_DESCRIPTION", String::new(), &description, |v| {
            (v.chars().count() <= DESCRIPTION).then(|| v.to_owned())
        })?;
        node.accent = accent(raw)?;
        node.logo = logo(raw)?;
        node.contact_email = raw.read(
            "OUTLOUD_CONTACT_EMAIL",
            String::new(),
            "an e-mail address, like help@example.org",
            node::login::normal_email,
        )?;
        node.registrations = raw.read(
            "OUTLOUD_REGISTRATIONS",
            Registrations::Invite,
            "closed, invite, approval or open",
            Registrations::from_name,
        )?;
        node.post_length = raw.read("OUTLOUD_POST_LENGTH", 5_000, "a number of characters from 1 to 100000", |v| {
            v.parse().ok().filter(|n| (1..=100_000).contains(n))
        })?;
        node.allow_list = raw.read("OUTLOUD_ALLOW_LIST", false, "on or off", on_off)?;
        // Who is not let in must not read either, and only who signs is known.
        node.authorized_fetch = raw.read("OUTLOUD_AUTHORIZED_FETCH", node.allow_list, "on or off", on_off)?;
        node.quarantine = raw.read("OUTLOUD_QUARANTINE", true, "on or off", on_off)?;
        node.tag_sharing = raw.read("OUTLOUD_TAG_SHARING", true, "on or off", on_off)?;
        let licences = Licence::ALL.iter().map(|l| l.name()).collect::<Vec<_>>().join(", ");
        node.licence = raw.read("OUTLOUD_LICENCE", Licence::CcBy, &format!("one of {licences}"), Licence::from_name)?;
        node.tag_hub = raw.read("OUTLOUD_TAG_HUB", false, "on or off", on_off)?;
        node.cuppa_days = raw.read("OUTLOUD_CUPPA_DAYS", 14, "a number of days up to 365, or 0 for none", |v| {
            v.parse().ok().filter(|days| (0..=365).contains(days))
        })?;
        node.discover_peers = raw.read("OUTLOUD_DISCOVER_PEERS", true, "on or off", on_off)?;
        node.remote_media_budget = raw.read(
            "OUTLOUD_REMOTE_MEDIA_BUDGET",
            node.remote_media_budget,
            "an amount of disk, like 5 GB or 500 MB, or 0 to keep nothing",
            bytes,
        )?;
        node.keep_remote_posts = raw.read(
            "OUTLOUD_KEEP_REMOTE_POSTS",
            node.keep_remote_posts,
            "a number of days up to 36500, or 0 to keep them for ever",
            |v| {
                v.parse()
                    .ok()
                    .filter(|days| (0..=36_500).contains(days))
                    .map(|days: i64| (days > 0).then_some(days * DAY))
            },
        )?;
        let mail = mail(raw, &node)?;
        node.mail = mail.is_some();
        node.confirm_email = raw.read("OUTLOUD_CONFIRM_EMAIL", true, "on or off", on_off)?;
        let data_dir = PathBuf::from(raw.get("OUTLOUD_DATA_DIR").unwrap_or("outloud-data"));
        let database_url = match raw.get("OUTLOUD_DATABASE_URL") {
            None => format!("sqlite://{}", data_dir.join("outloud.db").display()),
            Some(url) if url.starts_with("sqlite://") => url.to_owned(),
            Some(url) if ["postgres://", "postgresql://"].iter().any(|p| url.starts_with(p)) => {
                // The value is not repeated: there is a password in it.
                Url::parse(url).map(|_| url.to_owned()).map_err(|error| {
                    let words = "in a password / is written %2F, # %23, ? %3F, @ %40, : %3A and % %25";
                    Error::setting("OUTLOUD_DATABASE_URL", format!("this is no URL ({error}): {words}"))
                })?
            }
            Some(_) => {
                return Err(Error::setting("OUTLOUD_DATABASE_URL", "it must begin with sqlite:// or postgres://"));
            }
        };
        let media = raw.read(
            "OUTLOUD_MEDIA_URL",
            Media::Folder(data_dir.join("media")),
            "a folder, like file:///var/lib/outloud/media, or a bucket, like s3://outloud-media/social",
            |url| match url.strip_prefix("file://") {
                Some(path) => (!path.is_empty()).then(|| Media::Folder(PathBuf::from(path))),
                None => Bucket::parse(url, raw.of_aws()).map(Media::Bucket),
            },
        )?;
        Ok(Self {
            node,
            origin_given: raw.get("OUTLOUD_ORIGIN").is_some(),
            listen,
            drain: raw.read("OUTLOUD_DRAIN", Duration::ZERO, "a number of seconds, from 0 to 600", seconds)?,
            data_dir,
            database_url,
            mail,
            media,
            trusted_proxies: raw.read("OUTLOUD_TRUSTED_PROXIES", loopback(), NETWORKS, networks)?,
            rate_limits: raw.read("OUTLOUD_RATE_LIMITS", true, "on or off", on_off)?,
            allowed_private: raw.read("OUTLOUD_ALLOW_PRIVATE_NETWORKS", Vec::new(), NETWORKS, networks)?,
            log: raw.get("OUTLOUD_LOG").unwrap_or("info").to_owned(),
            log_json: raw.read("OUTLOUD_LOG_FORMAT", false, "text or json", |v| match v {
                "json" => Some(true),
                "text" => Some(false),
                _ => None,
            })?,
            roots: Vec::new(),
        })
    }
}

/// Where letters are handed over; nowhere, unless that is set. The value is not repeated: there may be a password in it.
fn mail(raw: &Raw, node: &Config) -> Result<Option<Outgoing>, Error> {
    let domain = node.handle_domain.split(':').next().unwrap_or_default();
    let from = format!("noreply@{domain}").parse().ok();
    let from = raw.read("OUTLOUD_MAIL_FROM", from, "an address, like noreply@example.org", |v| sender(v).map(Some))?;
    let Some(url) = raw.get("OUTLOUD_SMTP_URL") else { return Ok(None) };
    let from =
        from.ok_or_else(|| Error::setting("OUTLOUD_MAIL_FROM", "it must be set: the address that letters come from"))?;
    let outgoing = Outgoing::new(url, from).ok_or_else(|| {
        let words = "this does not work: it must be like smtps://user:password@mail.example.org or smtp://user:password@mail.example.org:587";
        Error::setting("OUTLOUD_SMTP_URL", words)
    })?;
    Ok(Some(outgoing))
}

const NETWORKS: &str = "networks separated by commas, like 10.0.0.0/8, 192.168.7.0/24";

fn networks(value: &str) -> Option<Vec<IpNet>> {
    let one = |v: &str| v.parse().ok().or_else(|| v.parse::<std::net::IpAddr>().ok().map(IpNet::from));
    value.split([',', ' ']).map(str::trim).filter(|v| !v.is_empty()).map(one).collect()
}

pub(crate) fn loopback() -> Vec<IpNet> {
    networks("127.0.0.0/8, ::1/128").unwrap_or_default()
}

fn seconds(value: &str) -> Option<Duration> {
    value.parse().ok().filter(|n| *n <= 600).map(Duration::from_secs)
}

fn on_off(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Some(true),
        "off" | "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// An amount of bytes: a number, alone or with a unit of thousands.
fn bytes(value: &str) -> Option<u64> {
    let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let unit = match value[digits..].trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    value[..digits].parse::<u64>().ok()?.checked_mul(unit)
}

fn origin(raw: &Raw, name: &str, default: &str) -> Result<String, Error> {
    let value = raw.get(name).unwrap_or(default);
    let wrong = |words: &str| Error::setting(name, format!("“{value}” does not work: {words}"));
    let url = Url::parse(value).map_err(|_| wrong("it must be an origin, like https://social.example.org"))?;
    if !matches!(url.path(), "" | "/")
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return Err(wrong("it must be a scheme and a host, without a path"));
    }
    let host = url.host_str().unwrap_or("");
    let is_here = host == "localhost" || host.ends_with(".localhost");
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        "http" => return Err(wrong("it must begin with https:// (http is for localhost)")),
        _ => return Err(wrong("it must begin with https://")),
    }
    Ok(url.origin().ascii_serialization())
}

/// A colour that cannot be read is refused with the nearest that can.
fn accent(raw: &Raw) -> Result<Option<Accent>, Error> {
    const NAME: &str = "OUTLOUD_ACCENT";
    let wrong = |words: String| Error::setting(NAME, words);
    let Some(value) = raw.get(NAME) else { return Ok(None) };
    let colour = Colour::parse(value)
        .ok_or_else(|| wrong(format!("“{value}” does not work: it must be a colour, like #0b5d5e")))?;
    let accent = Accent::of(colour).map_err(|nearest| {
        wrong(format!(
            "{colour} cannot be read well on the pages, nor white letters on it (contrast {:.1}, and {READABLE} is needed): take {nearest}, \
             the nearest that can, or a darker one",
            colour.contrast(ON_LIGHT)
        ))
    })?;
    Ok(Some(accent))
}

fn logo(raw: &Raw) -> Result<Option<Arc<Logo>>, Error> {
    const NAME: &str = "OUTLOUD_LOGO";
    let Some(path) = raw.get(NAME) else { return Ok(None) };
    let bytes = std::fs::read(path).map_err(|e| Error::setting(NAME, format!("{path} could not be read: {e}")))?;
    let wrong = || {
        Error::setting(
            NAME,
            format!("{path} does not work: it must be a PNG or an SVG of at most {} KB", Logo::LONGEST / 1024),
        )
    };
    Ok(Some(Arc::new(Logo::of(bytes).ok_or_else(wrong)?)))
}

fn origin_or(raw: &Raw, name: &str, default: &str) -> Result<String, Error> {
    match raw.get(name) {
        None => Ok(default.to_owned()),
        Some(_) => origin(raw, name, default),
    }
}

/// The file's values by their environment names.
fn read_file(named: Option<&Path>) -> Result<BTreeMap<String, String>, Error> {
    let path = named.unwrap_or(Path::new("outloud.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => return Ok(BTreeMap::new()),
        Err(source) => return Err(Error::Io { context: format!("cannot read {}", path.display()), source }),
    };
    let table: toml::Table = text
        .parse()
        .map_err(|e: toml::de::Error| Error::Usage(format!("{} is not TOML: {}", path.display(), e.message())))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let name = format!("OUTLOUD_{}", key.to_uppercase());
        if !NAMES.contains(&name.as_str()) || name == "OUTLOUD_CONFIG" {
            return Err(Error::setting(&key, format!("there is no such setting ({})", path.display())));
        }
        values.insert(name, plain(&key, value)?);
    }
    Ok(values)
}

fn plain(key: &str, value: toml::Value) -> Result<String, Error> {
    Ok(match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(flag) => if flag { "on" } else { "off" }.to_owned(),
        toml::Value::Array(list) => {
            let list: Result<Vec<String>, Error> = list.into_iter().map(|v| plain(key, v)).collect();
            list?.join(",")
        }
        _ => return Err(Error::setting(key, "it must be a text, a number, true or false, or a list of texts")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(values: &[(&str, &str)]) -> Result<Settings, Error> {
        let missing = std::env::temp_dir().join("no-such-outloud.toml");
        assert!(!missing.exists());
        Settings::load(None, values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn without_any_setting_a_node_runs_on_localhost() {
        let s = load(&[]).unwrap();
        assert_eq!(s.node.origin, "http://localhost:8080");
        assert_eq!(s.node.handle_domain, "localhost:8080");
        assert_eq!(s.database_url, "sqlite://outloud-data/outloud.db");
    }

    #[test]
    fn every_wrong_value_is_answered_by_a_line_that_names_the_setting() {
        for (name, value) in [
            ("OUTLOUD_ORIGIN", "social.example.org"),
            ("OUTLOUD_ORIGIN", "http://social.example.org"),
            ("OUTLOUD_ORIGIN", "https://social.example.org/path"),
            ("OUTLOUD_HANDLE_DOMAIN", "not a domain"),
            ("OUTLOUD_LISTEN", "8080"),
            ("OUTLOUD_DATABASE_URL", "mysql://x"),
            ("OUTLOUD_DATABASE_URL", "postgres://outloud:a/b@localhost/outloud"),
            ("OUTLOUD_MEDIA_URL", "ftp://x"),
            ("OUTLOUD_MEDIA_URL", "s3://"),
            ("OUTLOUD_MEDIA_URL", "s3://a b"),
            ("OUTLOUD_MEDIA_URL", "s3://bucket/../other"),
            ("OUTLOUD_MEDIA_ORIGIN", "x"),
            ("OUTLOUD_DESCRIPTION", &"x".repeat(1_001)),
            ("OUTLOUD_ACCENT", "teal"),
            ("OUTLOUD_ACCENT", "#ffd500"),
            ("OUTLOUD_LOGO", "/nowhere/logo.png"),
            ("OUTLOUD_LOGO", "/dev/null"),
            ("OUTLOUD_CONTACT_EMAIL", "nobody"),
            ("OUTLOUD_REGISTRATIONS", "perhaps"),
            ("OUTLOUD_TRUSTED_PROXIES", "nobody"),
            ("OUTLOUD_RATE_LIMITS", "many"),
            ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "10.0.0.0/99"),
            ("OUTLOUD_POST_LENGTH", "0"),
            ("OUTLOUD_AUTHORIZED_FETCH", "2"),
            ("OUTLOUD_ALLOW_LIST", "perhaps"),
            ("OUTLOUD_QUARANTINE", "7"),
            ("OUTLOUD_TAG_SHARING", "?"),
            ("OUTLOUD_LICENCE", "mine"),
            ("OUTLOUD_REMOTE_MEDIA_BUDGET", "5 apples"),
            ("OUTLOUD_REMOTE_MEDIA_BUDGET", "-1"),
            ("OUTLOUD_REMOTE_MEDIA_BUDGET", "99999999999 GB"),
            ("OUTLOUD_SMTP_URL", "mail.example"),
            ("OUTLOUD_MAIL_FROM", "nobody"),
            ("OUTLOUD_CONFIRM_EMAIL", "perhaps"),
            ("OUTLOUD_LOG_FORMAT", "xml"),
            ("OUTLOUD_NO_SUCH_THING", "1"),
        ] {
            let words = load(&[(name, value)]).unwrap_err().to_string();
            assert!(words.starts_with(&format!("{name}: ")), "{words}");
            assert_eq!(words.lines().count(), 1, "{words}");
        }
    }

    #[test]
    fn a_budget_is_read_with_its_unit() {
        let budget = |v: &str| load(&[("OUTLOUD_REMOTE_MEDIA_BUDGET", v)]).unwrap().node.remote_media_budget;
        assert_eq!((budget("0"), budget("250MB"), budget("2 gb")), (0, 250_000_000, 2_000_000_000));
        assert_eq!(load(&[]).unwrap().node.remote_media_budget, 5_000_000_000);
    }

    #[test]
    fn what_others_said_is_kept_for_days_or_for_ever() {
        let keep = |value: &str| load(&[("OUTLOUD_KEEP_REMOTE_POSTS", value)]).map(|s| s.node.keep_remote_posts);
        assert_eq!(load(&[]).unwrap().node.keep_remote_posts, Some(180 * DAY));
        assert_eq!((keep("30").unwrap(), keep("0").unwrap()), (Some(30 * DAY), None));
        for wrong in ["-1", "ever", "30 days", "99999999999999"] {
            assert!(keep(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bucket_is_named_with_its_prefix_and_no_secret_is_shown() {
        let secret = ("AWS_SECRET_ACCESS_KEY", "hush");
        let s = load(&[("OUTLOUD_MEDIA_URL", "s3://media/social/"), secret, ("AWS_REGION", " ")]).unwrap();
        let Media::Bucket(bucket) = &s.media else { panic!("{:?}", s.media) };
        assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("media", "social"));
        assert_eq!(bucket.options, [(secret.0.to_owned(), secret.1.to_owned())]);
        assert_eq!(bucket.to_string(), "s3://media/social");
        assert!(!format!("{s:?}").contains("hush"));
    }

    #[test]
    fn the_handle_domain_may_differ_from_the_host() {
        let s = load(&[("OUTLOUD_ORIGIN", "https://social.example.org/"), ("OUTLOUD_HANDLE_DOMAIN", "Example.org")])
            .unwrap();
        assert_eq!(s.node.origin, "https://social.example.org");
        assert_eq!(s.node.handle_domain, "example.org");
    }
}
