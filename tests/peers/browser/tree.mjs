// The tree of a page as those hear it who do not see it: {"tree": …}.
import { Person } from './lib/person.mjs';
import { browser, done, say, task } from './lib/task.mjs';

const told = await task();
const reader = await Person.sitsDown(await browser(), told.origin);
await reader.open(told.path);
say({ tree: await reader.aria() });
await reader.leave();
done();
