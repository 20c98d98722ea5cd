// What every page has: a heading, a language, landmarks, a title, a way past the top.

export function frame(node) {
  const problems = { heading: [], language: [], landmarks: [], title: [] };
  const visible = (e) => e.checkVisibility({ visibilityProperty: true });
  const count = (selector) => [...document.querySelectorAll(selector)].filter(visible).length;
  const headings = count('h1');
  if (headings !== 1) problems.heading.push(`${headings} h1`);
  if (!/^[a-z]{2,3}(-|$)/.test(document.documentElement.lang)) problems.language.push(`lang is “${document.documentElement.lang}”`);
  const mains = count('main, [role=main]');
  if (mains !== 1) problems.landmarks.push(`${mains} main`);
  const banner = [...document.querySelectorAll('header, [role=banner]')].filter((e) => !e.closest('article, main, section, aside') && visible(e));
  if (banner.length !== 1) problems.landmarks.push(`${banner.length} header`);
  if (count('nav, [role=navigation]') < 1) problems.landmarks.push('no nav');
  const thing = document.title.replace(node, '').replace(/[·|–—:\s-]/g, '');
  if (!document.title.includes(node) || !thing) problems.title.push(`it is “${document.title}”`);
  return problems;
}

/** The first stop of the keyboard leads past the top, and can be seen while it has the focus; also where a field has the focus at first. */
export async function skip(page) {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    const isSeen = box.width > 1 && box.left >= 0 && box.top >= 0 && box.right <= window.innerWidth;
    return { target: e.getAttribute('href') ?? '', isSeen, words: e.innerText?.trim().slice(0, 40) ?? '' };
  });
  if (!/^#./.test(first.target)) return [`the first stop is “${first.words}”, which leads to ${first.target || 'nowhere'}`];
  if (!first.isSeen) return ['it cannot be seen while it has the focus'];
  await page.keyboard.press('Enter');
  const isThere = await page.evaluate(() => document.activeElement.matches('main') || !!document.activeElement.closest('main'));
  return isThere ? [] : ['it does not take the focus to main'];
}
