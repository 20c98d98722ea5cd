// What apps that are built on masto.js do on their first day, against a node: each step says how it went in a line of JSON, and the
// first that goes wrong ends it. Two members, ann and ben, are there with their tokens.
//
// NODE_ORIGIN, NODE_ANN, NODE_BEN: the node and the tokens. NODE_EXTRA_CA_CERTS: who vouches for its certificate.

import assert from "node:assert/strict";
import { createRestAPIClient, createStreamingAPIClient } from "masto";

const url = process.env.NODE_ORIGIN;
const client = (accessToken) => createRestAPIClient({ url, accessToken });
const [ann, ben] = [client(process.env.NODE_ANN), client(process.env.NODE_BEN)];

async function step(name, deed) {
  try {
    const result = await deed();
    console.log(JSON.stringify({ ok: name }));
    return result;
  } catch (error) {
    console.log(JSON.stringify({ failed: name, error: String(error?.stack ?? error), properties: error?.additionalProperties }));
    process.exit(1);
  }
}

/// The first of what a listener gets that is looked for.
async function first(subscription, looked, milliseconds = 10_000) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("nothing came")), milliseconds).unref());
  const found = (async () => {
    for await (const event of subscription) {
      if (looked(event)) return event;
    }
    throw new Error("the stream ended");
  })();
  return Promise.race([found, late]);
}

const PIXELS = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4EaCBFTEMLQkAaplQAbIh774AAAAASUVORK5CYII=";
const picture = () => new Blob([Buffer.from(PIXELS, "base64")], { type: "image/png" });

const instance = await step("reads what the node is", async () => {
  const found = await ann.v2.instance.fetch();
  assert.match(found.version, /^\d+\.\d+\.\d+/);
  assert.ok(found.configuration.urls.streaming.startsWith("wss:"), found.configuration.urls.streaming);
  assert.ok((await ann.v1.instance.fetch()).urls.streamingApi.startsWith("wss:"));
  return found;
});

const [me, other] = await step("knows who it is", async () => {
  const [me, other] = await Promise.all([ann.v1.accounts.verifyCredentials(), ben.v1.accounts.verifyCredentials()]);
  assert.deepEqual([me.acct, other.acct], ["ann", "ben"]);
  return [me, other];
});

await step("starts as an app starts", async () => {
  const calls = [
    ann.v1.preferences.fetch(),
    ann.v2.filters.list(),
    ann.v1.lists.list(),
    ann.v1.followedTags.list(),
    ann.v1.markers.fetch({ timeline: ["home", "notifications"] }),
    ann.v1.notifications.list(),
    ann.v2.notifications.list(),
    ann.v2.notifications.policy.fetch(),
    ann.v1.timelines.home.list(),
    ann.v1.announcements.list(),
    ann.v1.customEmojis.list(),
    ann.v1.trends.tags.list(),
    ann.v1.conversations.list(),
    ann.v1.followRequests.list(),
  ];
  for (const answer of await Promise.all(calls)) assert.ok(answer);
});

await step("follows", async () => {
  assert.equal((await ann.v1.accounts.$select(other.id).follow()).following, true);
  assert.equal((await ben.v1.accounts.$select(me.id).follow()).following, true);
  const [relation] = await ann.v1.accounts.relationships.fetch({ id: [other.id] });
  assert.deepEqual([relation.following, relation.followedBy], [true, true]);
});

const shown = await step("posts a picture with its description", async () => {
  const media = await ann.v2.media.create({ file: picture(), description: "Eight by eight pixels" });
  assert.ok(media.url);
  const status = await ann.v1.statuses.create({ status: "A picture #tryout", mediaIds: [media.id], visibility: "public" });
  assert.equal(status.mediaAttachments[0].description, "Eight by eight pixels");
  assert.equal(status.tags[0].name, "tryout");
  return status;
});

