//! One operation of the API, as it stands in a table: what is called, who may, what comes along and what comes back.

use std::borrow::Cow;

use utoipa::ToSchema;

/// How a path is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
    /// `PATCH`, and `PUT` as well.
    Update,
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, whatever their token covers.
    Anyone,
    /// Everybody; a member is told more, whatever their token covers.
    MoreForMembers,
    /// Every member, whatever their token covers.
    AnyMember,
    /// Everybody; a member whose token covers this.
    Open(&'static str),
    /// A member whose token covers this.
    Member(&'static str),
    /// An app that speaks for itself, if its token covers this.
    App(&'static str),
}

/// What a parameter is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    Secret,
    Id,
    Url,
    Time,
    /// A time, or a day.
    Moment,
    Flag,
    /// From, to; and what counts where nothing is said.
    Number(i64, i64, Option<i64>),
    OneOf(&'static [&'static str]),
    Ids,
    Texts,
    ManyOf(&'static [&'static str]),
    Numbers,
    Group(&'static [Param]),
    Groups(&'static [Param]),
    File,
}

#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

impl Param {
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false }
    }

    /// That it has to be there.
    pub const fn must(self) -> Self {
        Self { required: true, ..self }
    }
}

/// The name of a schema.
type Name = fn() -> Cow<'static, str>;

/// What comes back when all is well.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    One(Name),
    /// The one or the other.
    Either(Name, Name),
    List(Name),
    /// By some name.
    Map(Name),
    Texts,
    Flag,
    /// Text that is no JSON.
    Plain,
    /// A file for spreadsheets, or one of text.
    Table,
    /// Server-sent events.
    Events,
    /// A WebSocket.
    Socket,
    /// This node never has what is asked for.
    Never,
}

#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub method: Method,
    pub path: &'static str,
    /// In a few words what it is or does.
    pub says: &'static str,
    /// What there is to know about it besides.
    pub more: &'static str,
    pub access: Access,
    pub params: &'static [Param],
    /// Rows of a page by default, where there are pages; twice as many at most.
    pub page: Option<i64>,
    pub answer: Answer,
    pub deprecated: bool,
}

pub const fn get(path: &'static str, says: &'static str) -> Operation {
    Operation::new(Method::Get, path, says)
}

pub const fn post(path: &'static str, says: &'static str) -> Operation {
    Operation::new(Method::Post, path, says)
}

pub const fn put(path: &'static str, says: &'static str) -> Operation {
    Operation::new(Method::Put, path, says)
}

pub const fn delete(path: &'static str, says: &'static str) -> Operation {
    Operation::new(Method::Delete, path, says)
}

pub const fn update(path: &'static str, says: &'static str) -> Operation {
    Operation::new(Method::Update, path, says)
}

/// What is said by `{}`: that it was done.
#[derive(ToSchema)]
pub struct Empty {}

impl Operation {
    const fn new(method: Method, path: &'static str, says: &'static str) -> Self {
        let answer = Answer::One(<Empty as ToSchema>::name);
        Self {
            method,
            path,
            says,
            more: "",
            access: Access::Anyone,
            params: &[],
            page: None,
            answer,
            deprecated: false,
        }
    }

    /// For members whose token covers `scope`.
    pub const fn needs(self, scope: &'static str) -> Self {
        Self { access: Access::Member(scope), ..self }
    }

    /// For everybody; of members the token has to cover `scope`.
    pub const fn open(self, scope: &'static str) -> Self {
        Self { access: Access::Open(scope), ..self }
    }

    /// In some sentences what whoever calls it has to know (CommonMark).
    pub const fn tells(self, more: &'static str) -> Self {
        Self { more, ..self }
    }

    pub const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    pub const fn takes(self, params: &'static [Param]) -> Self {
        Self { params, ..self }
    }

    /// One page of several, by the cursors in the `Link` header.
    pub const fn paged(self, rows: i64) -> Self {
        Self { page: Some(rows), ..self }
    }

    pub const fn gives<T: ToSchema>(self) -> Self {
        Self { answer: Answer::One(T::name), ..self }
    }

    pub const fn gives_either<T: ToSchema, U: ToSchema>(self) -> Self {
        Self { answer: Answer::Either(T::name, U::name), ..self }
    }

    pub const fn lists<T: ToSchema>(self) -> Self {
        Self { answer: Answer::List(T::name), ..self }
    }

    pub const fn maps<T: ToSchema>(self) -> Self {
        Self { answer: Answer::Map(T::name), ..self }
    }

    pub const fn answers(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

    /// That there is something better.
    pub const fn deprecated(self) -> Self {
        Self { deprecated: true, ..self }
    }
}
