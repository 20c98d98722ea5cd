// Whether the checks find what they are for: each is shown a page that is well made, and the same with one thing wrong.
import { axe } from './checks/axe.mjs';
import { frame, skip } from './checks/frame.mjs';
import { complaints, foreign, listen } from './checks/heard.mjs';
import { walk } from './checks/keyboard.mjs';
import { clipped, covered, moving, overflow, spaceOut, targets } from './checks/layout.mjs';
import { Person } from './lib/person.mjs';
import { browser, done, say } from './lib/task.mjs';

const GOOD = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tea · Canalside</title>
<meta name="viewport" content="width=device-width"><style>
  body { margin: 0; color: #111; background: #fff; font: 16px/1.5 sans-serif; }
  .skip { position: absolute; left: 0; top: -9rem; } .skip:focus { top: 0; }
  :focus-visible { outline: 3px solid #05c; } ul a, button { display: inline-block; min-height: 24px; min-width: 24px; }
</style></head><body><a class="skip" href="#main">Skip</a>
<header><nav aria-label="Node"><ul><li><a href="#one">One</a></li><li><a href="#two">Two</a></li></ul></nav></header>
<main id="main" tabindex="-1"><h1>Tea</h1><p>Some words and <a href="#three">a link in them</a>.</p><button>Do it</button></main>
<footer>The end</footer></body></html>`;

const ORIGIN = 'https://node.test';
const person = await Person.sitsDown(await browser(), undefined, { width: 320, height: 480, reducedMotion: 'reduce' });
const view = person.page;

const framed = (which) => async () => (await view.evaluate(frame, 'Canalside'))[which];
const [overflows, covers, aims, moves] = [overflow, covered, targets, moving].map((look) => () => view.evaluate(look));
const [skips, walks, rules, colours] = [() => skip(view), () => walk(view), () => axe(view), () => axe(view, { colours: true })];
const heard = listen(view);
const complains = async () => complaints(heard, view.url(), 404);
const asks = async () => foreign(heard, ORIGIN);
const spaced = async () => {
  await view.evaluate(spaceOut);
  return [...(await view.evaluate(overflow)), ...(await view.evaluate(clipped))];
};
const add = (html) => (page) => page.replace('</main>', `${html}</main>`);
const style = (css) => (page) => page.replace('</style>', `${css}</style>`);
const swap = (from, to) => (page) => {
  if (!page.includes(from)) throw new Error(`no ${from}`);
  return page.replace(from, to);
};

// What is wrong, how it came to be, and who must find it.
const wrong = [
  ['a second heading', add('<h1>More</h1>'), framed('heading')],
  ['no language', swap(' lang="en"', ''), framed('language')],
  ['no main', (page) => page.replaceAll('main', 'div'), framed('landmarks')],
  ['no navigation', (page) => page.replaceAll('nav', 'div'), framed('landmarks')],
  ['a title of the node alone', swap('Tea · ', ''), framed('title')],
  ['no way past the top', swap('<a class="skip" href="#main">Skip</a>', ''), skips],
  ['a way past the top that is never seen', style('.skip:focus { top: -9rem; }'), skips],
  ['a way past the top that leads nowhere', swap('#main', '#nowhere'), skips],
  ['something too wide', add('<div style="width: 400px">wide</div>'), overflows],
  ['something beside the page', add('<div style="position: absolute; left: 600px">far</div>'), overflows],
  ['a bar that covers the half', add('<div style="position: fixed; inset: 0 0 auto; height: 60%">bar</div>'), covers],
  ['a box that cuts its text off when that is wider', style('h1 { width: 70px; white-space: nowrap; overflow: hidden; }'),
    async () => { await view.evaluate(() => { document.querySelector('h1').textContent = 'Camomile'; }); return spaced(); }],
  ['two small targets side by side', add('<style>i { display: inline-block; } i button { all: unset; width: 9px; height: 9px; }</style><i><button>a</button><button>b</button></i>'),
    aims],
  ['something that moves', add('<style>@keyframes x { to { opacity: 0 } } h1 { animation: x 9s infinite; }</style>'), moves],
  ['too little contrast', style('h1 { color: #ccc; }'), rules],
  ['too little contrast, looked at for colours alone', style('h1 { color: #ccc; }'), colours],
  ['a field without a name', add('<input>'), rules],
  ['a focus that is not shown', style('button:focus-visible { outline: none; }'), walks],
  ['a focus under a bar', add('<div style="position: fixed; inset: 0 0 auto; height: 90%; background: #eee">bar</div>'), walks],
  ['a trap', add('<button onkeydown="event.preventDefault()">trap</button><button>after it</button>'), walks],
  ['an error of a script', add('<script>nobody.home()</script>'), complains],
  ['what the policy forbids', add('<object data="/x"></object>'), complains],
  ['a picture from elsewhere', add('<img src="https://elsewhere.test/x.png" alt="">'), asks],
  ['a stop outside of the window', add('<a href="#x" style="position: fixed; left: -300px">far</a>'), walks],
];

// It is found nowhere, as far as its status goes, which is no complaint.
let served = '';
await view.route('**/*', (route) => {
  const headers = { 'content-security-policy': "object-src 'none'", 'content-type': 'text/html' };
  return route.request().url() === `${ORIGIN}/` ? route.fulfill({ status: 404, headers, body: served }) : route.fulfill({ status: 204 });
});

async function finds(html, look) {
  heard.forget();
  served = html;
  await view.goto(ORIGIN);
  return look();
}

const onGood = new Map();
for (const [name, change, look] of wrong) {
  if (!onGood.has(look)) onGood.set(look, await finds(GOOD, look));
  const [found, falsely] = [await finds(change(GOOD), look), onGood.get(look)];
  if (found.length === 0) say({ failed: name, error: 'is not found' });
  else if (falsely.length > 0) say({ failed: name, error: `is found where it is not: ${falsely.join('; ')}` });
  else say({ ok: name, found });
}
await person.leave();
done();
