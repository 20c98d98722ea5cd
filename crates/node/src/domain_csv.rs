//! Lists of rules for other servers as Mastodon writes and reads them: CSV (RFC 4180) whose first line names the columns. Knows
//! the text and nothing of databases.

use model::clock::Millis;
use model::handle::canonical_domain;
use storage::DomainRule;

/// The columns, in Mastodon's order. A list of allowed servers has the first alone.
const COLUMNS: [&str; 6] =
    ["#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"];

/// What a file said.
#[derive(Debug, Default)]
pub struct Read {
    pub rows: Vec<Row>,
    /// Rows that say nothing that can be done, each with its line and the reason.
    pub left_out: Vec<String>,
    /// The list says of each server what is to be done to it; one that does not has nothing but names.
    pub has_severity: bool,
    /// What should be cells of their own stands in one, between semicolons, as some programs save it.
    pub has_semicolons: bool,
}

/// A row that can be done.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file: who mends the list looks there.
    pub line: usize,
    pub rule: DomainRule,
}

/// Reads a list. Without a first row that names a column `domain` it is a list of domains to block, as Mastodon takes it. What a row
/// does not say is as Mastodon takes it, too: blocked, media and reports not rejected besides.
pub fn read(text: &str, now: Millis) -> Read {
    let mut rows = rows(text.trim_start_matches('\u{FEFF}')).into_iter().peekable();
    let head = rows.next_if(|(_, row)| row.iter().any(|cell| column(cell) == "#domain"));
    let columns = head.map_or(vec!["#domain".to_owned()], |(_, row)| row.iter().map(|c| column(c)).collect());
    let mut read = Read { has_severity: columns.iter().any(|c| c == "#severity"), ..Read::default() };
    for (line, row) in rows {
        let cell = |name: &str| {
            let at = columns.iter().position(|c| c == name);
            at.and_then(|at| row.get(at)).map_or("", |c| c.trim())
        };
        match rule(cell, now) {
            Ok(rule) => match read.rows.iter().find(|r| r.rule.domain == rule.domain) {
                Some(first) => {
                    read.left_out.push(format!("line {line}: {} stands in line {} already", rule.domain, first.line));
                }
                None => read.rows.push(Row { line, rule }),
            },
            Err(reason) => {
                read.has_semicolons |= cell("#domain").contains(';');
                read.left_out.push(format!("line {line}: {reason}"));
            }
        }
    }
    read
}

/// The name of a column, as Mastodon writes it. Lists from elsewhere leave out the `#`.
fn column(cell: &str) -> String {
    format!("#{}", cell.trim().trim_start_matches('#').to_lowercase())
}

/// What a row says, by the names of its columns; or why nothing can be done about it.
fn rule<'r>(cell: impl Fn(&str) -> &'r str, now: Millis) -> Result<DomainRule, String> {
    let domain = domain(cell("#domain"))?;
    let severity = match cell("#severity") {
        "" | "suspend" => "suspend",
        "silence" => "limit",
        "noop" => "none",
        other => return Err(format!("“{}” is no severity: suspend, silence or noop", printable(other))),
    };
    let says = |name: &str| match cell(name).to_lowercase().as_str() {
        "true" | "t" | "1" | "yes" => Ok(true),
        "" | "false" | "f" | "0" | "no" => Ok(false),
        other => Err(format!("“{}” as {} is neither true nor false", printable(other), &name[1..])),
    };
    let rule = DomainRule {
        reject_media: says("#reject_media")?,
        reject_reports: says("#reject_reports")?,
        obfuscate: says("#obfuscate")?,
        public_comment: printable(cell("#public_comment")),
        ..DomainRule::new(&domain, severity, now)
    };
    // Mastodon notes servers down in this way; here a rule that does nothing would only be forgotten by the next export.
    if is_empty(&rule) {
        return Err(format!("{domain} is to be neither blocked nor limited, and nothing of it rejected"));
    }
    Ok(rule)
}

/// A server's name. One word alone is one only with a port: more often it is a cell of another column.
fn domain(cell: &str) -> Result<String, String> {
    if cell.is_empty() {
        return Err("it names no domain".to_owned());
    }
    let name = cell.strip_prefix("*.").unwrap_or(cell);
    match canonical_domain(name) {
        Some(domain) if domain.contains('.') || name.contains(':') => Ok(domain),
        Some(_) => Err(format!("“{}” is not a domain: it has no dot", printable(cell))),
        None => Err(format!("“{}” is not a domain", printable(cell))),
    }
}

fn is_empty(rule: &DomainRule) -> bool {
    rule.severity == "none" && !rule.reject_media && !rule.reject_reports
}

/// Writes a list. That a server is allowed has no place in it: see [`write_allowed`].
pub fn write(rules: &[DomainRule]) -> String {
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for rule in rules.iter().filter(|r| !is_empty(r)) {
        let severity = match rule.severity.as_str() {
            "limit" => "silence",
            "none" => "noop",
            other => other,
        };
        let flags = [rule.reject_media, rule.reject_reports].map(|f| f.to_string());
        let [media, reports] = flags;
        let comment = quoted(&rule.public_comment);
        text.push_str(&format!("{},{severity},{media},{reports},{comment},{}\n", quoted(&rule.domain), rule.obfuscate));
    }
    text
}

