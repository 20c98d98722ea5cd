//! The document of the API, made of two tables of operations and of the structs that are answered.

use std::collections::BTreeMap;

use node::login::SCOPES;
use serde_json::Value;
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::encoding::EncodingBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, ParameterStyle, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, Components, ComponentsBuilder, ObjectBuilder, OneOfBuilder, Ref,
    Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::security::{
    AuthorizationCode, ClientCredentials, Flow, OAuth2, Scopes, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Deprecated, InfoBuilder, KnownFormat, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr, Required, ResponseBuilder,
};

use super::operation::{Access, Answer, Kind, Method, Operation, Param};
use super::{admin, schemas, table};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// What can go wrong: each with the `Error` entity.
const ERRORS: [(&str, &str, &str); 10] = [
    ("400", "BadRequest", "It cannot be read, or something is missing"),
    ("401", "Unauthorised", "There is no token, or one that is not valid"),
    ("403", "Forbidden", "The token does not cover it, or whoever asks may not"),
    ("404", "NotFound", "It is not there, or not for whoever asks"),
    ("410", "Gone", "The account was deleted"),
    ("413", "TooLarge", "It is too large"),
    ("422", "Unprocessable", "It can be read, and not be done"),
    ("429", "TooMany", "Too many requests: `Retry-After` says how many seconds to wait"),
    ("500", "Failed", "Something went wrong here, and nothing was changed"),
    ("503", "Unavailable", "Not at the moment: `Retry-After` says how many seconds to wait"),
];

/// What is said of how often one may still call.
const RATES: [(&str, Kind, &str); 3] = [
    ("X-RateLimit-Limit", Kind::Number(0, i64::MAX, None), "How many requests are answered in a time"),
    ("X-RateLimit-Remaining", Kind::Number(0, i64::MAX, None), "How many of them are left"),
    ("X-RateLimit-Reset", Kind::Time, "When all of them are there again"),
];

/// All of it, with a line for each path and each schema.
pub fn written() -> String {
    let whole = serde_json::to_value(document()).unwrap();
    let mut text = String::from("{\n");
    for (at, (name, part)) in whole.as_object().unwrap().iter().enumerate() {
        text += if at == 0 { "" } else { ",\n" };
        match name.as_str() {
            "paths" => text += &format!("\"paths\": {}", lines(part)),
            "components" => {
                let parts = part.as_object().unwrap().iter().map(|(name, part)| format!("\"{name}\": {}", lines(part)));
                text += &format!("\"components\": {{\n{}\n}}", parts.collect::<Vec<_>>().join(",\n"));
            }
            _ => text += &format!("\"{name}\": {part}"),
        }
    }
    text + "\n}\n"
}

fn lines(of: &Value) -> String {
    let lines = of.as_object().unwrap().iter().map(|(name, part)| format!("\"{name}\": {part}"));
    format!("{{\n{}\n}}", lines.collect::<Vec<_>>().join(",\n"))
}

/// All of it.
fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut items: BTreeMap<&str, PathItem> = BTreeMap::new();
    for operation in table::OPERATIONS.iter().chain(admin::OPERATIONS) {
        let methods: &[HttpMethod] = match operation.method {
            Method::Get => &[HttpMethod::Get],
            Method::Post => &[HttpMethod::Post],
            Method::Put => &[HttpMethod::Put],
            Method::Delete => &[HttpMethod::Delete],
            Method::Update => &[HttpMethod::Patch, HttpMethod::Put],
        };
        for method in methods {
            let item = PathItem::new(method.clone(), described(operation, method));
            items.entry(operation.path).or_default().merge_operations(item);
        }
    }
    for (path, item) in items {
        paths = paths.path(path, item);
    }
    let words = "What members' apps and moderators' apps call: the API of Mastodon, as far as this node has it. Names may come in the query, as \
        JSON, or as a form; a list in a query or form has `[]` after its name, or its name several times. Ids are texts. Lists come in \
        pages: the header `Link` says where the next one is. What somebody may not see is not there (404). `X-RateLimit-*` say how often \
        one may still call, where calls are counted.";
    let licence = LicenseBuilder::new().name("AGPL-3.0-only").identifier(Some("AGPL-3.0-only")).build();
    let info = InfoBuilder::new()
        .title("Outloud")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(words))
        .license(Some(licence));
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components())).build()
}

/// Schemas, errors, and how one signs in.
fn components() -> Components {
    let mut components = schemas::all(ComponentsBuilder::new());
    for (_, name, words) in ERRORS {
        let content = Content::new(Some(Ref::from_schema_name("Error")));
        components = components.response(name, ResponseBuilder::new().description(words).content(JSON, content));
    }
    let known = SCOPES.iter().filter(|s| **s != "crypto").map(|s| ((*s).to_owned(), scope_words(s)));
    let scopes: Scopes = known.collect();
    let flows = [
        Flow::AuthorizationCode(AuthorizationCode::new("/oauth/authorize", "/oauth/token", scopes.clone())),
        Flow::ClientCredentials(ClientCredentials::new("/oauth/token", scopes)),
    ];
    let mut components = components.security_scheme(SCHEME, SecurityScheme::OAuth2(OAuth2::new(flows))).build();
    schemas::name_words(&mut components);
    components
}

