// What the pages do better with a script. Without it everything works as well, with a page load more.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, props, ...inside) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...inside);
  return element;
};
const isIn = document.body.classList.contains("in");
const words = document.body.dataset;

// What happened, for those who do not see it.
const status = make("p", { className: "hidden" });
status.setAttribute("role", "status");
document.body.append(status);
const announce = (said) => (status.textContent = said);

// Times as they are where one reads; without a script they are UTC.
function spoken(at) {
  const two = (number) => String(number).padStart(2, "0");
  const parts = { D: at.getDate(), M: words.months.split(" ")[at.getMonth()], Y: at.getFullYear(), T: `${two(at.getHours())}:${two(at.getMinutes())}` };
  return words.when.replace(/\{([DMYT])\}/g, (_, part) => parts[part]);
}
function localise(root) {
  for (const time of all("time[datetime*=T]", root)) {
    const local = spoken(new Date(time.dateTime));
    if (time.textContent === time.title) time.textContent = local;
    time.title = local;
  }
}
localise(document);

// What is there to be passed on is copied with a button.
for (const place of all(".pick, p.code, textarea.code, input.code")) {
  const button = make("button", { type: "button", className: "second small copy" }, words.copy);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText((place.value ?? place.textContent).trim());
    button.textContent = words.copied;
    announce(words.copied);
  });
  place.after(" ", button);
}

// A deed with a post: the button changes where it stands, and the page stays.
document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.matches(".deed[aria-pressed]")) return;
  event.preventDefault();
  if (button.dataset.busy) return;
  button.dataset.busy = "1";
  const form = new URLSearchParams(new FormData(event.target, button));
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: form, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = button.getAttribute("aria-pressed") !== "true";
    const [, path, deed] = button.getAttribute("formaction").match(/^(.*\/)(\w+)$/);
    button.setAttribute("aria-pressed", String(now));
    button.setAttribute("formaction", path + (deed.startsWith("un") ? deed.slice(2) : `un${deed}`));
    count(button, now ? 1 : -1);
    announce(`${one(".word", button).textContent}: ${now ? words.done : words.undone}`);
  } catch {
    // The page that answers says what went wrong.
    const plain = make("form", { method: "post", action: button.formAction, hidden: true });
    for (const [name, value] of form) plain.append(make("input", { type: "hidden", name, value }));
    document.body.append(plain);
    plain.submit();
  } finally {
    delete button.dataset.busy;
  }
});

function count(button, by) {
  if (button.formAction.includes("bookmark")) return;
  let shown = one(".n", button);
  if (!shown) button.append(" ", (shown = make("span", { className: "n" })));
  const number = Number(shown.textContent || 0) + by;
  shown.textContent = number > 0 ? String(number) : "";
  recite(button.closest("article.main-post"));
}

// The page of a post says in a line, too, how many there are.
async function recite(post) {
  if (!post) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  const line = one(`#${post.id} > .meta`, page);
  if (!line) return;
  localise(line);
  one(":scope > .meta", post).replaceWith(line);
}

// Who signs out leaves nothing of what they typed to whoever comes next.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[action='/logout']")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("kept:")) localStorage.removeItem(key);
});

// Menus close when something else is chosen, or with Escape.
const close = (menu) => {
  menu.open = false;
  one("summary", menu).focus();
};
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.menu[open]")) one("ul", event.target).scrollIntoView({ block: "nearest" });
}, true);
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// New posts: a button says that there are some, and puts them where they belong. Nothing moves before that.
const stream = one("[data-stream]");
if (stream && isIn) {
  const [name, rest] = stream.dataset.stream.split(":");
  const source = new EventSource(`/do/api/v1/streaming/${name}${rest ? `/${rest}` : ""}`);
  const seen = new Set();
  const button = make("button", { className: "second fresh", type: "button", hidden: true });
  stream.before(make("div", { role: "status", className: "fresh-place" }, button));
  source.addEventListener("update", (event) => {
    const post = JSON.parse(event.data);
    // What one did oneself is no news.
    if (post.account.acct === words.me) return;
    seen.add(post.id);
    button.textContent = `${stream.dataset.new} ${seen.size}`;
    button.hidden = false;
  });
  button.addEventListener("click", async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
    const here = new Set(all("article", stream).map((post) => post.id));
    const fresh = all("[data-stream] > li", page).filter((item) => !here.has(one("article", item)?.id));
    fresh.forEach(localise);
    stream.prepend(...fresh);
    seen.clear();
    button.hidden = true;
    one("a", stream)?.focus({ preventScroll: true });
  });
  addEventListener("pagehide", () => source.close());
}

