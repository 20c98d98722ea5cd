// What fits, and what is covered. Each function answers the problems, in words.

/** What sticks out to the side, if the page scrolls to the side. */
export function overflow() {
  const root = document.documentElement;
  if (root.scrollWidth <= window.innerWidth) return [];
  const name = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ''}${[...e.classList].map((c) => `.${c}`).join('')}`;
  const sticksOut = (e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > window.innerWidth + 0.01 || box.left < -0.01);
  };
  const all = [...document.body.querySelectorAll('*')].filter(sticksOut);
  const deepest = all.filter((e) => ![...e.children].some(sticksOut)).slice(0, 3);
  return [`${root.scrollWidth} px in a window of ${window.innerWidth}: ${deepest.map(name).join(', ') || 'something'}`];
}

/** Text that is cut off by the box around it. */
export function clipped() {
  const name = (e) => `${e.tagName.toLowerCase()}.${[...e.classList].join('.')}`;
  const isCut = (e) => {
    const style = getComputedStyle(e);
    const hides = (v) => v === 'hidden' || v === 'clip';
    if (!e.textContent.trim() || e.clientWidth <= 1 || e.clientHeight <= 1) return false;
    return (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1) || (hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
  };
  return [...document.body.querySelectorAll('*')].filter(isCut).slice(0, 3).map((e) => `the text of ${name(e)} is cut off`);
}

/** Bars that stay where they are and cover more than half of the window. */
export function covered() {
  window.scrollTo(0, document.documentElement.scrollHeight / 2);
  let height = 0;
  for (const e of document.body.querySelectorAll('*')) {
    if (!['fixed', 'sticky'].includes(getComputedStyle(e).position) || !e.checkVisibility()) continue;
    const box = e.getBoundingClientRect();
    const isStuck = getComputedStyle(e).position === 'fixed' || box.top <= 1 || box.bottom >= window.innerHeight - 1;
    const seen = Math.min(box.bottom, window.innerHeight) - Math.max(box.top, 0);
    if (isStuck && seen > 0 && box.width > window.innerWidth / 2) height += seen;
  }
  window.scrollTo(0, 0);
  return height > window.innerHeight / 2 ? [`bars cover ${Math.round(height)} of ${window.innerHeight} px`] : [];
}

/** The least spacing of text that has to be borne (WCAG 1.4.12). A sheet made by script is no inline style. */
export function spaceOut() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** Targets under 24 px that are too near to others (WCAG 2.5.8); links in a text may be as small as it is. */
export function targets() {
  const NEEDED = 24;
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=menuitem], [tabindex="0"]';
  const all = [...document.querySelectorAll(kinds)].filter((e) => e.checkVisibility({ visibilityProperty: true }));
  const boxes = new Map();
  for (const e of all) {
    let { left, top, right, bottom } = e.getBoundingClientRect();
    for (const label of e.labels ?? []) {
      const box = label.getBoundingClientRect();
      [left, top, right, bottom] = [Math.min(left, box.left), Math.min(top, box.top), Math.max(right, box.right), Math.max(bottom, box.bottom)];
    }
    // What is hidden until it has the focus stands outside.
    if (right - left > 1 && bottom - top > 1 && right > 0) boxes.set(e, { left, top, right, bottom });
  }
  const isSmall = (b) => b.right - b.left < NEEDED - 0.5 || b.bottom - b.top < NEEDED - 0.5;
  const letters = (e) => e.innerText.replace(/[^\p{L}\p{N}]/gu, '').length;
  const isInText = (e) => {
    if (getComputedStyle(e).display !== 'inline') return false;
    let around = e.parentElement;
    while (getComputedStyle(around).display === 'inline') around = around.parentElement;
    // Other targets beside it are no text around it.
    return letters(around) > all.filter((t) => around.contains(t)).reduce((sum, t) => sum + letters(t), 0);
  };
  const centre = (b) => [(b.left + b.right) / 2, (b.top + b.bottom) / 2];
  const reach = ([x, y], b) => Math.hypot(Math.max(b.left - x, 0, x - b.right), Math.max(b.top - y, 0, y - b.bottom));
  // What a bar that stays lies on now can be scrolled from under it.
  const bar = (e) => {
    for (let around = e; around; around = around.parentElement) if (['fixed', 'sticky'].includes(getComputedStyle(around).position)) return around;
    return null;
  };
  const problems = [];
  for (const [e, box] of boxes) {
    if (!isSmall(box) || isInText(e)) continue;
    const [x, y] = centre(box);
    const near = [...boxes].find(([other, b]) => {
      if (other === e || other.contains(e) || e.contains(other) || bar(other) !== bar(e)) return false;
      if (reach([x, y], b) < NEEDED / 2 - 0.5) return true;
      const [ox, oy] = centre(b);
      return isSmall(b) && Math.hypot(ox - x, oy - y) < NEEDED - 0.5;
    });
    if (near) {
      const words = (t) => (t.innerText || t.ariaLabel || t.name || t.tagName).trim().slice(0, 30);
      const size = `${Math.round(box.right - box.left)}×${Math.round(box.bottom - box.top)}`;
      problems.push(`“${words(e)}” is ${size} px and next to “${words(near[0])}”`);
    }
  }
  return problems.slice(0, 5);
}

/** What moves although the reader asked for less of that. */
export function moving() {
  const runs = document.getAnimations().filter((a) => a.playState === 'running' && (a.effect?.getComputedTiming().duration ?? 0) > 20);
  return runs.slice(0, 3).map((a) => `${a.animationName ?? a.transitionProperty ?? 'something'} moves ${a.effect.target?.tagName}`);
}