const SCHEME: &str = "oauth2";

fn scope_words(scope: &str) -> String {
    match scope.rsplit_once(':').unwrap_or(("", scope)) {
        ("", "read") => "Read all that is one's own".to_owned(),
        ("", "write") => "Change all that is one's own".to_owned(),
        ("", "follow") => "Follow, block and mute".to_owned(),
        ("", "push") => "Have notifications pushed".to_owned(),
        ("", "profile") => "Know who one is".to_owned(),
        ("admin", "read") => "Read what moderators read".to_owned(),
        ("admin", "write") => "Do what moderators do".to_owned(),
        (right, what) => format!("Of `{right}` only {what}"),
    }
}

fn described(o: &Operation, method: &HttpMethod) -> OperationBuilder {
    let name = match method {
        HttpMethod::Get => "get",
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        _ => "delete",
    };
    let words: Vec<&str> = o.path.split(['/', '{', '}', '.', '-']).filter(|w| !w.is_empty() && *w != "api").collect();
    let group = words.iter().find(|w| !matches!(**w, "v1" | "v2" | "v1_alpha")).copied().unwrap_or("api");
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("{name}_{}", words.join("_"))))
        .summary(Some(o.says))
        .tag(group);
    if o.deprecated {
        operation = operation.deprecated(Some(Deprecated::True));
    }
    if !o.more.is_empty() {
        operation = operation.description(Some(o.more));
    }
    operation = secured(operation, o.access);
    for name in o.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        operation = operation.parameter(parameter.schema(Some(schema(path_kind(name)))));
    }
    if o.path == "/api/v1/statuses" && *method == HttpMethod::Post {
        let key = ParameterBuilder::new().name("Idempotency-Key").parameter_in(ParameterIn::Header);
        let words = "Some text of the client's own: with one that was used within the last hour nothing is posted, and what was \
            posted then is answered";
        operation = operation.parameter(key.description(Some(words)).schema(Some(schema(Kind::Text))));
    }
    if let Some(rows) = o.page {
        for param in [Param::new("max_id", Kind::Id), Param::new("since_id", Kind::Id), Param::new("min_id", Kind::Id)]
        {
            operation = operation.parameter(in_query(&param));
        }
        operation = operation.parameter(in_query(&Param::new("limit", Kind::Number(1, rows * 2, Some(rows)))));
    }
    if matches!(method, HttpMethod::Get | HttpMethod::Delete) {
        for param in o.params {
            operation = operation.parameter(in_query(param));
        }
    } else if !o.params.is_empty() {
        operation = operation.request_body(Some(body(o.params)));
    }
    answered(operation, o)
}

fn secured(operation: OperationBuilder, access: Access) -> OperationBuilder {
    let with = |scope| SecurityRequirement::new(SCHEME, [scope]);
    let any = SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, []);
    match access {
        // None is asked for, and none is taken amiss.
        Access::Anyone => operation.securities(Some([])),
        Access::MoreForMembers => operation.security(SecurityRequirement::default()).security(any),
        Access::AnyMember | Access::App("") => operation.security(any),
        Access::Open(scope) => operation.security(SecurityRequirement::default()).security(with(scope)),
        Access::Member(scope) | Access::App(scope) => operation.security(with(scope)),
    }
}

/// What a variable of a path is.
fn path_kind(name: &str) -> Kind {
    if matches!(name, "id" | "quoting") { Kind::Id } else { Kind::Text }
}

fn in_query(param: &Param) -> ParameterBuilder {
    let is_list = matches!(param.kind, Kind::Ids | Kind::Texts | Kind::ManyOf(_) | Kind::Numbers);
    let name = if is_list { format!("{}[]", param.name) } else { param.name.to_owned() };
    let required = if param.required { Required::True } else { Required::False };
    let builder = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(required)
        .schema(Some(schema(param.kind)));
    if is_list { builder.style(Some(ParameterStyle::Form)).explode(Some(true)) } else { builder }
}

fn body(params: &[Param]) -> RequestBody {
    let (files, has_files) = (object(params), params.iter().any(|p| matches!(p.kind, Kind::File)));
    let required = params.iter().any(|p| p.required);
    let mut body = RequestBodyBuilder::new().required(Some(if required { Required::True } else { Required::False }));
    if has_files {
        body = body.content(MULTIPART, form(params, files));
    }
    // What has to bring a file comes as one.
    if !params.iter().any(|p| p.required && matches!(p.kind, Kind::File)) {
        let others: Vec<Param> = params.iter().filter(|p| !matches!(p.kind, Kind::File)).copied().collect();
        let schema = object(&others);
        body = body.content(JSON, Content::new(Some(schema.clone()))).content(FORM, form(&others, schema));
    }
    body.build()
}