/// Writes the list of allowed servers, which Mastodon keeps as one of its own.
pub fn write_allowed(rules: &[DomainRule]) -> String {
    let mut text = format!("{}\n", COLUMNS[0]);
    for rule in rules.iter().filter(|r| r.allowed) {
        text.push_str(&format!("{}\n", quoted(&rule.domain)));
    }
    text
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// What may be printed on a terminal, in one line.
fn printable(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().filter(|c| !c.is_control()).collect()
}

/// The rows with the number of the line that each begins on; empty ones are left out.
fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begun, mut in_quotes) = (1, 1, false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if in_quotes && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if in_quotes || cell.is_empty() => in_quotes = !in_quotes,
            ',' if !in_quotes => row.push(std::mem::take(&mut cell)),
            '\r' if !in_quotes => {}
            '\n' if !in_quotes => {
                row.push(std::mem::take(&mut cell));
                rows.push((begun, std::mem::take(&mut row)));
                begun = line;
            }
            other => cell.push(other),
        }
    }
    row.push(cell);
    rows.push((begun, row));
    rows.retain(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of a list, of which nothing is left out.
    fn rules(text: &str) -> Vec<DomainRule> {
        let read = read(text, 5);
        assert!(read.left_out.is_empty(), "{read:?}");
        read.rows.into_iter().map(|r| r.rule).collect()
    }

    fn blocked(domain: &str) -> DomainRule {
        DomainRule::new(domain, "suspend", 5)
    }

    #[test]
    fn a_list_of_mastodons_is_read_line_by_line() {
        let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n\
                    Bad.example,suspend,false,true,\"Spam, and \"\"worse\"\"\r\nfor years\",true\r\n\
                    loud.example,silence,true,false,,false\n\
                    ba*.example,suspend,false,false,,false\n\
                    new.example,vanish,false,false,,false\n\
                    ,suspend,false,false,,false\n\
                    bad.example,silence,false,false,,false\n\n";
        let read = read(text, 5);
        let [bad, loud] = read.rows.as_slice() else { panic!("{read:?}") };
        assert_eq!((bad.line, loud.line), (2, 4));
        let (bad, loud) = (&bad.rule, &loud.rule);
        assert_eq!((bad.domain.as_str(), bad.severity.as_str()), ("bad.example", "suspend"));
        assert_eq!((bad.reject_media, bad.reject_reports, bad.obfuscate), (false, true, true));
        assert_eq!(bad.public_comment, "Spam, and \"worse\" for years");
        assert_eq!((loud.severity.as_str(), loud.reject_media), ("limit", true));
        assert_eq!(
            read.left_out,
            [
                "line 5: “ba*.example” is not a domain",
                "line 6: “vanish” is no severity: suspend, silence or noop",
                "line 7: it names no domain",
                "line 8: bad.example stands in line 2 already",
            ]
        );
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let list = [
            DomainRule {
                reject_reports: true,
                obfuscate: true,
                public_comment: "a, \"b\"".to_owned(),
                ..blocked("bad.example")
            },
            DomainRule { reject_media: true, ..DomainRule::new("pics.example", "none", 5) },
            DomainRule::new("loud.example", "limit", 5),
        ];
        let text = write(&list);
        assert!(
            text.starts_with("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"),
            "{text}"
        );
        assert!(text.contains("bad.example,suspend,false,true,\"a, \"\"b\"\"\",true\n"), "{text}");
        assert_eq!(rules(&text), list);
        let allowed = DomainRule { allowed: true, ..DomainRule::new("good.example", "none", 5) };
        assert_eq!(write(std::slice::from_ref(&allowed)).lines().count(), 1);
        assert_eq!(write_allowed(&[allowed, blocked("bad.example")]), "#domain\ngood.example\n");
    }

    #[test]
    fn a_plain_list_of_domains_is_a_list_of_blocks() {
        let list = "bad.example\n*.worse.example\nlocalhost:4000\n";
        assert_eq!(rules(list), ["bad.example", "worse.example", "localhost:4000"].map(blocked));
        assert!(!read(list, 5).has_severity);
    }

    #[test]
    fn the_column_of_domains_may_stand_anywhere_and_one_word_is_no_domain() {
        let list = "Severity,Domain,public_comment\nsilence,loud.example,Noise\n,bad.example,\n";
        let loud = DomainRule { public_comment: "Noise".to_owned(), ..DomainRule::new("loud.example", "limit", 5) };
        assert_eq!(rules(list), [loud, blocked("bad.example")]);
        assert!(read(list, 5).has_severity);
        let list = read("severity,host\nsuspend,bad.example\nworse.example,silence\n", 5);
        assert_eq!(list.rows, [Row { line: 3, rule: blocked("worse.example") }]);
        assert_eq!(
            list.left_out,
            ["line 1: “severity” is not a domain: it has no dot", "line 2: “suspend” is not a domain: it has no dot"]
        );
    }

    #[test]
    fn a_row_of_a_list_of_domains_that_is_no_rule_is_left_out_with_the_reason() {
        let list = read("domain,severity,reject_media\nodd.example,noop,no\nbad.example,suspend,Maybe\n", 5);
        assert!(list.rows.is_empty());
        assert_eq!(
            list.left_out,
            [
                "line 2: odd.example is to be neither blocked nor limited, and nothing of it rejected",
                "line 3: “maybe” as reject_media is neither true nor false",
            ]
        );
        assert!(!list.has_semicolons);
        assert!(read("#domain;#severity\nbad.example;suspend\n", 5).has_semicolons);
    }
}
