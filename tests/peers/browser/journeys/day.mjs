// A member's day: an experiment inside, opened up, answered, its outcome; pictures, drafts, what others see of it; and how it looks.
import { journey } from '../lib/journey.mjs';

const must = (holds, words) => {
  if (!holds) throw new Error(words);
};

await journey(async ({ task, sitsDown, step }) => {
  const ben = await sitsDown({ width: 360, height: 740, timezoneId: 'Asia/Kathmandu' });
  const ada = await sitsDown({ width: 1280 });
  await step('signs in, and is at home', async () => {
    await ben.signIn('ben', task.password);
    await ada.signIn('ada', task.password);
    await ben.open('/home');
    await ben.see('Home');
  });
  await step('writes an experiment for colleagues alone', async () => {
    await ben.click('Write');
    await ben.at('/write');
    await ben.click('“We believe that if we…”');
    await ben.fill('We believe that if we…', 'ring tenants before the letter');
    await ben.fill('Then this will lead to…', 'fewer letters');
    await ben.fill('Look again on', '2031-03-03');
    await ben.click('Post to others instead');
    await ben.goesOn(() => ben.click(`Post inside ${task.node}`));
    await ben.see('ring tenants before the letter');
    await ben.see('Look again on 3 March 2031');
    await ben.see(`Inside ${task.node}`);
  });
  await step('a colleague makes it a favourite, and the page says so', async () => {
    await ada.open('/@ben');
    await ada.see('ring tenants before the letter');
    const button = ada.page.getByRole('button', { name: /^Favourite/ }).first();
    await button.click();
    await ada.page.locator('.deed[aria-pressed=true]', { hasText: 'Favourite' }).first().waitFor();
    await ada.open('/favourites');
    await ada.see('ring tenants before the letter');
  });
  await step('a colleague answers, and it stays inside', async () => {
    await ada.click('Reply');
    await ada.at('/write');
    await ada.see('ring tenants before the letter');
    await ada.fill('Your answer', '@ben Which number do you ring from?');
    await ada.goesOn(() => ada.click(`Post inside ${task.node}`));
    await ada.see('Which number do you ring from?');
  });
  await step('is told of it, once', async () => {
    await ben.open('/notifications');
    await ben.see('ada mentioned you');
    await ben.see('Which number do you ring from?');
    await ben.see('ada made your post a favourite');
    await ben.open('/home');
    must((await ben.page.locator('.places b.n').count()) === 0, 'notifications still count as new');
  });
  await step('opens it up for everyone, and the answers stay where they were', async () => {
    await ben.open('/@ben');
    await ben.click('More');
    await ben.goesOn(() => ben.click('Open this up'));
    await ben.tick('Everyone');
    for (const box of await ben.page.locator('input[name="confirmed[]"]').all()) await box.check();
    await ben.goesOn(() => ben.click('Open this up'));
    await ben.see('Everyone');
    await ben.seeNot('Which number do you ring from?');
  });
  await step('says what came of it', async () => {
    await ben.click('More');
    await ben.goesOn(() => ben.click('Say what came of it'));
    await ben.tick('Didn’t do what we hoped');
    await ben.fill('What would you tell the next team?', 'Text first: nobody answers a withheld number.');
    await ben.goesOn(() => ben.click('Say it'));
    await ben.see('Didn’t do what we hoped');
    await ben.see('nobody answers a withheld number');
  });
  await step('everybody finds it on the front page and in the library', async () => {
    const rita = await sitsDown({ width: 360 });
    await rita.open('/');
    await rita.see('Didn’t do what we hoped');
    await rita.open('/library?outcome=didnt');
    await rita.see('ring tenants before the letter');
    await rita.leave();
  });
  await step('posts a picture, is asked once what it shows, and loses nothing', async () => {
    await ben.open('/write');
    await ben.fill('What are you working on?', 'The poster is up.');
    await ben.click('Attach a picture, film or sound');
    await ben.attach('File', task.picture);
    await ben.click('Attach');
    await ben.see('Describe file 1');
    must((await ben.field('What are you working on?').inputValue()) === 'The poster is up.', 'the text is gone');
    await ben.click('Post to everyone');
    await ben.see('has no description');
    await ben.fill('Describe file 1', 'A poster with strips to tear off');
    await ben.goesOn(() => ben.click('Post to everyone'));
    await ben.see('The poster is up.');
    await ben.page.getByAltText('A poster with strips to tear off').first().waitFor();
  });
  await step('changes it, and both versions can be read', async () => {
    await ben.click('More');
    await ben.goesOn(() => ben.click('Edit'));
    await ben.fill('What are you working on?', 'The poster is down again.');
    await ben.goesOn(() => ben.click('Save the new version'));
    await ben.see('The poster is down again.');
    await ben.goesOn(() => ben.click(/^Edited/));
    await ben.see('The poster is up.');
  });
  await step('keeps a draft, finds it, and deletes it after being asked', async () => {
    await ben.open('/write');
    await ben.fill('What are you working on?', 'Half a thought');
    await ben.goesOn(() => ben.click('Keep as a draft'));
    await ben.at('/drafts');
    await ben.goesOn(() => ben.click('Delete'));
    await ben.see('Delete this draft?');
    await ben.goesOn(() => ben.click('Delete it'));
    await ben.open('/drafts');
    await ben.see('Nothing is waiting here.');
  });
  await step('writes a thread, and takes its first post back to write it anew', async () => {
    await ben.open('/write');
    await ben.fill('What are you working on?', 'Three things we learned');
    await ben.goesOn(() => ben.click('Add another post below'));
    await ben.fill('Post 2 of the thread', 'First: ring before the letter');
    await ben.goesOn(() => ben.click('Post to everyone'));
    await ben.see('First: ring before the letter');
    await ben.click('More');
    await ben.goesOn(() => ben.click('Delete'));
    await ben.goesOn(() => ben.click('Delete it and write it anew'));
    must((await ben.field('What are you working on?').inputValue()) === 'Three things we learned', 'its words are gone');
    await ben.fill('What are you working on?', 'Two things we learned');
    await ben.goesOn(() => ben.click('Post to everyone'));
    await ben.see('Two things we learned');
  });
  await step('follows somebody, and stops again', async () => {
    await ada.open('/@ben');
    await ada.goesOn(() => ada.click('Follow'));
    await ada.see('Stop following');
    await ada.goesOn(() => ada.click('Stop following'));
    await ada.page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
  });
  await step('is told what was done with a post, where it stands', async () => {
    await ada.open('/@ben');
    const post = ada.page.locator('main article').first();
    await post.getByText('More').click();
    await ada.goesOn(() => post.getByRole('button', { name: 'Mute this conversation' }).click());
    await post.getByText('You are told nothing more of this conversation.').waitFor();
    await ada.see('Conversation muted');
    if (task.script) must(await ada.page.evaluate(() => document.activeElement.matches('article .menu > summary')), 'the focus is elsewhere');
  });
  await step('posts for later, takes it back with its day, and keeps it so', async () => {
    const named = task.script ? '5 May 2031 at 09:30' : '5 May 2031 at 09:30 UTC';
    await ben.open('/write');
    await ben.fill('What are you working on?', 'In May');
    await ben.click('Language, who may quote it, or post it later');
    await ben.fill('Post it at', '2031-05-05T09:30');
    await ben.goesOn(() => ben.click(/^Post to everyone/));
    await ben.at('/scheduled');
    await ben.see(named);
    await ben.goesOn(() => ben.click('Make it a draft, and change it'));
    must((await ben.field('Post it at').inputValue()) === '2031-05-05T09:30', 'the day is gone');
    await ben.see(`Post to everyone: ${named}`);
    await ben.goesOn(() => ben.click('Keep as a draft'));
    await ben.see('Kept as a draft.');
    await ben.goesOn(() => ben.click('In May'));
    must((await ben.field('Post it at').inputValue()) === '2031-05-05T09:30', 'a draft loses its day');
  });
  await step('chooses dark colours and larger text, which stay', async () => {
    await ben.open('/appearance');
    await ben.tick('Dark');
    await ben.tick('Larger');
    await ben.goesOn(() => ben.click('Save'));
    await ben.signOut();
    await ben.open('/');
    const page = ben.page.locator('html');
    must(/dark/.test(await page.getAttribute('class')), 'it is not dark any more');
    must((await page.evaluate((e) => getComputedStyle(e).colorScheme)) === 'dark', 'the colours are not dark');
  });
  if (task.script) {
    await step('what is new is said at once, and comes when it is wanted', async () => {
      await ada.open('/home');
      await ada.page.evaluate(() => document.fonts.ready);
      await ben.signIn('ben', task.password);
      await ben.open('/write?text=%40ada%20tea');
      await ben.goesOn(() => ben.click('Post to everyone'));
      await ada.open('/local');
      await ben.open('/write');
      await ben.fill('What are you working on?', 'Something new');
      await ben.goesOn(() => ben.click('Post to everyone'));
      await ada.click(/^New posts: 1/);
      await ada.see('Something new');
    });
    await step('keys do what they do on Mastodon', async () => {
      // Who makes a second list stands on nothing that deletes the first.
      for (const title of ['Near', 'Far']) {
        await ada.open('/lists');
        await ada.fill('Name of a new list', title);
        await ada.goesOn(() => ada.page.keyboard.press('Enter'));
        await ada.see(title);
        const at = await ada.page.evaluate(() => document.activeElement.textContent.trim());
        must(at === 'Make the list', `one stands on: ${at}`);
      }
      await ada.open('/local');
      await ada.press('j');
      await ada.press('f');
      await ada.page.locator('article:focus .deed[aria-pressed=true]', { hasText: 'Favourite' }).or(ada.page.locator('.deed[aria-pressed=true]', { hasText: 'Favourite' })).first().waitFor();
      await ada.press('j');
      await ada.press('r');
      await ada.at('/write');
      await ada.press('Escape');
      await ada.press('g');
      await ada.press('n');
      await ada.at('/notifications');
    });
    await step('what was typed is there after the browser went away', async () => {
      await ada.open('/write');
      await ada.fill('What are you working on?', 'Not sent yet');
      await ada.open('/home');
      await ada.open('/write');
      must((await ada.field('What are you working on?').inputValue()) === 'Not sent yet', 'it is gone');
      await ada.see('What you typed before was brought back.');
    });
    await step('whoever goes back and sends the same once more gets the post that there is', async () => {
      await ada.open('/write');
      await ada.fill('What are you working on?', 'Once is enough');
      await ada.goesOn(() => ada.click('Post to everyone'));
      const first = ada.page.url();
      await ada.page.goBack();
      await ada.fill('What are you working on?', 'Once is enough');
      await ada.goesOn(() => ada.click('Post to everyone'));
      must(ada.page.url() === first, `there are two: ${first}, ${ada.page.url()}`);
    });
    await step('notifications are shown by the browser while no page is open', async () => {
      // A push service of a browser's maker cannot be reached here: the browser takes its place for the subscription alone.
      await ada.context.grantPermissions(['notifications']);
      await ada.context.addInitScript(() => {
        const key = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
        const made = async () => {
          const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
          const p256dh = key(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
          const keys = { p256dh, auth: key(crypto.getRandomValues(new Uint8Array(16))) };
          return { toJSON: () => ({ endpoint: 'http://127.0.0.1:9/push', keys }), unsubscribe: async () => { window.made = null; } };
        };
        PushManager.prototype.subscribe = async () => (window.made = await made());
        PushManager.prototype.getSubscription = async () => window.made ?? null;
      });
      await ada.open('/settings/hearing');
      await ada.see('They are not shown in this browser.');
      await ada.click('Show them in this browser');
      await ada.see('They are shown in this browser.');
      const shown = await tell(ada.page, { notification_id: 7, title: 'Ben mentioned you', body: 'Tea?' });
      must(shown.join() === 'Ben mentioned you: Tea?', `shown: ${shown}`);
      await ada.click('Do not show them any more');
      await ada.see('They are not shown in this browser.');
    });
  }
});

/** Hands a message to the page's worker as a push service would, and answers what the browser shows then. */
async function tell(page, message) {
  const session = await page.context().newCDPSession(page);
  const known = new Promise((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0]));
  });
  await session.send('ServiceWorker.enable');
  const { registrationId, scopeURL } = await known;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await session.send('ServiceWorker.deliverPushMessage', { origin: new URL(scopeURL).origin, registrationId, data: JSON.stringify(message) });
  return page.waitForFunction(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications();
    return all.length ? all.map((n) => `${n.title}: ${n.body}`) : null;
  }).then((handle) => handle.jsonValue());
}
