// From an invitation to a member who comes back: joins, signs out, signs in again.
import { journey } from '../lib/journey.mjs';

const PASSWORD = 'correct horse battery';

await journey(async ({ task, sitsDown, step }) => {
  const ann = await sitsDown({ width: 360 });
  await step('opens the link of the invitation', async () => {
    await ann.open(task.invite);
    await ann.see('Your handle becomes');
  });
  await step('is told what is wrong, and what was typed is still there', async () => {
    await ann.fill('Username', task.username);
    await ann.fill('E-mail address', `${task.username}@example.org`);
    await ann.fill('Password', 'short');
    await ann.tick(/I will be kind/);
    await ann.click('Join');
    await ann.see('Please look at what is marked below');
    if ((await ann.field('Username').inputValue()) !== task.username) throw new Error('the username is gone');
  });
  await step('joins', async () => {
    await ann.fill('Password', PASSWORD);
    await ann.click('Join');
    await ann.at('/welcome');
    await ann.see('Welcome');
  });
  await step('is who is signed in', async () => {
    await ann.open('/');
    await ann.see(`@${task.username}`);
  });
  await step('signs out', async () => {
    await ann.signOut();
    await ann.open('/');
    await ann.see('Sign in');
    await ann.seeNot('Notifications');
  });
  await step('is not let in with another password', async () => {
    await ann.open('/login');
    await ann.fill('E-mail address or username', task.username);
    await ann.fill('Password', 'another password');
    await ann.click('Sign in');
    await ann.at('/login');
    await ann.page.getByRole('alert').waitFor();
  });
  await step('signs in again', async () => {
    await ann.signIn(`${task.username}@example.org`, PASSWORD);
    await ann.open('/settings/sessions');
    await ann.at('/settings/sessions');
  });
});
