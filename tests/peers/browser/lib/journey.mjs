// A journey: what people do with a node, step by step. A step that was done is told as {"ok": its name}, what goes wrong as
// {"failed": …, "error": …}, with a picture of what was to be seen then.
import { join } from 'node:path';
import { Person } from './person.mjs';
import { browser, done, say, task } from './task.mjs';

/** `go({ task, sitsDown, step })`: what the suite told, a new browser window for somebody, and `await step(name, async () => …)`. */
export async function journey(go) {
  const told = await task();
  const connected = await browser();
  const people = [];
  const sitsDown = async (options) => {
    const person = await Person.sitsDown(connected, told.origin, { script: told.script, ...options });
    people.push(person);
    return person;
  };
  const step = async (name, deed) => {
    try {
      await deed();
      say({ ok: name });
    } catch (error) {
      const picture = join(told.shots, `failed-${told.name}${told.script ? '' : '-without-script'}.png`);
      await people.at(-1)?.page.screenshot({ path: picture, fullPage: true }).catch(() => {});
      say({ failed: name, error: `${error.message}\n(see ${picture})` });
      throw error;
    }
  };
  try {
    await go({ task: told, sitsDown, step });
    done();
  } catch (error) {
    console.error(error.stack);
    process.exitCode = 1;
  } finally {
    await Promise.all(people.map((p) => p.leave().catch(() => {})));
    process.exit();
  }
}
