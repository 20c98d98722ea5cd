//! Lists of accounts, servers and posts as CSV (RFC 4180), as Mastodon writes them; read as well as older versions of it and other
//! programs write them. Knows the text and nothing of databases.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};
use model::handle::{Handle, canonical_domain};
use model::language::valid_bcp47;
use model::takeout::Kind;
use url::Url;

use crate::{Config, Error};

/// Bytes that are read of a list.
pub const BYTES: usize = 5 * 1024 * 1024;
/// Rows that a list may have, as on Mastodon.
pub const ROWS: usize = 20_000;
/// Longest cell that means anything, in bytes.
const CELL: usize = 2_048;

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it names, as names are compared ([`model::takeout::ImportRow::name`]).
    pub name: String,
    /// In the order of Mastodon's columns, whatever the file's was.
    pub cells: Vec<String>,
    /// Why nothing can be done about it; empty: something can.
    pub reason: String,
}

/// A list that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Each names something else.
    pub rows: Vec<Row>,
}

/// Mastodon's columns of a kind, and those that a file without a first line has.
fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Following => &["Account address", "Show boosts", "Notify on new posts", "Languages"],
        Kind::Muting => &["Account address", "Hide notifications"],
        Kind::Blocking => &["Account address"],
        Kind::Lists => &["List name", "Account address"],
        Kind::DomainBlocking => &["#domain"],
        Kind::Bookmarks => &["#uri"],
        Kind::Posts => &[],
    }
}

/// The first line of the file that says what could not be done: read again, it is what it was.
pub fn header(kind: Kind) -> String {
    line(columns(kind))
}

/// A line of CSV with its end.
pub fn line<C: AsRef<[u8]>>(cells: &[C]) -> String {
    let mut writer = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Into memory, which takes everything.
    let written = writer.write_record(cells).ok().and_then(|()| writer.into_inner().ok());
    String::from_utf8_lossy(&written.unwrap_or_default()).into_owned()
}

/// What kind of list a file is, by its first line, by its name (as Mastodon or GoToSocial gives it), or by what is in it.
///
/// # Errors
/// [`Error::Invalid`] where that cannot be said, or it is no list at all.
pub fn recognise(file_name: &str, bytes: &[u8]) -> Result<Kind, Error> {
    let records = records(bytes, 20)?;
    let first: Vec<String> = records.first().map(|r| r.iter().map(str::to_lowercase).collect()).unwrap_or_default();
    let has = |name: &str| first.iter().any(|cell| cell == name);
    let begins = |names: &[&str]| names.iter().any(|n| file_name.starts_with(n));
    let all = |is: fn(&str) -> bool| !records.is_empty() && records.iter().all(|r| r.len() == 1 && is(&r[0]));
    Ok(if has("hide notifications") {
        Kind::Muting
    } else if has("show boosts") || has("notify on new posts") || has("languages") {
        Kind::Following
    } else if has("list name") {
        Kind::Lists
    } else if has("#domain") {
        Kind::DomainBlocking
    } else if has("#uri") {
        Kind::Bookmarks
    } else if begins(&["mutes", "muted_accounts"]) {
        Kind::Muting
    } else if begins(&["follows", "following"]) {
        Kind::Following
    } else if begins(&["domain_blocks", "blocked_domains"]) {
        Kind::DomainBlocking
    } else if begins(&["blocks", "blocked_accounts"]) {
        Kind::Blocking
    } else if begins(&["bookmarks"]) || all(|cell| cell.starts_with("https://")) {
        Kind::Bookmarks
    } else if begins(&["lists"]) {
        Kind::Lists
    } else if all(|cell| !cell.contains('@') && cell.contains('.') && canonical_domain(cell).is_some()) {
        Kind::DomainBlocking
    } else {
        return Err(Error::invalid(
            "It cannot be seen what this list is for: accounts to follow, to mute or to block?",
        ));
    })
}

