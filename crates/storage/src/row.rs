//! Values into statements and rows out of them, the same for both engines.

use std::borrow::Cow;

use model::account::{ActorKind, Emoji, Field, MemberState, Role};
use model::audience::Audience;
use model::challenge::{Standing, State};
use model::filter::FilterAction;
use model::hat::Hat;
use model::list::RepliesPolicy;
use model::notification::{Digest, NotificationKind};
use model::policy::Policy;
use model::post::{EditMedia, MediaKind};
use model::quote::{QuoteState, StampKind};
use model::takeout::{Progress, RowState, Stage};
use model::text::Format;
use sqlx::Row as _;

use crate::Error;

/// A value bound to a placeholder. The engines want to know the type of a null, hence the options.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    Int(Option<i64>),
    Text(Option<Cow<'a, str>>),
    Bool(Option<bool>),
    Real(Option<f64>),
}

macro_rules! from {
    ($($type:ty => |$v:ident| $value:expr),* $(,)?) => {
        $(impl<'a> From<$type> for Value<'a> { fn from($v: $type) -> Self { $value } })*
    };
}

from! {
    i64 => |v| Value::Int(Some(v)),
    Option<i64> => |v| Value::Int(v),
    &'a str => |v| Value::Text(Some(v.into())),
    &'a String => |v| Value::Text(Some(v.as_str().into())),
    String => |v| Value::Text(Some(v.into())),
    Option<&'a str> => |v| Value::Text(v.map(Into::into)),
    Option<String> => |v| Value::Text(v.map(Into::into)),
    bool => |v| Value::Bool(Some(v)),
    f64 => |v| Value::Real(Some(v)),
    Audience => |v| Value::Int(Some(v as i64)),
    Option<Audience> => |v| Value::Int(v.map(|v| v as i64)),
    ActorKind => |v| Value::Text(Some(v.name().into())),
    Role => |v| Value::Text(Some(v.name().into())),
    MemberState => |v| Value::Text(Some(v.name().into())),
    MediaKind => |v| Value::Text(Some(v.name().into())),
    NotificationKind => |v| Value::Text(Some(v.name().into())),
    Digest => |v| Value::Text(Some(v.name().into())),
    QuoteState => |v| Value::Text(Some(v.name().into())),
    StampKind => |v| Value::Text(Some(v.name().into())),
    Format => |v| Value::Text(Some(v.name().into())),
    FilterAction => |v| Value::Text(Some(v.name().into())),
    RepliesPolicy => |v| Value::Text(Some(v.name().into())),
    Hat => |v| Value::Text(Some(v.name().into())),
    model::pairing::Kind => |v| Value::Text(Some(v.name().into())),
}

/// A document or a list, written as JSON text.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> Value<'static> {
    // Our own lists of strings and numbers always have a JSON form.
    Value::Text(Some(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()).into()))
}

/// Ids for `in (select value from json_each($n))`.
pub(crate) fn ids(list: &[i64]) -> Value<'static> {
    json(list)
}

/// `args![a, b, c]`: the values of a statement, in the order of its placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::row::Value::from($value)),*] };
}

/// A row of either engine, while it is being read.
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r sqlx::postgres::PgRow),
}

/// Reads a row's columns from left to right.
pub(crate) struct Columns<'r> {
    row: &'r Row<'r>,
    at: usize,
}

impl Row<'_> {
    pub(crate) fn columns(&self) -> Columns<'_> {
        Columns { row: self, at: 0 }
    }

    /// A text, without a copy of it.
    fn text(&self, at: usize) -> Result<&str, Error> {
        Ok(match self {
            Row::Sqlite(row) => row.get_ref(at)?.as_str().map_err(rusqlite::Error::from)?,
            Row::Postgres(row) => row.try_get(at)?,
        })
    }
}

impl Columns<'_> {
    pub(crate) fn next<T: Column>(&mut self) -> Result<T, Error> {
        let at = self.at;
        self.at += 1;
        T::read(self.row, at)
    }
}

/// What a column can hold.
pub(crate) trait Column: Sized {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, Error>;
}

macro_rules! native {
    ($($type:ty),*) => {
        $(impl Column for $type {
            fn read(row: &Row<'_>, at: usize) -> Result<Self, Error> {
                Ok(match row {
                    Row::Sqlite(row) => row.get(at)?,
                    Row::Postgres(row) => row.try_get(at)?,
                })
            }
        })*
    };
}
native!(i64, bool, f64, String, Option<i64>, Option<String>, Option<bool>);

