// The control API: plain HTTP on a loopback port, by which a test tells the peer what to do and asks what it saw.

import { Temporal } from "@js-temporal/polyfill";
import { parseNodeInfo } from "@fedify/fedify/nodeinfo";
import { signRequest } from "@fedify/fedify/sig";
import { getDocumentLoader, LanguageString } from "@fedify/vocab-runtime";
import {
  Accept, Announce, Create, Delete, Follow, Hashtag, Like, Mention, Note, PUBLIC_COLLECTION, Reject, Undo, Update,
} from "@fedify/vocab";

// So many milliseconds is its clock ahead of the machine's. Temporal's clock is made of this one.
let ahead = 0;
const machineNow = Date.now;
Date.now = () => machineNow() + ahead;

const actorOf = (peer, as) => peer.ctx.getActorUri(as);

/** A table of `METHOD /path` → (parameters) → answer. */
export function routes(peer, journal) {
  const ctx = peer.ctx;
  const jsonLd = (thing) => thing?.toJsonLd({ contextLoader: ctx.contextLoader }) ?? null;

  async function undo(as, activity, people, extra = {}) {
    const undone = new Undo({ id: peer.mint(as, "undo"), actor: actorOf(peer, as), object: activity, tos: activity.toIds, ccs: activity.ccIds, ...extra });
    return { id: undone.id.href, deliveries: await peer.deliver(as, undone, people) };
  }

  /** The member's own latest deed of that kind about `object`. */
  function deed(Kind, as, object) {
    const found = [...peer.deeds.values()].findLast((one) =>
      one instanceof Kind && one.actorId?.href === actorOf(peer, as).href && one.objectId?.href === object);
    if (!found) throw new Error(`${as} has done no ${Kind.name} to ${object}`);
    return found;
  }

  async function authorOf(object, as) {
    const found = await peer.lookup(object, as);
    if (!found) throw new Error(`${object} cannot be read`);
    return await peer.actor((found.attributionId ?? found.id).href, as);
  }

  async function addressing(as, { to = "public", mentions = [], hashtags = [] }) {
    const people = await Promise.all(mentions.map((id) => peer.actor(id, as)));
    const followers = ctx.getFollowersUri(as);
    const ids = people.map((person) => person.id);
    const [tos, ccs] = {
      public: [[PUBLIC_COLLECTION], [followers, ...ids]],
      unlisted: [[followers], [PUBLIC_COLLECTION, ...ids]],
      followers: [[followers], ids],
      direct: [ids, []],
    }[to];
    const tags = people.map((person) => new Mention({ href: person.id, name: `@${person.preferredUsername}@${person.id.host}` }))
      .concat(hashtags.map((tag) => new Hashtag({ href: new URL(`/tags/${encodeURIComponent(tag)}`, peer.origin), name: `#${tag}` })));
    return { tos, ccs, tags, recipients: to === "direct" ? people : [...people, ...peer.followersOf(as)] };
  }

  return {
    "GET /health": () => ({ origin: peer.origin, actors: [...peer.members.keys()].map((as) => actorOf(peer, as).href) }),
    "POST /clock": (set) => {
      ahead = set.ahead;
      return { now: Date.now() };
    },

    // What Fedify makes of somebody else's address or document.
    "POST /lookup": async ({ handle, url, as = "bob" }) => {
      const found = await peer.lookup(handle ?? url, as);
      const webfinger = handle ? await ctx.lookupWebFinger(`acct:${handle.replace(/^@/, "")}`) : null;
      return { found: found != null, kind: found?.constructor.name ?? null, object: await jsonLd(found), webfinger };
    },
    "POST /fetch": async ({ url, signed = true, as = "bob" }) => {
      const load = signed ? await peer.loader(as) : getDocumentLoader({ allowPrivateAddress: true });
      try {
        return { ok: true, status: 200, ...await load(url) };
      } catch (error) {
        return { ok: false, status: error.response?.status ?? (Number(/HTTP (\d{3})/.exec(error.message)?.[1]) || null), error: error.message };
      }
    },
    // Fetched by hand, because Fedify's own NodeInfo client never speaks to loopback; parsed strictly by Fedify.
    "POST /nodeinfo": async ({ url }) => {
      const { links } = await (await fetch(new URL("/.well-known/nodeinfo", url))).json();
      const document = await (await fetch(links.at(-1).href)).json();
      return { links, document, understood: parseNodeInfo(document) != null };
    },
    "POST /traverse": async ({ collection, as = "bob", limit = 100 }) => {
      const ids = [];
      for await (const item of ctx.traverseCollection(await peer.lookup(collection, as), { documentLoader: await peer.loader(as) })) {
        if (ids.push(item.id?.href ?? null) >= limit) break;
      }
      return { ids };
    },

    // Following.
    "POST /follow": async ({ as = "bob", actor }) => {
      const person = await peer.actor(actor, as);
      const follow = new Follow({ id: peer.mint(as, "follow"), actor: actorOf(peer, as), object: person.id });
      peer.member(as).following.set(person.id.href, { follow, state: "requested" });
      return { id: follow.id.href, actor: person.id.href, deliveries: await peer.deliver(as, follow, [person], { shared: false }) };
    },
    "POST /unfollow": async ({ as = "bob", actor }) => {
      const person = await peer.actor(actor, as);
      const { follow } = peer.member(as).following.get(person.id.href) ?? {};
      if (!follow) throw new Error(`${as} does not follow ${actor}`);
      peer.member(as).following.delete(person.id.href);
      return await undo(as, follow, [person]);
    },
    "POST /accept": ({ as = "bob", actor }) => peer.answer(as, actor, Accept),
    "POST /reject": async ({ as = "bob", actor }) => {
      const member = peer.member(as);
      // Refusing somebody accepted before is how a follower is removed.
      if (member.followers.delete(actor)) {
        member.requests.set(actor, new Follow({ id: peer.mint(as, "removed"), actor: new URL(actor), object: actorOf(peer, as) }));
      }
      return await peer.answer(as, actor, Reject);
    },
    "POST /profile": async ({ as = "bob", name, summary, manuallyApprovesFollowers, silent = false }) => {
      const member = peer.member(as);
      Object.assign(member, { name: name ?? member.name, summary: summary ?? member.summary, locked: manuallyApprovesFollowers ?? member.locked });
      if (silent) return { deliveries: [] };
      const update = new Update({ id: peer.mint(as, "update"), actor: actorOf(peer, as), object: await peer.person(ctx, as), to: PUBLIC_COLLECTION });
      return { id: update.id.href, deliveries: await peer.deliver(as, update, peer.followersOf(as)) };
    },
    "GET /followers": ({ of = "bob" }) => ({ ids: [...peer.member(of).followers.keys()], requests: [...peer.member(of).requests.keys()] }),
    "GET /following": ({ of = "bob" }) => ({ following: [...peer.member(of).following].map(([id, { state }]) => ({ id, state })) }),

    // Writing.
    "POST /note": async ({ as = "bob", content, inReplyTo, summary, language, recipients: extra = [], ...rest }) => {
      const { tos, ccs, tags, recipients } = await addressing(as, rest);
      const id = peer.mint(as, "notes");
      const contents = language ? [content, new LanguageString(content, language)] : [content];
      const note = new Note({
        id, attribution: actorOf(peer, as), contents, tos, ccs, tags, published: Temporal.Now.instant(),
        url: new URL(id.pathname.replace("/users/", "/@"), peer.origin),
        ...(summary && { summary, sensitive: true }), ...(inReplyTo && { replyTarget: new URL(inReplyTo) }),
      });
      recipients.push(...await Promise.all(extra.map((one) => peer.actor(one, as))));
      if (inReplyTo && rest.to !== "direct") recipients.push(await authorOf(inReplyTo, as));
      peer.notes.set(id.href, { note, as, recipients });
      return { id: id.href, deliveries: await peer.deliver(as, peer.creation(note), recipients) };
    },
    "POST /edit": async ({ note: id, content, summary }) => {
      const kept = peer.notes.get(id);
      kept.note = kept.note.clone({ contents: [content], updated: Temporal.Now.instant(), ...(summary !== undefined && { summary }) });
      const { note, as } = kept;
      const update = new Update({ id: peer.mint(as, "update"), actor: actorOf(peer, as), object: note, tos: note.toIds, ccs: note.ccIds });
      return { id: update.id.href, deliveries: await peer.deliver(as, update, kept.recipients) };
    },
    "POST /delete": async ({ note: id }) => {
      const { note, as, recipients, tombstone } = peer.bury(id);
      const gone = new Delete({ id: new URL(`${id}#delete`), actor: actorOf(peer, as), object: tombstone, tos: note.toIds, ccs: note.ccIds });
      return { id: gone.id.href, deliveries: await peer.deliver(as, gone, recipients) };
    },

    // Reacting.
    "POST /like": async ({ as = "bob", object }) => {
      const like = new Like({ id: peer.mint(as, "like"), actor: actorOf(peer, as), object: new URL(object) });
      return { id: like.id.href, deliveries: await peer.deliver(as, like, [await authorOf(object, as)]) };
    },
    "POST /unlike": async ({ as = "bob", object }) => await undo(as, deed(Like, as, object), [await authorOf(object, as)]),
    "POST /announce": async ({ as = "bob", object }) => {
      const author = await authorOf(object, as);
      const announce = new Announce({
        id: peer.mint(as, "announce"), actor: actorOf(peer, as), object: new URL(object), published: Temporal.Now.instant(),
        to: PUBLIC_COLLECTION, ccs: [ctx.getFollowersUri(as), author.id],
      });
      return { id: announce.id.href, deliveries: await peer.deliver(as, announce, [author, ...peer.followersOf(as)]) };
    },
    "POST /unannounce": async ({ as = "bob", object }) =>
      await undo(as, deed(Announce, as, object), [await authorOf(object, as), ...peer.followersOf(as)]),

    // Anything else: the activity as given, signed with that member's key (or not at all), optionally altered afterwards.
    "POST /raw": async ({ as = "bob", inbox, activity, signed = true, spec = "draft-cavage-http-signatures-12", alteredTo }) => {
      const headers = { "content-type": "application/activity+json", date: new Date().toUTCString() };
      let request = new Request(inbox, { method: "POST", headers, body: JSON.stringify(activity) });
      if (signed) {
        const [{ privateKey, keyId }] = await ctx.getActorKeyPairs(peer.member(as).username);
        request = await signRequest(request, privateKey, keyId, { spec });
      }
      if (alteredTo) request = new Request(inbox, { method: "POST", headers: request.headers, body: JSON.stringify(alteredTo) });
      const response = await fetch(request, { redirect: "manual" });
      return { status: response.status, body: await response.text() };
    },

    // What arrived here.
    "GET /received": ({ since = 0, type }) => ({ activities: journal.received.filter((one) => one.n > Number(since) && (!type || one.type === type)) }),
    "GET /received/count": () => ({
      verified: journal.received.length, refused: journal.refused.length, posts: journal.posts.length,
      duplicates: journal.received.filter((one) => one.duplicate).length,
    }),
    "GET /posts": ({ since = 0 }) => ({ posts: journal.posts.filter((one) => one.n > Number(since)) }),
    "GET /refused": () => ({ refused: journal.refused }),
    "GET /wait": async (query) => {
      const entry = await journal.wait(query);
      if (!entry) throw Object.assign(new Error(`nothing matched ${JSON.stringify(query)}`), { status: 408 });
      return entry;
    },
    "GET /idle": async () => { await peer.idle(); return { idle: true }; },
  };
}