/// A form, in which a group stands as `group[name]`.
fn form(params: &[Param], schema: RefOr<Schema>) -> Content {
    let mut content = ContentBuilder::new().schema(Some(schema));
    for param in params.iter().filter(|p| matches!(p.kind, Kind::Group(_) | Kind::Groups(_))) {
        let encoding = EncodingBuilder::new().style(Some(ParameterStyle::DeepObject)).explode(Some(true));
        content = content.encoding(param.name, encoding);
    }
    content.build()
}

fn object(params: &[Param]) -> RefOr<Schema> {
    let mut object = ObjectBuilder::new();
    for param in params {
        object = object.property(param.name, schema(param.kind));
        if param.required {
            object = object.required(param.name);
        }
    }
    object.into()
}

fn schema(kind: Kind) -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    let format = |name: KnownFormat| text().format(Some(SchemaFormat::KnownFormat(name)));
    let one_of = |names: &'static [&'static str]| text().enum_values(Some(names.iter().copied()));
    match kind {
        Kind::Text | Kind::Id => text().into(),
        Kind::Secret => format(KnownFormat::Password).into(),
        Kind::Url => text().format(Some(SchemaFormat::Custom("uri".to_owned()))).into(),
        Kind::Time => format(KnownFormat::DateTime).into(),
        Kind::Moment => {
            let either = OneOfBuilder::new().item(format(KnownFormat::DateTime)).item(format(KnownFormat::Date));
            Schema::OneOf(either.build()).into()
        }
        Kind::File => format(KnownFormat::Binary).into(),
        Kind::Flag => ObjectBuilder::new().schema_type(SchemaType::new(Type::Boolean)).into(),
        Kind::Number(least, most, usual) => {
            let number = ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Integer))
                .minimum(Some(least))
                .maximum(Some(most));
            number.default(usual.map(Value::from)).into()
        }
        Kind::OneOf(names) => one_of(names).into(),
        Kind::Ids | Kind::Texts => ArrayBuilder::new().items(text()).into(),
        Kind::ManyOf(names) => ArrayBuilder::new().items(one_of(names)).into(),
        Kind::Numbers => {
            ArrayBuilder::new().items(ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer))).into()
        }
        Kind::Group(params) => object(params),
        Kind::Groups(params) => ArrayBuilder::new().items(object(params)).into(),
    }
}

fn answered(mut operation: OperationBuilder, o: &Operation) -> OperationBuilder {
    let reference = |name: fn() -> std::borrow::Cow<'static, str>| Ref::from_schema_name(name());
    let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    let schema: RefOr<Schema> = match o.answer {
        Answer::One(name) => reference(name).into(),
        Answer::Either(one, other) => AnyOfBuilder::new().item(reference(one)).item(reference(other)).into(),
        Answer::List(name) => ArrayBuilder::new().items(reference(name)).into(),
        Answer::Map(name) => {
            let each = AdditionalProperties::from(RefOr::Ref(reference(name)));
            ObjectBuilder::new().additional_properties(Some(each)).into()
        }
        Answer::Texts => ArrayBuilder::new().items(text()).into(),
        Answer::Flag => schema(Kind::Flag),
        Answer::Plain | Answer::Table | Answer::Events | Answer::Socket | Answer::Never => text().into(),
    };
    let mut response = ResponseBuilder::new().description("Done");
    let header = |kind, words| HeaderBuilder::new().schema(Some(self::schema(kind))).description(Some(words)).build();
    if o.page.is_some() {
        response = response.header("Link", header(Kind::Text, "`next` and `prev`, where there are such pages"));
    }
    for (name, kind, words) in RATES.iter().filter(|_| !o.path.starts_with("/.well-known/")) {
        response = response.header(*name, header(*kind, *words));
    }
    operation = match o.answer {
        Answer::Never => operation,
        Answer::Socket => operation.response("101", ResponseBuilder::new().description("The WebSocket is open")),
        Answer::Plain => {
            operation.response("200", response.content("text/plain; charset=utf-8", Content::new(Some(schema))))
        }
        Answer::Table => {
            let content = Content::new(Some(schema));
            let response = response.content("text/csv; charset=utf-8", content.clone());
            operation.response("200", response.content("text/markdown; charset=utf-8", content))
        }
        Answer::Events => operation.response("200", response.content("text/event-stream", Content::new(Some(schema)))),
        _ => operation.response("200", response.content(JSON, Content::new(Some(schema)))),
    };
    for (status, name, _) in ERRORS.iter().filter(|(status, ..)| is_possible(o, status)) {
        operation = operation.response(*status, RefOr::Ref(Ref::from_response_name(*name)));
    }
    operation
}

/// Whether an operation may go wrong in this way.
fn is_possible(o: &Operation, status: &str) -> bool {
    let is_open = matches!(o.access, Access::Anyone | Access::MoreForMembers);
    let of_account = o.path.contains("/accounts/{id}")
        || o.path.contains("/follow_requests/{id}")
        || o.path.contains("/suggestions/{id}");
    match status {
        "410" => of_account || o.path == "/api/v1/reports",
        "422" => !is_open || !o.params.is_empty(),
        _ => true,
    }
}
