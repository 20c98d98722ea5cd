//! Lists of rules for other servers as Mastodon writes and reads them: CSV (RFC 4180) whose first line names the columns. Knows
//! the text and nothing of databases.

use model::clock::Millis;
use model::handle::canonical_domain;
use storage::DomainRule;

/// The columns, in Mastodon's order.
const COLUMNS: [&str; 6] =
    ["#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"];

/// What a file said.
#[derive(Debug, Default)]
pub struct Read {
    pub rules: Vec<DomainRule>,
    /// Lines that say nothing that can be done, each with the reason.
    pub left_out: Vec<String>,
}

/// Reads a list. Without a first line of names it is a list of domains to block. What a line does not say is as Mastodon takes it:
/// blocked, media and reports not rejected besides.
pub fn read(text: &str, now: Millis) -> Read {
    let rows = rows(text.trim_start_matches('\u{FEFF}'));
    let mut columns: Vec<String> = vec!["#domain".to_owned()];
    let mut read = Read::default();
    for (line, row) in rows {
        let is_head = row.first().is_some_and(|c| matches!(c.trim(), "#domain" | "domain"));
        if is_head {
            columns = row.iter().map(|c| format!("#{}", c.trim().trim_start_matches('#'))).collect();
            continue;
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|c| c == name);
            at.and_then(|at| row.get(at)).map(|c| c.trim()).filter(|c| !c.is_empty())
        };
        let Some(domain) = cell("#domain") else { continue };
        let Some(canonical) = canonical_domain(domain.strip_prefix("*.").unwrap_or(domain)) else {
            read.left_out.push(format!("line {line}: “{}” is not a domain", printable(domain)));
            continue;
        };
        let severity = match cell("#severity") {
            None | Some("suspend") => "suspend",
            Some("silence") => "limit",
            Some("noop") => "none",
            Some(other) => {
                read.left_out.push(format!("line {line}: “{}” is no severity", printable(other)));
                continue;
            }
        };
        let says = |name| cell(name).is_some_and(|c| matches!(c.to_lowercase().as_str(), "true" | "t" | "1" | "yes"));
        read.rules.push(DomainRule {
            reject_media: says("#reject_media"),
            reject_reports: says("#reject_reports"),
            obfuscate: says("#obfuscate"),
            public_comment: printable(cell("#public_comment").unwrap_or_default()),
            ..DomainRule::new(&canonical, severity, now)
        });
    }
    read
}

/// Writes a list. Rules that say nothing but that a server is allowed are none of Mastodon's.
pub fn write(rules: &[DomainRule]) -> String {
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for rule in rules.iter().filter(|r| r.severity != "none" || r.reject_media || r.reject_reports) {
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

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// What may be printed on a terminal.
fn printable(text: &str) -> String {
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

    #[test]
    fn a_list_of_mastodons_is_read_line_by_line() {
        let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n\
                    Bad.example,suspend,false,true,\"Spam, and \"\"worse\"\"\nfor years\",true\r\n\
                    loud.example,silence,true,false,,false\n\
                    odd.example,noop,false,false,,false\n\
                    ba*.example,suspend,false,false,,false\n\
                    new.example,vanish,false,false,,false\n\n";
        let read = read(text, 5);
        let [bad, loud, odd] = read.rules.as_slice() else { panic!("{read:?}") };
        assert_eq!((bad.domain.as_str(), bad.severity.as_str()), ("bad.example", "suspend"));
        assert_eq!((bad.reject_media, bad.reject_reports, bad.obfuscate), (false, true, true));
        assert_eq!(bad.public_comment, "Spam, and \"worse\"for years");
        assert_eq!((loud.severity.as_str(), loud.reject_media), ("limit", true));
        assert_eq!(odd.severity, "none");
        assert_eq!(read.left_out, ["line 6: “ba*.example” is not a domain", "line 7: “vanish” is no severity"]);
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let rules = [
            DomainRule {
                reject_reports: true,
                obfuscate: true,
                public_comment: "a, \"b\"".to_owned(),
                ..DomainRule::new("bad.example", "suspend", 5)
            },
            DomainRule { reject_media: true, ..DomainRule::new("pics.example", "none", 5) },
            DomainRule::new("loud.example", "limit", 5),
        ];
        let text = write(&rules);
        assert!(
            text.starts_with("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"),
            "{text}"
        );
        assert!(text.contains("bad.example,suspend,false,true,\"a, \"\"b\"\"\",true\n"), "{text}");
        assert_eq!(read(&text, 5).rules, rules);
        let allowed = DomainRule { allowed: true, ..DomainRule::new("good.example", "none", 5) };
        assert_eq!(write(&[allowed]).lines().count(), 1);
    }

    #[test]
    fn a_plain_list_of_domains_is_a_list_of_blocks() {
        let read = read("bad.example\n*.worse.example\n", 5);
        assert_eq!(
            read.rules,
            [DomainRule::new("bad.example", "suspend", 5), DomainRule::new("worse.example", "suspend", 5)]
        );
    }
}
