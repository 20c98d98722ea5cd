// A walk through a page with Tab.

/** Marks what should be a stop, and answers how many there are. */
function mark() {
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], video[controls], [tabindex]';
  const taken = new Set();
  const isStop = (e) => {
    if (e.tabIndex < 0 || e.disabled || e.closest('[inert], fieldset[disabled]')) return false;
    if (!e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    if (e.type !== 'radio') return true;
    // A group of radio buttons is one stop.
    const group = `${e.form?.action}/${e.name}`;
    const chosen = e.form?.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"]:checked`);
    if (taken.has(group) || (chosen && chosen !== e)) return false;
    taken.add(group);
    return true;
  };
  const stops = [...document.querySelectorAll(kinds)].filter(isStop);
  stops.forEach((e, i) => { e.dataset.stop = i; });
  // The walk begins where an element stood that had the focus and is gone.
  const start = document.createElement('span');
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  start.remove();
  window.scrollTo(0, 0);
  return stops.length;
}

/** What has the focus now: which stop, and what is wrong with how it shows. */
function look() {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const words = (e.innerText || e.ariaLabel || e.name || e.tagName).trim().slice(0, 40);
  const rings = (x) => {
    const style = getComputedStyle(x);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  const bearers = [e, ...(e.labels ?? []), e.nextElementSibling].filter(Boolean);
  const problems = [];
  if (!bearers.some(rings)) problems.push(`“${words}” does not show that it has the focus`);
  const boxes = [...e.getClientRects()].filter((b) => b.width > 0 && b.height > 0);
  const inside = (b) => b.bottom > 0 && b.right > 0 && b.top < window.innerHeight && b.left < window.innerWidth;
  const seen = boxes.filter(inside);
  if (seen.length === 0) {
    problems.push(`“${words}” is outside of the window`);
  } else {
    const isUncovered = seen.some((b) => [0.1, 0.5, 0.9].some((f) => {
      const x = Math.min(Math.max(b.left + b.width * f, 1), window.innerWidth - 1);
      const y = Math.min(Math.max(b.top + b.height / 2, 1), window.innerHeight - 1);
      const top = document.elementFromPoint(x, y);
      return top && (e.contains(top) || top.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(top)));
    }));
    if (!isUncovered) problems.push(`“${words}” is covered by something`);
  }
  return { stop: e.dataset.stop ?? null, same: e.matches('audio, video, input[type^=date]'), words, problems };
}

export async function walk(page) {
  const expected = await page.evaluate(mark);
  const [seen, problems] = [new Map(), []];
  let last = null;
  for (let presses = 0; presses < expected * 2 + 40; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(look);
    if (!now) break;
    // The parts of a player and of a day are stops, too, but not elements of the page. What scrolls is one that nobody made.
    if (now.stop !== null && !(now.same && last === now.stop)) {
      if (seen.has(now.stop)) {
        if (now.stop === '0') break;
        problems.push(`“${now.words}” is reached twice`);
      }
      seen.set(now.stop, now.words);
      problems.push(...now.problems);
    }
    last = now.stop;
    if (problems.length > 4) break;
  }
  if (seen.size < expected && problems.length <= 4) {
    const missed = await page.evaluate((known) => [...document.querySelectorAll('[data-stop]')]
      .filter((e) => !known.includes(e.dataset.stop)).slice(0, 3)
      .map((e) => (e.innerText || e.ariaLabel || e.name || e.tagName).trim().slice(0, 40)), [...seen.keys()]);
    problems.push(`${expected - seen.size} of ${expected} are never reached: ${missed.join(', ')}`);
  }
  return problems.slice(0, 5);
}