await step("edits it, the description too", async () => {
  const source = await ann.v1.statuses.$select(shown.id).source.fetch();
  assert.equal(source.text, "A picture #tryout");
  const edited = await ann.v1.statuses.$select(shown.id).update({
    status: "A picture, edited #tryout",
    mediaIds: [shown.mediaAttachments[0].id],
    mediaAttributes: [{ id: shown.mediaAttachments[0].id, description: "All of one colour", focus: "0,0" }],
  });
  assert.ok(edited.editedAt);
  assert.equal(edited.mediaAttachments[0].description, "All of one colour");
  const history = await ann.v1.statuses.$select(shown.id).history.list();
  assert.equal(history.length, 2);
});

await step("writes a thread and reads it", async () => {
  let last = await ann.v1.statuses.create({ status: "One of three" });
  const root = last;
  for (const text of ["Two of three", "Three of three"]) {
    last = await ann.v1.statuses.create({ status: text, inReplyToId: last.id });
  }
  const context = await ben.v1.statuses.$select(root.id).context.fetch();
  assert.deepEqual(context.descendants.map((s) => s.inReplyToId !== null), [true, true]);
  assert.equal((await ben.v1.statuses.$select(last.id).context.fetch()).ancestors.length, 2);
});

await step("boosts, favourites, bookmarks, and takes it back", async () => {
  const post = ben.v1.statuses.$select(shown.id);
  const boost = await post.reblog();
  assert.equal(boost.reblog.id, shown.id);
  assert.equal((await post.favourite()).favourited, true);
  assert.equal((await post.bookmark()).bookmarked, true);
  assert.deepEqual((await ben.v1.bookmarks.list()).map((s) => s.id), [shown.id]);
  assert.equal((await post.unbookmark()).bookmarked, false);
  assert.equal((await ann.v1.statuses.$select(shown.id).fetch()).reblogsCount, 1);
});

await step("is told of it, singly and in groups", async () => {
  const list = await ann.v1.notifications.list();
  assert.deepEqual(list.map((n) => n.type).sort(), ["favourite", "follow", "reblog"]);
  assert.ok(list.every((n) => n.groupKey));
  const groups = await ann.v2.notifications.list();
  assert.equal(groups.notificationGroups.length, 3);
  assert.ok(groups.accounts.some((a) => a.id === other.id) && groups.statuses.some((s) => s.id === shown.id));
  assert.equal((await ann.v2.notifications.unreadCount.fetch()).count, 3);
});

await step("filters on the server", async () => {
  const filter = await ben.v2.filters.create({
    title: "spoilers",
    context: ["home", "thread"],
    filterAction: "warn",
    keywordsAttributes: [{ keyword: "ending", wholeWord: true }],
  });
  const status = await ann.v1.statuses.create({ status: "I know the ending" });
  const seen = await ben.v1.statuses.$select(status.id).fetch();
  assert.deepEqual(seen.filtered.map((f) => [f.filter.title, f.keywordMatches]), [["spoilers", ["ending"]]]);
  await ben.v2.filters.$select(filter.id).remove();
  assert.deepEqual((await ben.v1.statuses.$select(status.id).fetch()).filtered, []);
});

await step("keeps lists", async () => {
  const list = await ben.v1.lists.create({ title: "Colleagues", repliesPolicy: "list" });
  await ben.v1.lists.$select(list.id).accounts.create({ accountIds: [me.id] });
  assert.deepEqual((await ben.v1.lists.$select(list.id).accounts.list()).map((a) => a.id), [me.id]);
  const status = await ann.v1.statuses.create({ status: "For those who have me in a list" });
  assert.equal((await ben.v1.timelines.list.$select(list.id).list())[0].id, status.id);
  await ben.v1.lists.$select(list.id).accounts.remove({ accountIds: [me.id] });
  await ben.v1.lists.$select(list.id).remove();
  assert.deepEqual(await ben.v1.lists.list(), []);
});

