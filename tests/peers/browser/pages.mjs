// Looks at every page of the table that the suite hands in, and says what it found:
// {"page": …, "check": …, "problems": […]} for each check that was made; a picture of each page is kept.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { axe } from './checks/axe.mjs';
import { frame, skip } from './checks/frame.mjs';
import { complaints, foreign, listen } from './checks/heard.mjs';
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
function stateOf({ who, url }) {
  const { origin } = new URL(url);
  if (who === 'stranger') return undefined;
  const key = `${who} ${origin}`;
  if (!states.has(key)) states.set(key, signIn(origin, told.people[who]));
  return states.get(key);
}

async function signIn(origin, { name, password }) {
  const person = await Person.sitsDown(connected, origin);
  await person.signIn(name, password);
  const state = await person.context.storageState();
  await person.leave();
  return state;
}

/** The windows of one worker: for everybody one with scripts and one without, in which they look at one page after the other. */
class Windows {
  #open = new Map();

  async of(page, script) {
    const key = `${page.who} ${script} ${new URL(page.url).origin}`;
    if (!this.#open.has(key)) {
      const person = await Person.sitsDown(connected, undefined, { state: await stateOf(page), script, reducedMotion: 'reduce' });
      const session = await person.context.newCDPSession(person.page);
      const size = (width, height, deviceScaleFactor = 1) =>
        session.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor, mobile: false });
      this.#open.set(key, { view: person.page, heard: listen(person.page), size });
    }
    return this.#open.get(key);
  }
}

/** Goes to a page, or to what answers its form when that is sent as it is. */
async function arrive(view, page) {
  const answer = await view.goto(page.url, { waitUntil: 'load' });
  if (!page.sent) return answer;
  const answered = view.waitForNavigation({ waitUntil: 'load' });
  await view.evaluate(() => {
    const form = document.querySelector('main form[method=post]');
    form.noValidate = true;
    form.requestSubmit();
  });
  return answered;
}

/** Pictures that are sent for when somebody comes near are sent for now. */
const settle = (view) => view.evaluate(async () => {
  const pictures = [...document.images];
  pictures.forEach((picture) => { picture.loading = 'eager'; });
  await Promise.all([document.fonts.ready, ...pictures.map((picture) => picture.decode().catch(() => {}))]);
});

/** What is folded away can be unfolded. */
const unfold = (view, open) => view.evaluate((o) => document.querySelectorAll('details').forEach((d) => { d.open = o; }), open);

async function withScript(page, windows, report) {
  const { view, heard } = await windows.of(page, true);
  heard.forget();
  await view.emulateMedia({ colorScheme: 'light' });
  await view.setViewportSize({ width: 1280, height: 800 });
  const answer = await arrive(view, page);
  const status = answer.status();
  report('status', status === page.status ? [] : [`${status}, not ${page.status}`]);
  for (const [check, problems] of Object.entries(await view.evaluate(frame, told.node))) report(check, problems);
  if (page.who === 'stranger' && !page.sent) await weigh(answer, heard, report);
  await settle(view);
  report('motion', await view.evaluate(moving));
  report('skip', await skip(view));
  await view.evaluate(() => { document.activeElement.blur(); window.scrollTo(0, 0); });
  report('axe-light', await axe(view));
  await picture(view, page, 1280, 'light');
  await view.emulateMedia({ colorScheme: 'dark' });
  await unfold(view, true);
  report('axe-dark', await axe(view, { colours: !told.full }));
  await unfold(view, false);
  await picture(view, page, 1280, 'dark');
  await view.setViewportSize({ width: 360, height: 740 });
  report('targets', await view.evaluate(targets));
  await picture(view, page, 360, 'dark');
  await view.emulateMedia({ colorScheme: 'light' });
  await picture(view, page, 360, 'light');
  if (page.walked) report('keyboard', await walks(view));
  report('origins', foreign(heard, new URL(page.url).origin));
  report('console', complaints(heard, view.url().split('#')[0], page.status));
}

/** Bars that stick are where the window is small. */
async function walks(view) {
  await view.setViewportSize({ width: 360, height: 480 });
  const narrow = await walk(view);
  if (!told.full) return narrow;
  await view.setViewportSize({ width: 1280, height: 800 });
  return [...narrow, ...(await walk(view))];
}

/** What each file of style or script weighs: one that is kept is not sent again. */
const weights = new Map();
async function weigh(answer, heard, report) {
  const html = (await answer.body()).length;
  report('weight', html < HTML ? [] : [`${html} bytes of HTML`]);
  let sum = 0;
  for (const part of heard.dress) {
    if (!weights.has(part.url())) weights.set(part.url(), gzipSync(await part.body()).length);
    sum += weights.get(part.url());
  }
  report('dress', heard.dress.length > 0 && sum < DRESS ? [] : [`${heard.dress.length} files of ${sum} bytes, compressed`]);
}

/** A short run takes one of the themes for each width: others for each second page. */
async function picture(view, page, width, theme) {
  const isTaken = (width === 1280) === (theme === 'dark') === (told.pages.indexOf(page) % 2 === 0);
  if (!told.full && !told.pictures && !isTaken) return;
  await view.screenshot({ path: join(told.shots, `${page.name}-${width}-${theme}.png`), fullPage: true, caret: 'hide' });
}

async function withoutScript(page, windows, report) {
  const { view, size } = await windows.of(page, false);
  await size(320, 640);
  await arrive(view, page);
  report('reflow', await view.evaluate(overflow));
  await unfold(view, true);
  report('reflow', await view.evaluate(overflow));
  await size(320, 256, 4);
  report('zoom', [...(await view.evaluate(overflow)), ...(await view.evaluate(covered))]);
  await size(320, 640);
  await view.evaluate(() => { document.documentElement.dir = 'rtl'; });
  report('rtl', await view.evaluate(overflow));
  await view.evaluate(() => { document.documentElement.dir = 'ltr'; });
  await view.evaluate(spaceOut);
  report('spacing', [...(await view.evaluate(overflow)), ...(await view.evaluate(clipped))]);
}

const queue = [...told.pages];
async function work() {
  const windows = new Windows();
  for (let page = queue.shift(); page; page = queue.shift()) {
    const report = (check, problems) => say({ page: page.name, check, problems });
    for (const part of [withScript, withoutScript]) {
      await part(page, windows, report).catch((error) => report('looking', [error.stack]));
    }
  }
}

await Promise.all(Array.from({ length: WORKERS }, work));
done();
