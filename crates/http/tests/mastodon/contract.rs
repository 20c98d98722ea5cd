//! The document of the API (`/api/openapi.json`), and whether what is answered is as it says: every answer that a test of this binary
//! gets of a documented route is held against it, and has nothing that the document does not know.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Who may call an operation, as the document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// With any token of a member or an app.
    AnyToken,
    Open(String),
    Scoped(String),
}

#[derive(Debug)]
pub struct Operation {
    /// `GET` and the like.
    pub method: String,
    pub path: String,
    pub access: Access,
    /// Names of the query and of the body.
    names: BTreeSet<String>,
    said: Value,
}

pub struct Contract {
    pub document: Value,
    pub operations: Vec<Operation>,
    known: Mutex<HashMap<String, Arc<Validator>>>,
}

/// The document of this code. It is the same for all nodes, so one is asked, once.
pub static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let ask = || async { crate::api::Api::start().await.raw_text("/api/openapi.json").await };
    #[expect(
        clippy::disallowed_methods,
        reason = "a test has a runtime of its own already, which cannot wait for another"
    )]
    let text = std::thread::spawn(move || tokio::runtime::Runtime::new().unwrap().block_on(ask())).join().unwrap();
    Contract::new(serde_json::from_str(&text).unwrap())
});

impl Contract {
    fn new(document: Value) -> Self {
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, said) in item.as_object().unwrap() {
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    access: access(said),
                    names: names(said),
                    said: said.clone(),
                });
            }
        }
        // Words stand before what stands for any.
        operations.sort_by_key(|o| o.path.replace('{', "~"));
        Self { document, operations, known: Mutex::default() }
    }

    fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.trim_end_matches('/');
        self.operations.iter().find(|o| o.method == method && fits(&o.path, path))
    }

    /// Panics where an answer is not as the document says. `asked`: the path and query, `sent`: the body, where it is JSON.
    #[track_caller]
    pub fn check(&self, method: &str, asked: &str, sent: &Value, status: u16, content: &str, body: &[u8]) {
        let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
        let Some(operation) = self.find(method, path) else { return };
        let called = format!("{method} {} answers {status}", operation.path);
        // Nobody has to say in which ways something cannot be called.
        if status == 405 {
            return;
        }
        let said = self.resolved(&operation.said["responses"][&status.to_string()]);
        assert!(said.is_object(), "{called}, of which the document knows nothing: {}", String::from_utf8_lossy(body));
        let Some(schema) = said["content"].get(content).map(|c| &c["schema"]) else {
            assert!(said.get("content").is_none(), "{called} as {content}");
            return;
        };
        if content != "application/json" {
            return;
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let validator = self.validator(schema);
        let problems: Vec<String> =
            validator.iter_errors(&body).map(|e| format!("{} at {}", e, e.instance_path())).collect();
        assert!(problems.is_empty(), "{called}, which is not as documented: {problems:#?}\n{body:#}");
        let mut unknown = BTreeSet::new();
        self.unknown(schema, &body, "", &mut unknown);
        assert!(unknown.is_empty(), "{called} with what is not documented: {unknown:?}\n{body:#}");
        if status == 200 {
            let query = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned());
            let sent = sent.as_object().into_iter().flatten().map(|(name, _)| name.clone());
            for name in query.chain(sent) {
                let name = name.split('[').next().unwrap();
                assert!(
                    operation.names.contains(name),
                    "{called} and takes {name}, of which the document knows nothing"
                );
            }
        }
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut known = self.known.lock().unwrap();
        let made = known.entry(schema.to_string()).or_insert_with(|| {
            let whole = json!({"allOf": [schema], "components": self.document["components"]});
            Arc::new(jsonschema::options().should_validate_formats(true).build(&whole).unwrap())
        });
        Arc::clone(made)
    }

    /// What a reference leads to; else the thing itself.
    pub fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(to) => {
                self.document.pointer(to.trim_start_matches('#')).unwrap_or_else(|| panic!("{to} leads nowhere"))
            }
            None => value,
        }
    }

    /// Collects properties that no schema knows.
    fn unknown(&self, schema: &Value, value: &Value, place: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Array(list) => {
                let items = self.parts(schema).into_iter().find_map(|s| s.get("items").cloned());
                for item in list {
                    self.unknown(items.as_ref().unwrap_or(&Value::Null), item, &format!("{place}[]"), found);
                }
            }
            Value::Object(fields) => {
                let parts = self.parts(schema);
                let mut known: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
                for (name, schema) in parts.iter().filter_map(|s| s["properties"].as_object()).flatten() {
                    known.entry(name).or_default().push(schema);
                }
                let others: Vec<&Value> = parts.iter().filter_map(|s| s.get("additionalProperties")).collect();
                for (name, value) in fields {
                    let place = format!("{place}.{name}");
                    match known.get(name.as_str()).unwrap_or(&others).as_slice() {
                        [] => {
                            found.insert(place);
                        }
                        // Several may be meant; what one of them knows is known.
                        schemas => self.unknown(&json!({"anyOf": schemas}), value, &place, found),
                    }
                }
            }
            _ => {}
        }
    }

    /// A schema with all that it is made of.
    fn parts<'a>(&'a self, schema: &'a Value) -> Vec<Value> {
        let schema = self.resolved(schema);
        let mut parts = vec![schema.clone()];
        for of in ["allOf", "oneOf", "anyOf"] {
            parts.extend(schema[of].as_array().into_iter().flatten().flat_map(|part| self.parts(part)));
        }
        parts
    }
}

