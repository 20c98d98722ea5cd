// What the peer has seen, in order, and a way to be told the moment something matching is seen.

const idOf = (value) => typeof value === "string" ? value : value?.id;
const listOf = (value) => value == null ? [] : [value].flat();

export class Journal {
  /** Verified activities, each with its number `n`, counted from 1. */
  received = [];
  /** Every POST to an inbox, verified or not, with the answer it got. */
  posts = [];
  /** Activities whose signature Fedify did not believe, with Fedify's reason. */
  refused = [];
  #waiting = new Set();
  #seen = new Set();

  /** Files a verified activity; the entry says whether the same inbox had it before. */
  add(activity, inbox) {
    const key = `${inbox} ${activity.id}`;
    const entry = {
      n: this.received.length + 1,
      inbox,
      type: activity.type,
      id: activity.id ?? null,
      actor: idOf(activity.actor) ?? null,
      object: idOf(listOf(activity.object)[0]) ?? null,
      duplicate: activity.id != null && this.#seen.has(key),
      activity,
    };
    this.#seen.add(key);
    this.received.push(entry);
    for (const waiter of this.#waiting) {
      if (waiter.matches(entry)) waiter.resolve(entry);
    }
    return entry;
  }

  /** The first entry that `query` describes, seen already or arriving within its `timeout` (ms); else null. */
  wait(query) {
    const matches = matcher(query);
    const already = this.received.find(matches);
    if (already) return Promise.resolve(already);
    return new Promise((done) => {
      const waiter = { matches, resolve: (entry) => { clearTimeout(timer); this.#waiting.delete(waiter); done(entry); } };
      const timer = setTimeout(() => waiter.resolve(null), Number(query.timeout ?? 5000));
      this.#waiting.add(waiter);
    });
  }
}

function matcher({ type, id, actor, object, objectType, content, since = 0 }) {
  return (entry) => {
    const inner = listOf(entry.activity.object);
    return entry.n > Number(since) &&
      (!type || listOf(entry.type).includes(type)) &&
      (!id || entry.id === id) &&
      (!actor || entry.actor === actor) &&
      (!object || inner.some((one) => idOf(one) === object || (typeof one === "object" && listOf(one.object).some((two) => idOf(two) === object)))) &&
      (!objectType || inner.some((one) => listOf(one?.type).includes(objectType))) &&
      (!content || inner.some((one) => String(one?.content ?? "").includes(content)));
  };
}
