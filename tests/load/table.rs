//! What was measured, and what is promised.

use std::fmt;

use crate::target::Engine;

/// What a figure must keep to.
#[derive(Clone, Copy)]
pub enum Promise {
    AtLeast(f64),
    AtMost(f64),
    /// At most so many times, on either engine.
    Growth(f64),
    /// It is told and no more.
    None,
}

struct Line {
    name: String,
    promise: Promise,
    values: [Option<f64>; 2],
}

#[derive(Default)]
pub struct Table(Vec<Line>);

impl Table {
    pub fn put(&mut self, engine: Engine, name: &str, promise: Promise, value: f64) {
        let column = usize::from(engine == Engine::Postgres);
        eprintln!("    {name}: {}", number(value));
        match self.0.iter_mut().find(|l| l.name == name) {
            Some(line) => line.values[column] = Some(value),
            None => {
                let mut values = [None, None];
                values[column] = Some(value);
                self.0.push(Line { name: name.to_owned(), promise, values });
            }
        }
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 1_000.0 => format!("{:.0}", value),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | promised | SQLite | PostgreSQL |\n|---|---|---|---|")?;
        for line in &self.0 {
            let promise = match line.promise {
                Promise::AtLeast(v) => format!("≥ {}", number(v)),
                Promise::AtMost(v) | Promise::Growth(v) => format!("≤ {}", number(v)),
                Promise::None => String::new(),
            };
            let cell = |engine: Engine, value: Option<f64>| {
                let value = value?;
                let missed = match line.promise {
                    Promise::AtLeast(p) => engine == Engine::Sqlite && value < p,
                    Promise::AtMost(p) => engine == Engine::Sqlite && value > p,
                    Promise::Growth(p) => value > p,
                    Promise::None => false,
                };
                Some(number(value) + if missed { " (missed)" } else { "" })
            };
            let [sqlite, postgres] = line.values;
            let sqlite = cell(Engine::Sqlite, sqlite).unwrap_or_default();
            let postgres = cell(Engine::Postgres, postgres).unwrap_or_default();
            writeln!(f, "| {} | {promise} | {sqlite} | {postgres} |", line.name)?;
        }
        Ok(())
    }
}