fn access(said: &Value) -> Access {
    let ways: Vec<&Map<String, Value>> =
        said["security"].as_array().unwrap().iter().map(|way| way.as_object().unwrap()).collect();
    let scope = ways.iter().filter_map(|way| way.get("oauth2")?.as_array()).flatten().next();
    match (ways.len(), scope) {
        (0, _) => Access::Anyone,
        (1, None) => Access::AnyToken,
        // A member is told more.
        (2, None) => Access::Anyone,
        (1, Some(scope)) => Access::Scoped(scope.as_str().unwrap().to_owned()),
        _ => Access::Open(scope.unwrap().as_str().unwrap().to_owned()),
    }
}

fn names(said: &Value) -> BTreeSet<String> {
    let query = said["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
    let query = query.map(|p| p["name"].as_str().unwrap().trim_end_matches("[]").to_owned());
    let kinds = said["requestBody"]["content"].as_object();
    let sent = kinds.into_iter().flatten().filter_map(|(_, kind)| kind["schema"]["properties"].as_object()).flatten();
    query.chain(sent.map(|(name, _)| name.clone())).collect()
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(t), Some(p)) if t == p || (t.starts_with('{') && !p.is_empty()) => {}
            _ => return false,
        }
    }
}

/// All references and properties of the document that are schemas of answers.
fn every<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            visit(fields);
            fields.values().for_each(|v| every(v, visit));
        }
        Value::Array(list) => list.iter().for_each(|v| every(v, visit)),
        _ => {}
    }
}

#[test]
fn each_reference_leads_somewhere_and_no_schema_is_left_over() {
    let contract = &*CONTRACT;
    let mut named = BTreeSet::new();
    every(&contract.document, &mut |fields| {
        if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
            named.insert(to.to_owned());
        }
    });
    let mut there = BTreeSet::new();
    for kind in ["schemas", "responses"] {
        let all = contract.document["components"][kind].as_object().unwrap();
        there.extend(all.keys().map(|name| format!("#/components/{kind}/{name}")));
    }
    assert_eq!(named, there);
}

