// Somebody who sits before a browser: finds things by what they read, and waits until what they expect is there.
const PATIENCE = 10_000;

export class Person {
  /**
   * Options: `script` (false: a browser without JavaScript), `theme` (`light`, `dark`), `width`, `height`, `state` (what another context had
   * stored), and whatever else a context of Playwright takes.
   */
  static async sitsDown(browser, origin, { script = true, theme = 'light', width = 1280, height = 800, state, ...more } = {}) {
    const context = await browser.newContext({
      baseURL: origin,
      ignoreHTTPSErrors: true,
      javaScriptEnabled: script,
      colorScheme: theme,
      viewport: { width, height },
      locale: 'en-GB',
      storageState: state,
      ...more,
    });
    context.setDefaultTimeout(PATIENCE);
    return new Person(context, await context.newPage());
  }

  constructor(context, page) {
    this.context = context;
    this.page = page;
  }

  /** Opens an address of the node, or a whole one; answers the status. */
  async open(path) {
    const answer = await this.page.goto(path, { waitUntil: 'load' });
    return answer.status();
  }

  /** Clicks the button, link, or summary that is called so, whole or as told by a regular expression. */
  async click(name) {
    const by = (role) => this.page.getByRole(role, { name, exact: true });
    const whole = name instanceof RegExp ? name : new RegExp(`^\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
    const summary = this.page.locator('summary').filter({ hasText: whole });
    await by('button').or(by('link')).or(by('menuitem')).or(summary).filter({ visible: true }).first().click();
  }

  field(label) {
    return this.page.getByLabel(label, { exact: typeof label === 'string' }).first();
  }

  async fill(label, text) {
    await this.field(label).fill(text);
  }

  async tick(label) {
    await this.field(label).check();
  }

  async untick(label) {
    await this.field(label).uncheck();
  }

  async choose(label, option) {
    await this.field(label).selectOption({ label: option });
  }

  /** Hands in files, by their paths. */
  async attach(label, ...paths) {
    await this.field(label).setInputFiles(paths);
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  async type(text) {
    await this.page.keyboard.type(text);
  }

  /** Goes by Tab to what is called so, as far as it takes. */
  async tabTo(name) {
    const focused = this.page.locator('*:focus');
    for (let stops = 0; stops < 200; stops += 1) {
      await this.press('Tab');
      const heard = (await focused.count()) > 0 ? await focused.ariaSnapshot() : '';
      if (heard.includes(`"${name}"`)) return;
    }
    throw new Error(`no stop is called “${name}” at ${this.page.url()}`);
  }

  /** Waits until this stands somewhere on the page. */
  async see(text) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor().catch(async () => {
      throw new Error(`“${text}” is not to be seen at ${this.page.url()}:\n${await this.aria()}`);
    });
  }

  /** Waits until this stands nowhere on the page. */
  async seeNot(text) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor({ state: 'hidden' });
  }

  /** Waits until this is the path of the page. */
  async at(path) {
    await this.page.waitForURL((url) => url.pathname === path);
  }

  async signIn(name, password) {
    await this.open('/login');
    await this.fill('E-mail address or username', name);
    await this.fill('Password', password);
    await this.click('Sign in');
    await this.page.waitForURL((url) => !url.pathname.startsWith('/login'));
  }

  async signOut() {
    await this.open('/me');
    await this.goesOn(() => this.click('Sign out'));
  }

  /** Does what leads to another page, and waits until that is there. */
  async goesOn(deed) {
    const there = this.page.waitForNavigation({ waitUntil: 'load' });
    await Promise.all([there, deed()]);
  }

  /** The page as those hear it who do not see it. */
  aria() {
    return this.page.locator('body').ariaSnapshot();
  }

  async leave() {
    await this.context.close();
  }
}
