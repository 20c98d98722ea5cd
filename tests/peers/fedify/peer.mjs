// An ActivityPub server for tests, built on Fedify. See README.md for its settings and its control API.

import dns from "node:dns";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { arriving, Peer, sending } from "./federation.mjs";
import { Journal } from "./journal.mjs";
import { routes } from "./control.mjs";

const env = process.env;
const KNOCKS = { cavage: "draft-cavage-http-signatures-12", rfc9421: "rfc9421" };

// Only looks on: says which signature each delivery attempt carried and what it was answered.
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await realFetch(input, init);
  if (input instanceof Request && input.method === "POST") {
    const spec = input.headers.has("signature-input") ? "rfc9421" : input.headers.has("signature") ? "cavage" : "none";
    sending.getStore()?.push({ spec, status: response.status });
  }
  return response;
};

// RFC 6761 gives every name under localhost to loopback, which not every system's resolver knows.
const realLookup = dns.lookup;
dns.lookup = (name, options, done) => realLookup(/\.localhost$/i.test(name) ? "127.0.0.1" : name, options, done);

const journal = new Journal();
const portOf = (server) => server.address().port;
const listen = (server, port) => new Promise((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", done));

async function bodyOf(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// --- the public side: HTTPS in front of Fedify ---------------------------------------------------------------------------

let peer;

async function serve(incoming, outgoing) {
  const bytes = await bodyOf(incoming);
  const headers = new Headers();
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) headers.append(incoming.rawHeaders[at], incoming.rawHeaders[at + 1]);
  const request = new Request(`https://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method, headers, ...(bytes.length && { body: bytes }),
  });
  const grave = peer.graves?.get(new URL(request.url).pathname);
  const response = grave
    ? Response.json(await grave.toJsonLd({ contextLoader: peer.ctx.contextLoader }), { status: 410, headers: { "content-type": "application/activity+json" } })
    : await arriving.run({ request, body: parsed(bytes) }, () => peer.federation.fetch(request, { contextData: undefined }));
  if (request.method === "POST") {
    const body = parsed(bytes);
    journal.posts.push({
      n: journal.posts.length + 1, path: incoming.url, status: response.status, type: body?.type ?? null, id: body?.id ?? null,
      spec: headers.has("signature-input") ? "rfc9421" : headers.has("signature") ? "cavage" : "none",
      headers: Object.fromEntries(headers),
    });
  }
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

function parsed(bytes) {
  try {
    return JSON.parse(bytes);
  } catch {
    return null;
  }
}

const onError = (outgoing) => (error) => {
  console.error(error);
  outgoing.writeHead(500).end(String(error));
};

const front = https.createServer({ cert: readFileSync(env.PEER_CERT), key: readFileSync(env.PEER_KEY) },
  (incoming, outgoing) => serve(incoming, outgoing).catch(onError(outgoing)));
await listen(front, Number(env.PEER_PORT ?? 0));
const origin = env.PEER_ORIGIN || `https://${env.PEER_HOST ?? "localhost"}:${portOf(front)}`;
const usernames = (env.PEER_ACTORS ?? "bob,carol").split(",");
peer = await Peer.open({ origin, usernames, journal, firstKnock: KNOCKS[env.PEER_FIRST_KNOCK] });

// --- the control side ------------------------------------------------------------------------------------------------------

const table = routes(peer, journal);

async function control(incoming, outgoing) {
  const url = new URL(incoming.url, "http://control");
  const bytes = await bodyOf(incoming);
  const route = table[`${incoming.method} ${url.pathname}`];
  let status = route ? 200 : 404;
  let answer = { error: "no such command" };
  try {
    if (route) answer = await route({ ...Object.fromEntries(url.searchParams), ...(bytes.length && JSON.parse(bytes)) });
  } catch (error) {
    status = error.status ?? 422;
    answer = { error: String(error.stack ?? error) };
  }
  outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

const back = http.createServer((incoming, outgoing) => control(incoming, outgoing).catch(onError(outgoing)));
await listen(back, Number(env.PEER_CONTROL_PORT ?? 0));
console.log(JSON.stringify({ ready: true, origin, control: `http://127.0.0.1:${portOf(back)}`, actors: usernames.map((name) => `${origin}/users/${name}`) }));

// A test run that dies must not leave servers behind: they end when the pipe from their parent does.
if (env.PEER_EXIT_WITH_STDIN) process.stdin.resume().on("end", () => process.exit(0)).on("error", () => process.exit(0));
