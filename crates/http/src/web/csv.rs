//! Tables for spreadsheets (RFC 4180).

use serde_json::Value;

pub const TYPE: &str = "text/csv; charset=utf-8";

/// A table with a first line of names; each record is an object that has them.
pub fn table(columns: &[&str], records: &[Value]) -> String {
    let mut table = columns.join(",") + "\r\n";
    for record in records {
        let cells = columns.iter().map(|column| match &record[*column] {
            Value::String(text) => cell(text),
            Value::Null => String::new(),
            other => other.to_string(),
        });
        table += &(cells.collect::<Vec<_>>().join(",") + "\r\n");
    }
    table
}

/// A text of a stranger's as a cell. Spreadsheets take what begins with some signs for a formula: it gets an apostrophe.
fn cell(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t']);
    let text = if is_formula { format!("'{text}") } else { text };
    // Where a semicolon stands between cells, one without quotes would end there.
    if text.contains([',', ';', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas_and_stay_cells() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("nice;=1+1"), "\"nice;=1+1\"");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("a, \"b\"\r\nc"), "\"a, \"\"b\"\"  c\"");
    }
}
