// Looks at every page of the table that the suite hands in, and says what it found:
// {"page": …, "check": …, "problems": […]} for each check that was made; a picture of each page is kept.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { axe } from './checks/axe.mjs';
import { frame, skip } from './checks/frame.mjs';
import { walk } from './checks/keyboard.mjs';
import { clipped, covered, moving, overflow, spaceOut, targets } from './checks/layout.mjs';
import { Person } from './lib/person.mjs';
import { browser, done, say, task } from './lib/task.mjs';

/** Bytes that a page may have without its media, and its style sheets and scripts together when compressed. */
const HTML = 100 * 1024;
const DRESS = 40 * 1024;
const WORKERS = 3;

const told = await task();
const connected = await browser();

/** Who is signed in where, so that they type their password once. */
const states = new Map();
async function stateOf(page) {
  const origin = new URL(page.url).origin;
  if (page.who === 'stranger') return undefined;
  const key = `${page.who} ${origin}`;
  if (!states.has(key)) {
    states.set(key, (async () => {
      const person = await Person.sitsDown(connected, origin);
      await person.signIn(told.people[page.who].name, told.people[page.who].password);
      const state = await person.context.storageState();
      await person.leave();
      return state;
    })());
  }
  return states.get(key);
}

/** Everything that a window says and asks for, from its first page on. */
function listen(page) {
  const heard = { says: [], asks: [], dress: [] };
  page.on('console', (m) => heard.says.push({ kind: m.type(), text: m.text(), url: m.location().url }));
  page.on('pageerror', (e) => heard.says.push({ kind: 'error', text: e.message, url: '' }));
  page.on('request', (r) => heard.asks.push(r.url()));
  page.on('response', (r) => ['stylesheet', 'script'].includes(r.request().resourceType()) && heard.dress.push(r));
  return heard;
}

const isLoud = (page) => (m) =>
  // The browser says of a page with an error that it is one.
  ['error', 'warning'].includes(m.kind) && !(page.status >= 400 && m.url === page.url && m.text.includes(String(page.status)));

async function withScript(page, report) {
  const person = await Person.sitsDown(connected, undefined, { state: await stateOf(page), reducedMotion: 'reduce' });
  const view = person.page;
  const heard = listen(view);
  const answer = await view.goto(page.url, { waitUntil: 'load' });
  const status = answer.status();
  report('status', status === page.status ? [] : [`${status}, not ${page.status}`]);
  for (const [check, problems] of Object.entries(await view.evaluate(frame, told.node))) report(check, problems);
  if (page.who === 'stranger') await weigh(answer, heard, report);
  report('motion', await view.evaluate(moving));
  report('axe-light', await axe(view));
  await picture(view, page, 1280, 'light');
  await view.emulateMedia({ colorScheme: 'dark' });
  report('axe-dark', await axe(view, { colours: !told.full }));
  await picture(view, page, 1280, 'dark');
  await view.setViewportSize({ width: 360, height: 740 });
  await picture(view, page, 360, 'dark');
  await view.emulateMedia({ colorScheme: 'light' });
  await picture(view, page, 360, 'light');
  report('targets', await view.evaluate(targets));
  await view.setViewportSize({ width: 1280, height: 800 });
  report('skip', await skip(view));
  if (page.walked) report('keyboard', [...(await walk(view)), ...(await walkNarrow(view))]);
  const own = [new URL(page.url).origin];
  const foreign = heard.asks.filter((url) => /^(https?|wss?):/.test(url) && !own.includes(new URL(url).origin));
  report('origins', foreign.slice(0, 3));
  report('console', heard.says.filter(isLoud(page)).map((m) => m.text).slice(0, 3));
  await person.leave();
}

/** Bars that stick are where the window is small. */
async function walkNarrow(view) {
  if (!told.full) return [];
  await view.setViewportSize({ width: 360, height: 480 });
  return walk(view);
}

async function weigh(answer, heard, report) {
  const html = (await answer.body()).length;
  report('weight', html < HTML ? [] : [`${html} bytes of HTML`]);
  let sum = 0;
  for (const part of heard.dress) sum += gzipSync(await part.body()).length;
  report('dress', heard.dress.length > 0 && sum < DRESS ? [] : [`${sum} bytes of style and script, compressed`]);
}

async function picture(view, page, width, theme) {
  await view.screenshot({ path: join(told.shots, `${page.name}-${width}-${theme}.png`), fullPage: true, caret: 'hide' });
}

async function withoutScript(page, report) {
  const person = await Person.sitsDown(connected, undefined, { state: await stateOf(page), script: false, width: 320, height: 640 });
  const view = person.page;
  await view.goto(page.url, { waitUntil: 'load' });
  report('reflow', await view.evaluate(overflow));
  const session = await person.context.newCDPSession(view);
  const small = { width: 320, height: 256, deviceScaleFactor: 4, mobile: false };
  await session.send('Emulation.setDeviceMetricsOverride', small);
  report('zoom', [...(await view.evaluate(overflow)), ...(await view.evaluate(covered))]);
  await session.send('Emulation.setDeviceMetricsOverride', { ...small, height: 640, deviceScaleFactor: 1 });
  await view.evaluate(() => { document.documentElement.dir = 'rtl'; });
  report('rtl', await view.evaluate(overflow));
  await view.evaluate(() => { document.documentElement.dir = 'ltr'; });
  await view.evaluate(spaceOut);
  report('spacing', [...(await view.evaluate(overflow)), ...(await view.evaluate(clipped))]);
  await person.leave();
}

const queue = [...told.pages];
async function work() {
  for (let page = queue.shift(); page; page = queue.shift()) {
    const report = (check, problems) => say({ page: page.name, check, problems });
    const began = Date.now();
    for (const part of [withScript, withoutScript]) {
      await part(page, report).catch((error) => report('looking', [error.stack]));
    }
    say({ page: page.name, took: Date.now() - began });
  }
}

await Promise.all(Array.from({ length: WORKERS }, work));
done();