await step("searches", async () => {
  const people = await ben.v2.search.list({ q: "ann", type: "accounts" });
  assert.deepEqual(people.accounts.map((a) => a.acct), ["ann"]);
  const tags = await ben.v2.search.list({ q: "tryout", type: "hashtags" });
  assert.equal(tags.hashtags[0].name, "tryout");
  let own = { statuses: [] };
  for (let tries = 0; tries < 100 && own.statuses.length === 0; tries += 1) {
    // A moment passes before a post is in the index.
    if (tries > 0) await new Promise((done) => setTimeout(done, 100));
    own = await ann.v2.search.list({ q: "edited", type: "statuses" });
  }
  assert.deepEqual(own.statuses.map((s) => s.id), [shown.id]);
});

await step("asks in a poll, and answers", async () => {
  const asked = await ann.v1.statuses.create({ status: "Tea?", poll: { options: ["yes", "no"], expiresIn: 3600 } });
  const voted = await ben.v1.polls.$select(asked.poll.id).votes.create({ choices: [0] });
  assert.deepEqual([voted.voted, voted.ownVotes, voted.votesCount], [true, [0], 1]);
});

await step("hears what happens, at once", async () => {
  const live = createStreamingAPIClient({
    streamingApiUrl: instance.configuration.urls.streaming,
    accessToken: process.env.NODE_BEN,
    implementation: globalThis.WebSocket,
  });
  const [user, tag] = [live.user.subscribe(), live.hashtag.subscribe({ tag: "Live" })];
  const coming = [
    first(user, (e) => e.event === "update" && e.payload.content.includes("heard")),
    first(tag, (e) => e.event === "update"),
    first(user, (e) => e.event === "notification" && e.payload.type === "mention"),
  ];
  // Nobody says when a subscription begins: it is said until it is heard.
  const saying = setInterval(() => ann.v1.statuses.create({ status: "@ben heard #live" }).catch(() => {}), 500);
  const [update, tagged, mention] = await Promise.all(coming).finally(() => clearInterval(saying));
  assert.deepEqual(tagged.stream, ["hashtag", "Live"]);
  assert.equal(update.payload.account.acct, "ann");
  assert.equal(mention.payload.status.account.acct, "ann");
  const gone = first(user, (e) => e.event === "delete" && e.payload === update.payload.id);
  await ann.v1.statuses.$select(update.payload.id).remove();
  await gone;
  live.close();
});

await step("pages through 200 posts, down and up again", async () => {
  const texts = Array.from({ length: 200 }, (_, n) => `Number ${n}.`);
  const ids = [];
  for (const status of texts) ids.push((await ann.v1.statuses.create({ status, visibility: "unlisted" })).id);
  const down = [];
  for await (const page of ann.v1.accounts.$select(me.id).statuses.list({ limit: 40 })) {
    assert.ok(page.length > 0, "an empty page has no next");
    down.push(...page.filter((s) => s.content.includes("Number ")).map((s) => s.id));
  }
  assert.deepEqual(down, ids.toReversed());
  const home = [];
  for await (const page of ben.v1.timelines.home.list({ limit: 40 })) home.push(...page.map((s) => s.id));
  assert.deepEqual(home.filter((id) => ids.includes(id)), ids.toReversed());
  const up = [];
  let least = ids[0];
  for (;;) {
    const page = await ben.v1.timelines.home.list({ limit: 40, minId: least });
    if (page.length === 0) break;
    up.push(...page.map((s) => s.id).toReversed());
    least = page[0].id;
  }
  assert.deepEqual(up, ids.slice(1));
});

await step("deletes and writes anew", async () => {
  const removed = await ann.v1.statuses.$select(shown.id).remove();
  assert.equal(removed.text, "A picture, edited #tryout");
  await assert.rejects(ann.v1.statuses.$select(shown.id).fetch(), (e) => e.statusCode === 404);
});

console.log(JSON.stringify({ done: true }));
process.exit(0);
