// The ActivityPub side: who lives here, what they have written, and what Fedify serves, verifies and sends for them.

import { AsyncLocalStorage } from "node:async_hooks";
import { Temporal } from "@js-temporal/polyfill";
import { createFederation, MemoryKvStore } from "@fedify/fedify";
import {
  Accept, Activity, Block, Create, Endpoints, Follow, Note, Person, PUBLIC_COLLECTION, Reject, Tombstone, Undo,
} from "@fedify/vocab";

/** Carries the raw request through Fedify to the inbox listener. */
export const arriving = new AsyncLocalStorage();
/** Collects what each attempt of one delivery was answered. */
export const sending = new AsyncLocalStorage();

class Member {
  summary = "A visitor from another server.";
  locked = false;
  followers = new Map();   // actor id → { id, inboxId, endpoints }
  following = new Map();   // actor id → { follow, state: "requested" | "accepted" | "rejected" }
  requests = new Map();    // actor id → Follow waiting for an answer
  constructor(username, keys) {
    this.username = username;
    this.name = username[0].toUpperCase() + username.slice(1);
    this.keys = keys;
  }
}

/** RSA for HTTP signatures, as everyone reads, and Ed25519 for object integrity proofs. */
async function makeKeys() {
  const rsa = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  return [
    await crypto.subtle.generateKey(rsa, true, ["sign", "verify"]),
    await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]),
  ];
}

export class Peer {
  members = new Map();
  notes = new Map();     // id as a string → { note, as, recipients }
  deeds = new Map();     // id as a string → the activity, so that it can be undone
  background = new Set();
  #serial = 0;

  static async open({ origin, usernames, firstKnock, journal }) {
    const peer = new Peer();
    peer.origin = origin;
    peer.journal = journal;
    const keys = await Promise.all(usernames.map(makeKeys));
    usernames.forEach((username, at) => peer.members.set(username, new Member(username, keys[at])));
    peer.federation = createFederation({
      kv: new MemoryKvStore(),
      origin,
      allowPrivateAddress: true,
      ...(firstKnock && { firstKnock }),
      userAgent: "outloud-peer-fedify",
    });
    peer.#serve();
    peer.ctx = peer.federation.createContext(new URL(origin), undefined);
    return peer;
  }

