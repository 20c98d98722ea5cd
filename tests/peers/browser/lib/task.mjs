// How programs and the suite talk: a task comes as JSON on standard input, findings go out a line each.
import { chromium } from 'playwright-core';

export async function task() {
  let text = '';
  for await (const piece of process.stdin) text += piece;
  return JSON.parse(text || '{}');
}

export const say = (line) => console.log(JSON.stringify(line));

/** The browser of the run, which others use, too: only contexts of one's own are closed. */
export const browser = () => chromium.connect(process.env.BROWSER_SERVER);

/** Ends the program, whatever is still open. */
export function done() {
  process.stdout.write('{"done":true}\n', () => process.exit(0));
}