/// What may be null is never missing, and what may be missing is never null.
#[test]
fn nothing_is_both_missing_and_null() {
    for (name, schema) in CONTRACT.document["components"]["schemas"].as_object().unwrap() {
        every(schema, &mut |fields| {
            let required: Vec<&str> = fields
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (property, schema) in fields.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let is = |kind: &Value| kind == "null" || kind.as_array().is_some_and(|k| k.contains(&json!("null")));
                let ways = ["oneOf", "anyOf"].into_iter().filter_map(|of| schema[of].as_array()).flatten();
                let nullable = is(&schema["type"]) || ways.into_iter().any(|way| is(&way["type"]));
                assert!(!nullable || required.contains(&property.as_str()), "{name}.{property}");
            }
        });
    }
}

#[test]
fn the_operations_are_the_routes() {
    let sources = [
        include_str!("../../src/mastodon/mod.rs"),
        include_str!("../../src/instance.rs"),
        include_str!("../../src/outloud/mod.rs"),
        include_str!("../../src/streaming.rs"),
        include_str!("../../src/oauth/mod.rs"),
    ];
    let routes = sources.iter().flat_map(|s| s.split(".route(").skip(1));
    let routed: BTreeSet<&str> =
        routes.filter_map(|r| r.trim_start().split('"').nth(1)).map(|r| r.trim_end_matches('/')).collect();
    // Pictures, and a page.
    let others = ["/assets/avatar.png", "/assets/hashtag.png", "/assets/header.png", "/oauth/authorize"];
    let routed: BTreeSet<&str> = routed.into_iter().filter(|r| !others.contains(r)).collect();
    let known: BTreeSet<&str> = CONTRACT.operations.iter().map(|o| o.path.as_str()).collect();
    assert_eq!(routed, known);
}

/// Of each path the document knows all methods: whatever else is tried is refused.
#[tokio::test]
async fn the_methods_are_those_of_the_document() {
    let api = crate::api::Api::start().await;
    let paths: BTreeSet<&str> = CONTRACT.operations.iter().map(|o| o.path.as_str()).collect();
    for path in paths {
        let filled = crate::access::path(path);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let documented = CONTRACT.operations.iter().any(|o| o.path == path && o.method == method);
            let status = api.call(method, &filled, None, Value::Null).await.status;
            assert_eq!(status != 405, documented, "{method} {path}: {status}");
        }
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let names: BTreeSet<&str> = CONTRACT.operations.iter().map(|o| o.said["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), CONTRACT.operations.len());
}

#[tokio::test]
async fn who_has_the_document_is_told_so() {
    let api = crate::api::Api::start().await;
    let first = api.raw("/api/openapi.json", &[]).await;
    assert_eq!(
        (first.status().as_u16(), &first.headers()["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    let tag = first.headers()["etag"].to_str().unwrap();
    let again = api.raw("/api/openapi.json", &[("if-none-match", tag)]).await;
    assert_eq!(again.status(), 304);
}

#[test]
fn texts_of_which_there_are_only_some_are_named() {
    let mut named = 0;
    let schemas = &CONTRACT.document["components"]["schemas"];
    every(schemas, &mut |fields| named += usize::from(fields.get("enum").is_some_and(Value::is_array)));
    assert_eq!(named, 31, "each line of the list names a property that is there");
}

#[test]
fn what_is_said_besides_is_in_the_document() {
    let of = |path: &str, method: &str| &CONTRACT.document["paths"][path][method];
    for path in ["/api/v1/instance/domain_blocks", "/api/v1/tags/{name}"] {
        assert_eq!(of(path, "get")["security"], json!([{}, {"oauth2": []}]), "{path}");
    }
    let posted = of("/api/v1/statuses", "post");
    let headers = posted["parameters"].as_array().unwrap();
    assert!(headers.iter().any(|p| p["name"] == "Idempotency-Key" && p["in"] == "header"));
    let home = of("/api/v1/timelines/home", "get")["responses"]["200"]["headers"].as_object().unwrap();
    let names: Vec<&str> = home.keys().map(String::as_str).collect();
    assert_eq!(names, ["Link", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]);
    for path in ["/api/v1/streaming", "/api/v1/streaming/{name}", "/api/v1/streaming/{name}/{of}"] {
        assert!(of(path, "get")["description"].as_str().is_some_and(|words| words.len() > 80), "{path}");
    }
}