// Writing: nothing typed is lost, and what is left of the room is said.
function compose(composer) {
  const key = `kept:${composer.dataset.keep}`;
  const fields = all("textarea[name], input[type=text][name]", composer).filter((field) => !field.id.startsWith("alt"));
  // A line that stands between the posts of a thread where they are one text, as on the server.
  const next = "\n\n⁂\n\n";
  const typed = () => Object.fromEntries(fields.filter((f) => f.value && f.id).map((f) => [f.id, f.value]));
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  const say = (words) => {
    let place = one(".kept", composer);
    if (!place) composer.prepend((place = make("p", { className: "note kept" })));
    place.setAttribute("role", "status");
    place.textContent = words;
  };
  if (kept && !one("[role=alert]", composer)) {
    let restored = false;
    for (const field of fields) {
      if (kept[field.id] && field.value !== kept[field.id] && (!field.value || kept[field.id].startsWith(field.value))) {
        field.value = kept[field.id];
        restored = true;
      }
    }
    const further = Object.keys(kept).filter((id) => id.startsWith("more-") && !document.getElementById(id));
    const first = one("#status", composer);
    if (first && further.length && first.value === (kept.status ?? "")) {
      first.value = [first.value, ...further.map((id) => kept[id])].join(next);
      one("input[name=folded]", composer).value = "true";
      restored = true;
    }
    if (restored) say(composer.dataset.restored);
  }
  composer.addEventListener("input", () => localStorage.setItem(key, JSON.stringify(typed())));
  // Who comes back to this page and sends the same once more gets the post that there is.
  const once = one("input[name=key]", composer);
  if (history.state?.key) once.value = history.state.key;
  else history.replaceState({ key: once.value }, "");

  // A day is that of a clock so many minutes from UTC: here of ours, as it is on that day. With one the buttons say that it is posted then.
  const offset = one("input[name=offset]", composer);
  const later = one("input[name=at]", composer);
  one(".in-utc", composer)?.remove();
  if (later?.value) {
    const at = new Date(Date.parse(`${later.value.slice(0, 16)}Z`) + Number(offset.value) * 60_000);
    later.value = new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  const relabel = () => {
    const at = new Date(later.value);
    offset.value = String(at.getTimezoneOffset() || 0);
    for (const button of all("button[name=to]:not([value=draft])", composer)) {
      button.dataset.now ??= button.textContent;
      button.textContent = Number.isNaN(at.getTime()) ? button.dataset.now : `${button.dataset.now}: ${spoken(at)}`;
    }
  };
  later?.addEventListener("input", relabel);
  if (later?.value) relabel();
  // Browsers bring back what stood in a page when it is shown again, after this was run.
  if (later) addEventListener("pageshow", relabel);
  if (later) composer.addEventListener("submit", relabel, { capture: true });

  const text = one("textarea[data-count]", composer);
  const counter = one(".counter", composer);
  const recount = () => {
    const left = Number(text.dataset.count) - [...text.value].length;
    counter.textContent = left < 500 ? `${left} ${counter.dataset.left}` : "";
  };
  text?.addEventListener("input", recount);
  // Words that run together in a hashtag are hard to read, and cannot be read aloud.
  const camel = one(".camel", composer);
  text?.addEventListener("input", () => {
    const run = text.value.match(/#\p{Ll}{14,}(?=\s)/u);
    const said = run ? camel.dataset.words.replace("#", run[0]) : "";
    if (camel.textContent !== said) camel.textContent = said;
  });

  composer.addEventListener("submit", (event) => {
    const file = one("input[type=file]", composer);
    const size = file?.files[0]?.size ?? 0;
    if (size > Number(file?.dataset.largest)) {
      event.preventDefault();
      say(composer.dataset.large);
      file.focus();
      return;
    }
    const to = event.submitter?.name === "to";
    if (size > 500_000) {
      event.preventDefault();
      send(event.submitter, to);
    } else if (to) {
      // It goes once a page says that it was taken: who comes from here to where posts stand.
      sessionStorage.setItem("sent", JSON.stringify([key, location.pathname]));
    }
  });

  // A large file shows how far it is.
  const send = (submitter, to) => {
    const progress = one("progress", composer);
    const request = new XMLHttpRequest();
    progress.hidden = false;
    request.upload.onprogress = (e) => (progress.value = (100 * e.loaded) / e.total);
    request.onerror = () => {
      progress.hidden = true;
      say(composer.dataset.failed);
    };
    request.onload = () => {
      if (to && request.status < 400) localStorage.removeItem(key);
      if (request.responseURL !== composer.action && request.status < 400) {
        location.href = request.responseURL;
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      one("main").replaceWith(one("main", page));
      const anew = one("form.composer[data-keep]");
      if (anew) compose(anew);
      one("main [autofocus], main [role=alert], #status")?.focus();
    };
    request.open("POST", composer.action);
    request.send(new FormData(composer, submitter));
  };

  // Names and tags are completed while one types (a combobox, WAI-ARIA 1.2).
  if (isIn) all("textarea:not([id^=alt])", composer).forEach(complete);
}
const composer = one("form.composer[data-keep]");
if (composer) compose(composer);
const sent = JSON.parse(sessionStorage.getItem("sent") ?? "null");
if (sent && !composer && document.referrer && new URL(document.referrer).pathname === sent[1]) {
  localStorage.removeItem(sent[0]);
  sessionStorage.removeItem("sent");
}

function complete(text) {
  const list = make("ul", { id: `completions-${text.id}`, className: "completions", role: "listbox", ariaLabel: text.labels?.[0]?.textContent ?? "", hidden: true });
  text.after(make("div", { className: "completing" }, list));
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" }))
    text.setAttribute(name, value);
  let chosen = -1;
  let asked = 0;
  const shut = () => {
    list.hidden = true;
    chosen = -1;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const items = [...list.children];
    chosen = (index + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    text.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  const word = () => text.value.slice(0, text.selectionStart).match(/(?:^|\s)([@#][^\s@#]{1,40}(?:@[^\s@#]*)?)$/)?.[1];
  const take = (item) => {
    const end = text.selectionStart;
    const begin = end - (word()?.length ?? 0);
    text.setRangeText(`${item.dataset.value} `, begin, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    shut();
    text.focus();
  };
  text.addEventListener("input", async () => {
    const typed = word();
    const turn = ++asked;
    if (!typed) return shut();
    const kind = typed[0] === "@" ? "accounts" : "hashtags";
    const answer = await fetch(`/do/api/v2/search?limit=6&type=${kind}&q=${encodeURIComponent(typed.slice(kind === "accounts" ? 1 : 0))}`);
    if (turn !== asked || !answer.ok) return;
    const found = await answer.json();
    let rows = kind === "accounts" ? found.accounts.map((a) => [`@${a.acct}`, a.display_name || a.username]) : found.hashtags.map((t) => [`#${t.name}`, ""]);
    // What stands there whole already needs no completing, unless it is written with capitals elsewhere.
    const whole = rows.filter(([value]) => value.toLowerCase() === typed.toLowerCase());
    if (whole.length) rows = kind === "hashtags" ? whole.filter(([value]) => value !== typed) : [];
    if (!rows.length) return shut();
    list.replaceChildren(
      ...rows.map(([value, name], i) => {
        const item = make("li", { id: `${list.id}-${i}` }, make("b", {}, value), name ? ` ${name}` : "");
        item.setAttribute("role", "option");
        item.dataset.value = value;
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => take(item));
        return item;
      }),
    );
    list.hidden = false;
    text.setAttribute("aria-expanded", "true");
    mark(0);
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(chosen + step);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) take(list.children[chosen]);
    else if (event.key === "Escape") shut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  text.addEventListener("blur", shut);
}

// Notifications while no page is open (Web Push): asked for here, shown by worker.js.
const push = one(".push");
if (push) {
  const state = one(".state", push);
  const { dataset } = push;
  if (navigator.serviceWorker && window.PushManager) offerPush(state, dataset);
  else state.textContent = dataset.cannot;
}

async function offerPush(state, said) {
  let place = await navigator.serviceWorker.getRegistration("/");
  const tell = (body) => fetch("/do/api/v1/push/subscription", { method: "POST", body, headers: { Accept: "application/json" } });
  const form = (fields) => new URLSearchParams({ csrf: said.csrf, ...fields });
  const button = make("button", { type: "button", className: "second" });
  state.after(button);
  const show = async () => {
    const known = (await place?.pushManager.getSubscription()) && (await fetch("/do/api/v1/push/subscription")).ok;
    button.textContent = known ? said.off : said.on;
    state.textContent = known ? said.isOn : said.isOff;
    return known;
  };
  let on = await show();
  button.addEventListener("click", async () => {
    try {
      place ??= await navigator.serviceWorker.register("/worker.js");
      const known = await place.pushManager.getSubscription();
      if (on) {
        await tell(form({ _method: "DELETE" }));
        await known?.unsubscribe();
      } else {
        if ((await Notification.requestPermission()) !== "granted") return (state.textContent = said.refused);
        await navigator.serviceWorker.ready;
        await known?.unsubscribe();
        const made = await place.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: said.key });
        const { endpoint, keys } = made.toJSON();
        const fields = { "subscription[endpoint]": endpoint, "subscription[keys][p256dh]": keys.p256dh, "subscription[keys][auth]": keys.auth, "subscription[standard]": "true" };
        for (const kind of ["mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote", "quoted_update"])
          fields[`data[alerts][${kind}]`] = "true";
        const answer = await tell(form(fields));
        if (!answer.ok) {
          await made.unsubscribe();
          throw new Error(String(answer.status));
        }
      }
      on = await show();
    } catch {
      state.textContent = said.failed;
    }
  });
}

// Keys, as on Mastodon; /shortcuts lists them. Who does not want them switches them off.
const places = { h: "/home", n: "/notifications", l: "/local", t: "/tags", u: "/me", f: "/favourites" };
let goes = false;
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form) {
    one("[data-key=send]", field.form)?.click();
    return;
  }
  if (event.key === "Escape") {
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) close(menu);
    else field?.blur();
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey || document.documentElement.classList.contains("keys-off")) return;
  if (goes) {
    goes = false;
    if (places[event.key] && isIn) go(event, places[event.key]);
    return;
  }
  const posts = all("main article");
  const post = event.target.closest?.("main article");
  const press = (selector) => post && one(selector, post) && (event.preventDefault(), one(selector, post).click());
  switch (event.key) {
    case "g":
      goes = true;
      break;
    case "j":
    case "k": {
      const next = posts[post ? posts.indexOf(post) + (event.key === "j" ? 1 : -1) : 0];
      if (!next) break;
      event.preventDefault();
      next.tabIndex = -1;
      next.focus();
      next.scrollIntoView({ block: "nearest" });
      break;
    }
    case "Enter":
    case "o":
      if (event.key === "o" || event.target === post) press(".meta a.u-url");
      break;
    case "r":
      press("[data-key=r]");
      break;
    case "b":
      if (post && !one('[formaction$="reblog"]', post)) announce(words.cannot);
      press('[formaction$="reblog"]');
      break;
    case "f":
      press('[formaction$="favourite"]');
      break;
    case "p":
      press(".p-author a");
      break;
    case "m":
      if (post) go(event, `/write?text=${encodeURIComponent(`${one(".p-author .handle", post).textContent.trim()} `)}`);
      break;
    case "x":
      press("details.warned > summary");
      break;
    case "h":
      press("details.warned:has(.media) > summary");
      break;
    case "n":
    case "c":
      if (isIn) go(event, "/write");
      break;
    case "/":
    case "s":
      go(event, "/search");
      break;
    case "?":
      go(event, "/shortcuts");
      break;
    case "Backspace":
      history.back();
  }
});

function go(event, path) {
  event.preventDefault();
  location.href = path;
}

// A deed that brings a new page, which says that it is done: there one is where one was. What could not be done has a page of its own,
// which says so; who goes back from it finds in the form what was typed.

// Where a button leads: one without an address of its own has that of its form.
const leads = (button) => button.getAttribute("formaction") ?? button.form?.getAttribute("action") ?? "";
// A follow and its end are one deed, for however long it is; so are two buttons only that lead to the same place with the same fields.
const deed = (button) => {
  const fields = button.form?.id === "deeds" ? [] : [...new FormData(button.form)].filter(([name, value]) => typeof value === "string" && name !== "csrf" && one(`input[type=hidden][name="${CSS.escape(name)}"]`, button.form));
  return JSON.stringify([leads(button).replace(/\?duration=\d+$/, "").replace(/\/un(\w+)$/, "/$1"), button.name, button.name === "at" ? "" : button.value, fields]);
};
const isRefused = Boolean(one(".refused"));
const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));
const taken = (name) => {
  const value = JSON.parse(sessionStorage.getItem(name) ?? "null");
  sessionStorage.removeItem(name);
  return value;
};
document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  if (event.defaultPrevented) return;
  const isDeed = (button?.formMethod || form.method) === "post";
  // Pressed twice in a hurry it is done once.
  if (isDeed && form.dataset.sent) return event.preventDefault();
  if (isDeed) {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 3000);
  }
  if (!isIn || form.matches(".composer, [action='/logout']")) return;
  if (isDeed && button) keep("did", deed(button));
  if (one("input[type=password]", form)) return;
  const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf");
  keep("tried", [location.pathname, form.getAttribute("action"), typed, false]);
});
const did = taken("did");
const tried = taken("tried");
if (tried && isRefused) keep("tried", [...tried.slice(0, 3), true]);
else if (tried?.[3] && tried[0] === location.pathname) {
  const forms = all("main form").filter((other) => other.getAttribute("action") === tried[1]);
  // Of several that lead to the same place the one with all the fields that were sent.
  const form = forms.find((other) => tried[2].every(([name]) => [...other.elements].some((field) => field.name === name)));
  for (const field of form?.elements ?? []) {
    const values = tried[2].filter(([name]) => name === field.name).map(([, value]) => value);
    if (/^(checkbox|radio)$/.test(field.type)) field.checked = values.includes(field.value);
    else if (values.length && field.matches("textarea, select, input:not([type=hidden], [type=file])")) field.value = values[0];
  }
  if (form?.closest("details")) form.closest("details").open = true;
}
// The note may stand at the top and with the post that it is about; some pages have one of their own.
const done = all(".note[role=status]").at(-1);
// A screen reader first reads the page.
if (done) setTimeout(() => announce(done.textContent), 500);
if (did && !isRefused && !one("[role=alert], .error")) {
  // The very same one, or none: nobody stands on what does something else, or deletes.
  const button = all("button[type=submit], button[form]").find((other) => other.form && deed(other) === did);
  const menu = button?.closest("details:not([open])");
  const place = document.getElementById(location.hash.slice(1));
  const next = (menu && one("summary", menu)) || button || place || (composer && one("[autofocus]", composer)) || done || one("main");
  const stand = () => {
    if (next === place) place.tabIndex = -1;
    next.focus();
    // Where the button is far down, the note comes to it.
    const far = done?.getBoundingClientRect();
    if (far && (far.bottom < 0 || far.top > innerHeight)) (next.closest(".actions, form") ?? next).after(done);
  };
  // The browser goes to the place first, and takes the focus from everything else as it does.
  if (place) addEventListener("load", () => setTimeout(stand));
  else stand();
}
