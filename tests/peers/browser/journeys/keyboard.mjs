// Somebody who has no mouse: signs in, finds their page, signs out.
import { journey } from '../lib/journey.mjs';

await journey(async ({ task, sitsDown, step }) => {
  const ben = await sitsDown({ width: 360, height: 480 });
  await step('finds where to sign in', async () => {
    await ben.open('/');
    await ben.tabTo('Sign in');
    await ben.press('Enter');
    await ben.at('/login');
  });
  await step('signs in', async () => {
    await ben.tabTo('E-mail address or username');
    await ben.type(task.username);
    await ben.tabTo('Password');
    await ben.type(task.password);
    await ben.press('Enter');
    await ben.at('/home');
  });
  await step('goes past the top', async () => {
    await ben.tabTo('Skip to the content');
    await ben.press('Enter');
    const isThere = await ben.page.evaluate(() => document.activeElement.matches('main'));
    if (!isThere) throw new Error('the focus is not in the content');
  });
  await step('signs out', async () => {
    await ben.open('/me');
    await ben.tabTo('Sign out');
    await ben.goesOn(() => ben.press('Enter'));
    await ben.open('/');
    await ben.see('Sign in');
  });
});
