// Two of these peers, with a certificate made for the run, do to each other everything the control API offers.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dir = mkdtempSync(join(tmpdir(), "peer-selftest-"));
const children = [];
process.on("exit", () => {
  children.forEach((child) => child.kill());
  rmSync(dir, { recursive: true });
});

function certificate() {
  const openssl = (...args) => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=selftest CA");
  openssl("req", ...key, "-keyout", "peer.key", "-out", "peer.csr", "-subj", "/CN=localhost");
  writeFileSync(join(dir, "ext"), "subjectAltName=DNS:localhost,DNS:b.localhost\n");
  openssl("x509", "-req", "-in", "peer.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "peer.pem", "-days", "2", "-extfile", "ext");
}

async function start(extra = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "peer.mjs")], {
    env: {
      ...process.env, PEER_CERT: join(dir, "peer.pem"), PEER_KEY: join(dir, "peer.key"), NODE_EXTRA_CA_CERTS: join(dir, "ca.pem"),
      PEER_PORT: "0", PEER_CONTROL_PORT: "0", PEER_EXIT_WITH_STDIN: "1", ...extra,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const ready = await new Promise((done, failed) => {
    child.stdout.once("data", (line) => done(JSON.parse(line)));
    child.once("exit", (code) => failed(new Error(`a peer ended with ${code} before it was ready`)));
  });
  const call = async (path, body) => {
    const response = await fetch(ready.control + path, body && { method: "POST", body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.error}`);
    return answer;
  };
  return { ...ready, call, wait: (query) => call(`/wait?${new URLSearchParams({ timeout: 3000, ...query })}`) };
}

function delivered({ deliveries }, count = 1) {
  assert.equal(deliveries.length, count, JSON.stringify(deliveries));
  for (const one of deliveries) assert.ok(one.ok, JSON.stringify(one));
}

const steps = {
  async "each finds the other by handle"() {
    const handle = `@bob@${new URL(a.origin).host}`;
    const { kind, object, webfinger } = await b.call("/lookup", { handle });
    assert.equal(kind, "Person");
    assert.equal(object.id, bobOfA);
    assert.equal(webfinger.subject, `acct:${handle.slice(1)}`);
    const { document, understood } = await b.call("/nodeinfo", { url: a.origin });
    assert.deepEqual([document.software.name, understood], ["outloud-peer-fedify", true]);
  },
  async "a follow is accepted"() {
    delivered(await b.call("/follow", { as: "bob", actor: bobOfA }));
    await b.wait({ type: "Accept", objectType: "Follow" });
    assert.deepEqual((await a.call("/followers")).ids, [bobOfB]);
    assert.deepEqual((await b.call("/following")).following, [{ id: bobOfA, state: "accepted" }]);
    assert.deepEqual((await b.call("/traverse", { collection: `${bobOfA}/followers` })).ids, [bobOfB]);
  },
  async "a locked account decides for itself"() {
    await a.call("/profile", { as: "carol", manuallyApprovesFollowers: true, silent: true });
    delivered(await b.call("/follow", { as: "carol", actor: carolOfA }));
    const { requests, ids } = await a.call("/followers?of=carol");
    assert.deepEqual([requests, ids], [[carolOfB], []]);
    delivered(await a.call("/reject", { as: "carol", actor: carolOfB }));
    assert.equal((await b.call("/following?of=carol")).following[0].state, "rejected");
    delivered(await b.call("/follow", { as: "carol", actor: carolOfA }));
    delivered(await a.call("/accept", { as: "carol", actor: carolOfB }));
    assert.equal((await b.call("/following?of=carol")).following[0].state, "accepted");
  },
  async "a post reaches the follower once, with its mention, tag and language"() {
    const sent = await a.call("/note", { content: "<p>Hello there</p>", mentions: [bobOfB], hashtags: ["tea"], language: "en" });
    delivered(sent);
    post = sent.id;
    const { activity } = await b.wait({ type: "Create", object: post });
    assert.deepEqual([activity.object.content, activity.object.contentMap], ["<p>Hello there</p>", { en: "<p>Hello there</p>" }]);
    assert.deepEqual(activity.object.tag.map((tag) => tag.type).sort(), ["Hashtag", "Mention"]);
    assert.equal((await b.call("/lookup", { url: post })).object.id, post);
  },
  async "a reply, a like and a boost come back"() {
    const reply = await b.call("/note", { content: "<p>Good morning</p>", inReplyTo: post, mentions: [bobOfA] });
    delivered(reply);
    assert.equal((await a.wait({ type: "Create", object: reply.id })).activity.object.inReplyTo, post);
    delivered(await b.call("/like", { object: post }));
    await a.wait({ type: "Like", object: post });
    delivered(await b.call("/announce", { object: post }));
    await a.wait({ type: "Announce", object: post });
    delivered(await b.call("/unlike", { object: post }));
    await a.wait({ type: "Undo", objectType: "Like" });
    delivered(await b.call("/unannounce", { object: post }));
    await a.wait({ type: "Undo", objectType: "Announce" });
  },
  async "a followers-only post is read by followers alone"() {
    const { id } = await a.call("/note", { content: "<p>Just us</p>", to: "followers" });
    assert.equal((await b.call("/fetch", { url: id })).ok, true);
    assert.deepEqual([(await b.call("/fetch", { url: id, as: "carol" })).ok, (await b.call("/fetch", { url: id, signed: false })).ok], [false, false]);
  },
  async "an edit and a deletion follow the post"() {
    delivered(await a.call("/edit", { note: post, content: "<p>Hello again</p>" }));
    const { activity } = await b.wait({ type: "Update", object: post });
    assert.ok(activity.object.updated > activity.object.published);
    assert.equal((await b.call("/lookup", { url: post })).object.content, "<p>Hello again</p>");
    delivered(await a.call("/delete", { note: post }));
    assert.equal((await b.wait({ type: "Delete", object: post })).activity.object.type, "Tombstone");
    assert.equal((await b.call("/fetch", { url: post })).status, 410);
  },
  async "an altered body, a forged actor and a missing signature are refused"() {
    const activity = {
      "@context": "https://www.w3.org/ns/activitystreams", id: `${bobOfB}/odd/1`, type: "Like", actor: bobOfB, object: `${bobOfA}/notes/1`,
    };
    const inbox = `${bobOfA}/inbox`;
    const before = await a.call("/received/count");
    assert.equal((await b.call("/raw", { inbox, activity, alteredTo: { ...activity, type: "Dislike" } })).status, 401);
    assert.equal((await b.call("/raw", { inbox, activity: { ...activity, actor: bobOfA } })).status, 401);
    assert.equal((await b.call("/raw", { inbox, activity, signed: false })).status, 401);
    const after = await a.call("/received/count");
    assert.deepEqual([after.verified, after.posts], [before.verified, before.posts + 3]);
    assert.equal((await b.call("/raw", { inbox, activity })).status, 202);
    assert.equal((await b.call("/raw", { inbox, activity, spec: "rfc9421" })).status, 202);
    const twice = (await a.call("/received?type=Like")).activities.filter((one) => one.id === activity.id);
    assert.deepEqual(twice.map((one) => one.duplicate), [false, true]);
  },
  async "the first knock is what was asked for"() {
    const specs = async (peer) => [...new Set((await peer.call("/posts")).posts.map((one) => one.spec).filter((one) => one !== "none"))];
    assert.deepEqual((await specs(b)), ["rfc9421"]);
    assert.equal((await a.call("/posts")).posts[0].spec, "cavage");
  },
  async "a removed follower and an unfollow leave no follower"() {
    delivered(await a.call("/reject", { as: "carol", actor: carolOfB }));
    assert.equal((await b.call("/following?of=carol")).following[0].state, "rejected");
    delivered(await b.call("/unfollow", { actor: bobOfA }));
    await a.wait({ type: "Undo", objectType: "Follow" });
    assert.deepEqual((await a.call("/followers")).ids, []);
  },
};

certificate();
const [a, b] = await Promise.all([start(), start({ PEER_FIRST_KNOCK: "cavage", PEER_HOST: "b.localhost" })]);
const [bobOfA, carolOfA] = a.actors;
const [bobOfB, carolOfB] = b.actors;
let post;
for (const [name, step] of Object.entries(steps)) {
  const begun = performance.now();
  await step();
  console.log(`ok  ${name} (${Math.round(performance.now() - begun)} ms)`);
}
process.exit(0);