macro_rules! documents {
    ($($type:ty),*) => {
        $(impl Column for $type {
            fn read(row: &Row<'_>, at: usize) -> Result<Self, Error> {
                let text = row.text(at)?;
                serde_json::from_str(text).map_err(|e| Error::Corrupt(format!("a {}: {e}", stringify!($type))))
            }
        })*
    };
}
documents!(
    Policy,
    model::post::Draft,
    Option<model::experiment::Form>,
    Vec<i64>,
    Vec<Field>,
    Vec<Emoji>,
    Vec<String>,
    Vec<EditMedia>,
    Vec<crate::Snapshot>,
    serde_json::Value
);

macro_rules! named {
    ($($type:ty => $read:expr),* $(,)?) => {
        $(impl Column for $type {
            fn read(row: &Row<'_>, at: usize) -> Result<Self, Error> {
                let text = row.text(at)?;
                $read(text).ok_or_else(|| Error::Corrupt(format!("“{text}” as {}", stringify!($type))))
            }
        })*
    };
}
named! {
    ActorKind => ActorKind::from_name,
    Role => |name: &str| name.parse::<Role>().ok(),
    MemberState => MemberState::from_name,
    MediaKind => MediaKind::from_name,
    NotificationKind => NotificationKind::from_name,
    Digest => Digest::from_name,
    QuoteState => QuoteState::from_name,
    StampKind => StampKind::from_name,
    Format => Format::from_name,
    FilterAction => FilterAction::from_name,
    RepliesPolicy => RepliesPolicy::from_name,
    State => State::from_name,
    model::experiment::State => model::experiment::State::from_name,
    Standing => Standing::from_name,
    Hat => Hat::from_name,
    model::pairing::Kind => model::pairing::Kind::from_name,
    model::takeout::Kind => model::takeout::Kind::from_name,
    Progress => Progress::from_name,
    Stage => Stage::from_name,
    RowState => RowState::from_name,
}

fn audience(number: i64) -> Result<Audience, Error> {
    Audience::from_stored(number).ok_or_else(|| Error::Corrupt(format!("{number} as an audience")))
}

impl Column for Audience {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, Error> {
        audience(i64::read(row, at)?)
    }
}

impl Column for Option<Audience> {
    fn read(row: &Row<'_>, at: usize) -> Result<Self, Error> {
        Option::<i64>::read(row, at)?.map(audience).transpose()
    }
}

/// What a whole row becomes.
pub(crate) trait FromRow: Sized {
    fn from_row(row: &Row<'_>) -> Result<Self, Error>;
}

macro_rules! tuples {
    ($(($($name:ident),+)),*) => {
        $(impl<$($name: Column),+> FromRow for ($($name,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self, Error> {
                let mut columns = row.columns();
                Ok(($(columns.next::<$name>()?,)+))
            }
        })*
    };
}
tuples!((A), (A, B), (A, B, C), (A, B, C, D), (A, B, C, D, E), (A, B, C, D, E, F));

/// Ties a struct to its columns: `row!(Account, account_columns, "a.": id, uri, …)` reads the struct from a row and makes
/// `account_columns!()`, the text to select; `row!(Job: id, …)` only reads.
macro_rules! row {
    ($type:ty: $first:ident $(, $field:ident)* $(,)?) => {
        impl $crate::row::FromColumns for $type {
            fn from_columns(columns: &mut $crate::row::Columns<'_>) -> Result<Self, $crate::Error> {
                Ok(Self { $first: columns.next()?, $($field: columns.next()?),* })
            }
        }

        impl $crate::row::FromRow for $type {
            fn from_row(row: &$crate::row::Row<'_>) -> Result<Self, $crate::Error> {
                $crate::row::from_row_at(row, 0)
            }
        }
    };
    ($type:ty, $columns:ident, $prefix:literal: $first:ident $(, $field:ident)* $(,)?) => {
        macro_rules! $columns {
            () => { concat!($prefix, stringify!($first) $(, ", ", $prefix, stringify!($field))*) };
        }
        row!($type: $first $(, $field)*);
    };
}

/// A struct whose columns stand after others.
pub(crate) trait FromColumns: Sized {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, Error>;
}

pub(crate) fn from_row_at<T: FromColumns>(row: &Row<'_>, at: usize) -> Result<T, Error> {
    T::from_columns(&mut Columns { row, at })
}
