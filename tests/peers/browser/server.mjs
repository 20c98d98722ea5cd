// The one browser of a run of the suite. It prints {"browser": where programs connect to}, and ends with its standard input.
import { chromium } from 'playwright-core';

const server = await chromium.launchServer({
  executablePath: process.env.BROWSER,
  host: '127.0.0.1',
  // Nothing of a page may come from another machine; that it does not even try is looked at page by page.
  args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1', '--disable-gpu', '--ignore-certificate-errors'],
});
console.log(JSON.stringify({ browser: server.wsEndpoint() }));
process.stdin.resume();
process.stdin.on('end', async () => {
  await server.close();
  process.exit(0);
});
