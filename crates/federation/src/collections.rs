//! Reading collections of others: page by page, never further than allowed, whatever form they have. Knows nothing
//! of what is in them: an item is something to be looked at, and nothing that it says is believed.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use crate::client::Budget;
use crate::json::{has_kind, list, number, origin, text};
use crate::{Error, Federation};

/// Items of one page that are looked at, if no more is asked for; servers send 20 to 60.
const ITEMS: usize = 500;
const KINDS: [&str; 4] = ["Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"];

/// A collection that is being read. All its pages are on the server that owns it; none is read twice.
pub(crate) struct Reader {
    origin: String,
    next: Option<Page>,
    /// URLs that were read.
    read: HashSet<String>,
    /// How many pages may still be fetched.
    pages: u32,
    /// How many items of a page are looked at.
    items: usize,
    /// Some page had more.
    was_cut: bool,
    /// How many items there are, if the collection says so.
    pub total: Option<i64>,
    /// The last page was read, and nothing was left out.
    pub is_whole: bool,
}

enum Page {
    At(String),
    /// It stood in a document that was fetched.
    Here(Value),
}

impl Reader {
    /// The collection at this URL, or from this page of it on, which is on the server of `owner`.
    pub(crate) fn at(url: &str, owner: &str, pages: u32) -> Option<Self> {
        Self::new(Page::At(url.to_owned()), owner, pages)
    }

    /// The collection in a property of a document of `owner`: an id, or the whole, or a part of it.
    pub(crate) fn of(property: &Value, owner: &str, pages: u32) -> Option<Self> {
        page_of(property).and_then(|page| Self::new(page, owner, pages))
    }

    fn new(first: Page, owner: &str, pages: u32) -> Option<Self> {
        Some(Self {
            origin: origin(owner)?,
            next: Some(first),
            read: HashSet::new(),
            pages,
            items: ITEMS,
            was_cut: false,
            total: None,
            is_whole: false,
        })
    }

    /// The same for a collection whose pages may have so many items.
    pub(crate) fn with_items(self, items: usize) -> Self {
        Self { items, ..self }
    }

    /// How many pages were not used.
    pub(crate) fn pages_left(&self) -> u32 {
        self.pages
    }

    /// The page at which it would go on; empty at the end.
    pub(crate) fn cursor(&self) -> &str {
        match &self.next {
            Some(Page::At(url)) => url,
            _ => "",
        }
    }

    /// The items of the next page that has a say; `None` at the end, or where no further page may be fetched.
    pub(crate) async fn page(&mut self, federation: &Federation, budget: &Budget) -> Result<Option<Vec<Value>>, Error> {
        loop {
            let page = match self.next.take() {
                None => return Ok(None),
                Some(Page::Here(page)) => page,
                Some(Page::At(url)) => {
                    if origin(&url).as_ref() != Some(&self.origin) || self.read.contains(&url) {
                        return Ok(None);
                    }
                    if self.pages == 0 || budget.left() == 0 {
                        self.next = Some(Page::At(url));
                        return Ok(None);
                    }
                    self.pages -= 1;
                    let page = self.fetch(federation, &url, budget).await?;
                    self.read.insert(url);
                    page
                }
            };
            if !has_kind(&page, &KINDS) {
                // The document of a post, in which its collection stands.
                self.next = page.get("replies").and_then(page_of);
                continue;
            }
            self.total = number(&page, "totalItems").or(self.total);
            self.next = page.get("first").or_else(|| page.get("next")).and_then(page_of);
            let items = list(page.get("orderedItems").or_else(|| page.get("items")));
            self.was_cut |= items.len() > self.items;
            self.is_whole = self.next.is_none() && !self.was_cut;
            if !items.is_empty() {
                return Ok(Some(items.iter().take(self.items).cloned().collect()));
            }
        }
    }

    async fn fetch(&self, federation: &Federation, url: &str, budget: &Budget) -> Result<Value, Error> {
        let asked = federation.foreign_url(url)?;
        let page = federation
            .client
            .get_collection_page(&asked, Some(&federation.instance().await?), budget, federation.node.now())
            .await?;
        if origin(page.final_url.as_str()).as_ref() != Some(&self.origin) {
            return Err(Error::bad(format!("a collection at {url} whose page is on another server")));
        }
        Ok(page.json)
    }
}

/// A page by its URL, or itself if it says more than its id.
fn page_of(value: &Value) -> Option<Page> {
    match value {
        Value::String(url) => Some(Page::At(url.clone())),
        Value::Object(page)
            if ["items", "orderedItems", "first", "next"].iter().any(|name| page.contains_key(*name)) =>
        {
            Some(Page::Here(with_kind(value)))
        }
        Value::Object(_) => text(value, "id").filter(|id| Url::parse(id).is_ok()).map(|id| Page::At(id.to_owned())),
        _ => None,
    }
}

/// What stands where a collection has to stand is one, also without a type.
fn with_kind(value: &Value) -> Value {
    let mut page = value.clone();
    if let Some(object) = page.as_object_mut() {
        object.entry("type").or_insert_with(|| Value::from("Collection"));
    }
    page
}
