// What a window says (errors, what its policy forbids) and whom it asks.

/** All of it since it was last forgotten; `dress` are the answers with styles and scripts. */
export function listen(view) {
  const heard = { says: [], asks: [], dress: [] };
  view.on('console', (m) => heard.says.push({ kind: m.type(), text: m.text(), url: m.location().url }));
  view.on('pageerror', (e) => heard.says.push({ kind: 'error', text: e.message, url: '' }));
  view.on('request', (r) => heard.asks.push(r.url()));
  view.on('response', (r) => ['stylesheet', 'script'].includes(r.request().resourceType()) && heard.dress.push(r));
  return { ...heard, forget: () => Object.values(heard).forEach((list) => list.splice(0)) };
}

/** Errors and warnings. The browser says of a page with an error that it is one, which is meant. */
export function complaints(heard, url, status) {
  const isMeant = (m) => status >= 400 && m.url === url && m.text.includes(`status of ${status}`);
  return heard.says.filter((m) => ['error', 'warning'].includes(m.kind) && !isMeant(m)).map((m) => m.text).slice(0, 3);
}

/** What was asked of anybody but the node. */
export function foreign(heard, origin) {
  return heard.asks.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).origin !== origin).slice(0, 3);
}