/// Reads a list of this kind.
///
/// # Errors
/// [`Error::Invalid`] for what is no such list, has nothing in it, or too much.
pub fn read(config: &Config, kind: Kind, bytes: &[u8]) -> Result<List, Error> {
    let mut records = records(bytes, ROWS + 1)?.into_iter().peekable();
    let names = columns(kind);
    let is_head = |record: &StringRecord| {
        let mut known = ["account address", "list name", "#domain", "#uri"].into_iter();
        record.iter().next().is_some_and(|cell| known.any(|name| cell.eq_ignore_ascii_case(name)))
    };
    let places: Vec<Option<usize>> = match records.next_if(is_head) {
        Some(head) => names.iter().map(|n| head.iter().position(|cell| cell.eq_ignore_ascii_case(n))).collect(),
        None => (0..names.len()).map(Some).collect(),
    };
    let needed = if kind == Kind::Lists { 2 } else { 1 };
    if places.iter().take(needed).any(Option::is_none) {
        return Err(Error::Invalid(format!("This is another list: it has no column “{}”.", names[needed - 1])));
    }
    let (mut list, mut seen) = (List::default(), HashSet::new());
    for record in records {
        let cell = |at: &Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
        let row = row(config, kind, places.iter().map(cell).collect());
        if seen.insert(row.name.clone()) {
            list.rows.push(row);
        }
    }
    match list.rows.len() {
        0 => Err(Error::invalid("There is nothing in this file.")),
        n if n > ROWS => Err(Error::Invalid(format!("There are more than {ROWS} rows in this file."))),
        _ => Ok(list),
    }
}

/// The records of a file, without empty ones; so many at most.
fn records(bytes: &[u8], most: usize) -> Result<Vec<StringRecord>, Error> {
    if bytes.len() > BYTES {
        return Err(Error::Invalid(format!("This file is larger than {} MB.", BYTES / 1024 / 1024)));
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    let text = text.map_err(|_| Error::invalid("This file is no CSV, or not in UTF-8."))?;
    let no_csv = || Error::invalid("This file is no CSV.");
    if text.contains('\0') || text.trim_start().starts_with(['{', '<']) {
        return Err(no_csv());
    }
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| no_csv())?;
        if found.is_empty() && record.len() == 1 && record[0].contains([';', '\t']) {
            return Err(Error::invalid(
                "The columns of this file are not separated by commas. Save it as CSV with commas, in UTF-8.",
            ));
        }
        if record.iter().any(|cell| !cell.is_empty()) {
            found.push(record);
        }
        if found.len() > most {
            break;
        }
    }
    Ok(found)
}

/// A row of a kind, of cells in the order of its columns.
fn row(config: &Config, kind: Kind, mut cells: Vec<String>) -> Row {
    let is_long = cells.iter().any(|cell| cell.len() > CELL);
    let name = match kind {
        _ if is_long => None,
        Kind::Lists => cells[..2].split_first().and_then(|(title, rest)| {
            let handle = handle(config, rest.first()?)?;
            (!title.is_empty()).then(|| format!("{}\n{handle}", title_of(title)))
        }),
        Kind::DomainBlocking => {
            let name = cells[0].strip_prefix("*.").unwrap_or(&cells[0]);
            canonical_domain(name).filter(|d| d.contains('.') || d.contains(':'))
        }
        Kind::Bookmarks => {
            Url::parse(&cells[0]).ok().filter(|u| u.scheme().starts_with("http")).map(|_| cells[0].clone())
        }
        Kind::Following | Kind::Muting | Kind::Blocking | Kind::Posts => handle(config, &cells[0]),
    };
    let reason = match (&name, kind) {
        (Some(_), _) => "",
        (None, Kind::DomainBlocking) => "This is not a domain.",
        (None, Kind::Bookmarks) => "This is not the address of a post.",
        (None, _) => "This is not the address of an account.",
    };
    if is_long {
        cells.iter_mut().for_each(|cell| *cell = cell.chars().take(200).collect());
    }
    let name = name.unwrap_or_else(|| cells.join("\n"));
    Row { name, cells, reason: reason.to_owned() }
}