  #serve() {
    const fed = this.federation;
    fed.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
      software: { name: "outloud-peer-fedify", version: "1.0.0" },
      protocols: ["activitypub"],
      usage: { users: { total: this.members.size }, localPosts: this.notes.size, localComments: 0 },
    }));
    fed.setActorDispatcher("/users/{identifier}", (ctx, username) => this.person(ctx, username))
      .setKeyPairsDispatcher((_ctx, username) => this.members.get(username)?.keys ?? []);
    const collection = (set, path, items) => {
      set.call(fed, path, (_ctx, username) => this.members.has(username) ? { items: items(this.members.get(username)) } : null)
        .setCounter((_ctx, username) => items(this.members.get(username)).length);
    };
    collection(fed.setFollowersDispatcher, "/users/{identifier}/followers", (member) => [...member.followers.values()]);
    collection(fed.setFollowingDispatcher, "/users/{identifier}/following",
      (member) => [...member.following].filter(([, one]) => one.state === "accepted").map(([id]) => new URL(id)));
    collection(fed.setOutboxDispatcher, "/users/{identifier}/outbox", (member) => [...this.notes.values()]
      .filter((one) => one.as === member.username && isPublic(one.note)).map((one) => this.creation(one.note)).reverse());
    fed.setObjectDispatcher(Note, "/users/{identifier}/notes/{number}",
      (_ctx, { identifier, number }) => this.notes.get(`${this.origin}/users/${identifier}/notes/${number}`)?.note ?? null)
      .authorize((ctx, { identifier, number }) => this.#mayRead(ctx, `${this.origin}/users/${identifier}/notes/${number}`));
    fed.setInboxListeners("/users/{identifier}/inbox", "/inbox")
      .on(Activity, (ctx, activity) => this.#receive(ctx, activity))
      .onUnverifiedActivity((_ctx, activity, reason) => {
        this.journal.refused.push({ reason: reason.type, keyId: reason.keyId?.href ?? null, id: activity.id?.href ?? null });
      })
      .setSharedKeyDispatcher(() => ({ identifier: this.members.keys().next().value }))
      // Deliveries that came twice must be seen twice: the journal marks them, and their effect is idempotent anyway.
      .withIdempotency(() => null);
  }

  async person(ctx, username) {
    const member = this.members.get(username);
    if (!member) return null;
    const keys = await ctx.getActorKeyPairs(username);
    return new Person({
      id: ctx.getActorUri(username),
      preferredUsername: username,
      name: member.name,
      summary: member.summary,
      url: new URL(`/@${username}`, this.origin),
      manuallyApprovesFollowers: member.locked,
      discoverable: true,
      inbox: ctx.getInboxUri(username),
      outbox: ctx.getOutboxUri(username),
      followers: ctx.getFollowersUri(username),
      following: ctx.getFollowingUri(username),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((pair) => pair.multikey),
    });
  }

  async #mayRead(ctx, id) {
    const kept = this.notes.get(id);
    if (!kept || isPublic(kept.note)) return true;
    const reader = (await ctx.getSignedKeyOwner())?.id?.href;
    const addressed = [...kept.note.toIds, ...kept.note.ccIds].map(String);
    return reader != null && (addressed.includes(reader) ||
      (addressed.includes(ctx.getFollowersUri(kept.as).href) && this.members.get(kept.as).followers.has(reader)));
  }

  // --- receiving -------------------------------------------------------------------------------------------------------

  async #receive(ctx, activity) {
    const { request, body } = arriving.getStore();
    this.journal.add(body, new URL(request.url).pathname);
    const from = activity.actorId?.href;
    if (activity instanceof Follow) {
      const target = ctx.parseUri(activity.objectId);
      const member = target?.type === "actor" && this.members.get(target.identifier);
      if (!member) return;
      member.requests.set(from, activity);
      // Answered after this request is, as any server with a queue would.
      if (!member.locked) this.later(() => this.answer(member.username, from, Accept));
    } else if (activity instanceof Undo) {
      const undone = await activity.getObject(ctx);
      if (!(undone instanceof Follow)) return;
      const target = ctx.parseUri(undone.objectId);
      this.members.get(target?.identifier)?.followers.delete(from);
      this.members.get(target?.identifier)?.requests.delete(from);
    } else if (activity instanceof Accept || activity instanceof Reject) {
      const state = activity instanceof Accept ? "accepted" : "rejected";
      // Matched by id if the object is a bare id, and by the pair otherwise; only the followed actor may answer.
      const follow = this.deeds.get(activity.objectId?.href) ?? await activity.getObject({ ...ctx, crossOrigin: "trust" });
      const asked = follow instanceof Follow && this.members.get(ctx.parseUri(follow.actorId)?.identifier)?.following.get(from);
      if (asked) asked.state = state;
    } else if (activity instanceof Block) {
      const member = this.members.get(ctx.parseUri(activity.objectId)?.identifier);
      member?.followers.delete(from);
      member?.following.delete(from);
    }
  }

  /** Runs `work` once the present request has been answered; `idle` knows of it. */
  later(work) {
    const running = new Promise((next) => setImmediate(next)).then(work).catch((error) => console.error(error))
      .finally(() => this.background.delete(running));
    this.background.add(running);
  }

  async idle() {
    while (this.background.size) await Promise.all(this.background);
  }

  async answer(as, follower, Answer) {
    const member = this.member(as);
    const follow = member.requests.get(follower);
    if (!follow) throw new Error(`no request by ${follower}`);
    const person = await this.actor(follower, as);
    member.requests.delete(follower);
    if (Answer === Accept) member.followers.set(follower, recipient(person));
    const activity = new Answer({ id: this.mint(as, Answer.name.toLowerCase()), actor: this.ctx.getActorUri(as), object: follow });
    return { id: activity.id.href, deliveries: await this.deliver(as, activity, [person]) };
  }

  // --- sending ---------------------------------------------------------------------------------------------------------

  member(as = "bob") {
    const member = this.members.get(as);
    if (!member) throw new Error(`nobody here is called ${as}`);
    return member;
  }

  mint(as, kind) {
    return new URL(`/users/${as}/${kind}/${++this.#serial}`, this.origin);
  }

  /** Reads with the member's signature and past every cache, so that what is returned is what is served now. */
  async lookup(what, as = "bob") {
    return await this.ctx.lookupObject(what, { documentLoader: await this.loader(as) });
  }

  async loader(as = "bob") {
    return await this.ctx.getDocumentLoader({ identifier: this.member(as).username });
  }

  async actor(id, as) {
    const found = await this.lookup(id, as);
    if (!found?.inboxId) throw new Error(`${id} is not an actor that can be read`);
    return found;
  }

  creation(note) {
    return new Create({
      id: new URL(`${note.id.href}#create`), actor: note.attributionId, object: note, published: note.published,
      tos: note.toIds, ccs: note.ccIds,
    });
  }

  /** Sends to each inbox once, shared inboxes preferred, and tells for each what every attempt was answered. */
  async deliver(as, activity, people, { shared = true } = {}) {
    this.deeds.set(activity.id.href, activity);
    const inboxes = new Map();
    for (const person of people.map(recipient)) {
      const inbox = (shared && person.endpoints?.sharedInbox) || person.inboxId;
      if (inbox && new URL(inbox).origin !== this.origin && !inboxes.has(inbox.href)) inboxes.set(inbox.href, person);
    }
    return await Promise.all([...inboxes].map(([inbox, person]) => {
      const attempts = [];
      return sending.run(attempts, async () => {
        try {
          await this.ctx.sendActivity({ identifier: as }, person, activity, { preferSharedInbox: shared });
          return { inbox, ok: true, status: attempts.at(-1)?.status, attempts };
        } catch (error) {
          return { inbox, ok: false, status: error.statusCode ?? null, error: error.message, attempts };
        }
      });
    }));
  }

  followersOf(as) {
    return [...this.member(as).followers.values()];
  }

  /** Keeps only a tombstone of a note; from now on the note is gone for every reader. */
  bury(id) {
    const kept = this.notes.get(id);
    this.notes.delete(id);
    kept.tombstone = new Tombstone({ id: new URL(id), deleted: Temporal.Now.instant() });
    (this.graves ??= new Map()).set(new URL(id).pathname, kept.tombstone);
    return kept;
  }
}

export const recipient = ({ id, inboxId, endpoints }) => ({ id, inboxId, endpoints });

export const isPublic = (note) => [...note.toIds, ...note.ccIds].some((to) => to.href === PUBLIC_COLLECTION.href);