/// A list's title as titles are compared.
pub fn title_of(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A handle as handles are compared: with its domain, in lower case.
fn handle(config: &Config, cell: &str) -> Option<String> {
    // Some write the address of a profile as others write a handle.
    let handle = Handle::parse(cell).ok()?;
    Some(name_of(config, &handle.username, handle.domain.as_deref().unwrap_or_default()))
}

/// An account by its name and the domain of its handle (empty: of this node), as handles are compared.
pub fn name_of(config: &Config, username: &str, domain: &str) -> String {
    let domain = if domain.is_empty() || config.is_own_domain(domain) { &config.handle_domain } else { domain };
    format!("{username}@{domain}").to_lowercase()
}

/// Whether a cell says yes; `usual` where it says nothing.
pub fn says(cell: &str, usual: bool) -> bool {
    match cell.to_lowercase().as_str() {
        "" => usual,
        "false" | "f" | "0" | "no" | "off" => false,
        _ => true,
    }
}

/// Languages as they stand in a cell: `en, de`.
pub fn languages(cell: &str) -> Vec<String> {
    cell.split(',').filter_map(|l| valid_bcp47(l.trim())).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::at("https://here.example")
    }

    fn names(kind: Kind, text: &str) -> Vec<String> {
        let list = read(&config(), kind, text.as_bytes()).unwrap();
        list.rows.into_iter().map(|r| r.name).collect()
    }

    #[test]
    fn a_list_is_read_with_and_without_its_first_line_whoever_wrote_it() {
        let mastodon =
            "Account address,Show boosts,Notify on new posts,Languages\nBob@Far.Example,false,true,\"en, de\"\n";
        let list = read(&config(), Kind::Following, mastodon.as_bytes()).unwrap();
        assert_eq!(list.rows[0].name, "bob@far.example");
        assert_eq!(list.rows[0].cells, ["Bob@Far.Example", "false", "true", "en, de"]);
        assert_eq!(languages(&list.rows[0].cells[3]), ["en", "de"]);
        // With a mark of its encoding, ends of lines as on Windows, @ in front, twice the same, and an account of this node.
        let odd =
            "\u{FEFF}account address,show boosts\r\n@bob@far.example,true\r\n\r\nbob@FAR.example,false\r\nalice,\r\n";
        assert_eq!(names(Kind::Following, odd), ["bob@far.example", "alice@here.example"]);
        assert_eq!(names(Kind::Blocking, "bob@far.example\nalice@here.example\n").len(), 2);
        assert_eq!(names(Kind::Muting, "Hide notifications,Account address\n").len(), 1, "that is no first line");
        assert_eq!(names(Kind::Lists, "My friends,bob@far.example\n"), ["My friends\nbob@far.example"]);
        assert_eq!(
            names(Kind::DomainBlocking, "#domain\nBAD.example\n*.worse.example\n"),
            ["bad.example", "worse.example"]
        );
        assert_eq!(names(Kind::Bookmarks, "https://far.example/1\nnothing\n"), ["https://far.example/1", "nothing"]);
    }

    #[test]
    fn what_is_no_list_says_why() {
        let refused = |kind, bytes: &[u8]| read(&config(), kind, bytes).unwrap_err().to_string();
        for (bytes, words) in [
            (&b"Account address;Show boosts\nbob@far.example;true\n"[..], "not separated by commas"),
            (b"\xFF\xFEA\0", "not in UTF-8"),
            (b"", "nothing in this file"),
            (b"Account address\n", "nothing in this file"),
            (b"PK\x03\x04\0\0", "no CSV"),
            (b"{\"a\": 1}", "no CSV"),
            (b"#domain\nbad.example\n", "another list"),
        ] {
            let said = refused(Kind::Following, bytes);
            assert!(said.contains(words), "{said}");
        }
        let many =
            "bob@far.example\n".repeat(3) + &(0..=ROWS).map(|n| format!("b{n}@far.example\n")).collect::<String>();
        assert!(refused(Kind::Blocking, many.as_bytes()).contains("more than 20000 rows"));
        assert!(refused(Kind::Blocking, &vec![b'a'; BYTES + 1]).contains("larger than 5 MB"));
        let row = &read(&config(), Kind::Following, b"not an address,true\n").unwrap().rows[0];
        assert_eq!(row.reason, "This is not the address of an account.");
        assert_eq!(
            read(&config(), Kind::Blocking, format!("{}@far.example\n", "a".repeat(9_000)).as_bytes()).unwrap().rows[0]
                .cells[0]
                .len(),
            200
        );
    }

    #[test]
    fn what_a_list_is_for_is_seen_by_its_first_line_its_name_or_what_is_in_it() {
        for (name, text, kind) in [
            ("x.csv", "Account address,Show boosts\na@b.example,true\n", Kind::Following),
            ("x.csv", "Account address,Hide notifications\na@b.example,true\n", Kind::Muting),
            ("following_accounts.csv", "a@b.example\n", Kind::Following),
            ("blocked_accounts.csv", "a@b.example\n", Kind::Blocking),
            ("x.csv", "bad.example\n", Kind::DomainBlocking),
            ("x.csv", "https://b.example/1\n", Kind::Bookmarks),
            ("lists.csv", "Friends,a@b.example\n", Kind::Lists),
            ("x.csv", "List name,Account address\nFriends,a@b.example\n", Kind::Lists),
        ] {
            assert_eq!(recognise(name, text.as_bytes()).unwrap(), kind, "{name} {text}");
        }
        assert!(recognise("x.csv", b"a@b.example\n").is_err());
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(line(&["a@b.example", "true", "false", "en, de"]), "a@b.example,true,false,\"en, de\"\n");
        assert_eq!(line(&["Say \"hi\"", "a"]), "\"Say \"\"hi\"\"\",a\n");
        assert_eq!(header(Kind::Muting), "Account address,Hide notifications\n");
    }
}
