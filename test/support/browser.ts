// A browser for tests and screenshots: logs in to Odoo, opens screens, takes pictures, collects console errors.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const screens = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'var', 'screens');

export interface BrowserOptions {
  /** Address of Odoo, e.g. `http://127.0.0.1:8069`. */
  url: string;
  /** Path of a Chromium; default: the environment's CHROMIUM, then Debian's. */
  executable?: string;
  /** Size of the window in CSS pixels; default 1280 × 800. */
  width?: number;
  height?: number;
}

/** Noise that says nothing about our pages: cancelled requests of a page that was left. */
const HARMLESS = [/net::ERR_ABORTED/];

/** Run in the page: a popover that fades in has arrived; what turns for ever is not waited for. */
const STANDS_STILL = `document.getAnimations().every((each) =>
  each.playState !== 'running' || each.effect?.getTiming().iterations === Infinity)`;

export class OdooBrowser {
  readonly page: Page;
  /** Errors that the pages wrote to the console or threw, in order. A test expects none. */
  readonly errors: string[] = [];
  private readonly browser: Browser;
  private readonly context: BrowserContext;
  private readonly url: string;

  private constructor(browser: Browser, context: BrowserContext, page: Page, url: string) {
    this.browser = browser;
    this.context = context;
    this.page = page;
    this.url = url;
    page.on('console', (message) => message.type() === 'error' && this.note(message.text()));
    page.on('pageerror', (error) => this.note(error.stack ?? error.message));
  }

  /** Starts a browser. @throws when no Chromium can be started. Call `close` at the end. */
  static async launch(options: BrowserOptions): Promise<OdooBrowser> {
    const browser = await chromium.launch({
      executablePath: options.executable ?? process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const viewport = { width: options.width ?? 1280, height: options.height ?? 800 };
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
    const page = await context.newPage();
    return new OdooBrowser(browser, context, page, options.url.replace(/\/$/, ''));
  }

  /** Logs in through the login page. @throws when Odoo refuses, or shows no web client in time. */
  async login(login = 'admin', password = 'admin'): Promise<void> {
    await this.page.goto(`${this.url}/web/login`);
    await this.page.fill('input[name="login"]', login);
    await this.page.fill('input[name="password"]', password);
    await this.page.press('input[name="password"]', 'Enter');
    await this.page.waitForSelector('.o_main_navbar', { timeout: 60_000 });
  }

  /** Opens a path of the web client, e.g. `/odoo/contacts`, and waits until its content stands. */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.url}${path}`);
    await this.page.waitForSelector('.o_action_manager .o_content', { timeout: 60_000 });
    await this.settle();
  }

  /** Waits until nothing is loading and the last paint is done. */
  async settle(): Promise<void> {
    await this.page.waitForSelector('.o_loading_indicator', { state: 'detached' });
    await this.page.waitForTimeout(300);
  }

  /** Changes the window's size, e.g. to that of a phone. */
  async resize(width: number, height: number): Promise<void> {
    await this.page.setViewportSize({ width, height });
    await this.settle();
  }

  /** Sets a cookie for Odoo's address, e.g. `color_scheme`. */
  async setCookie(name: string, value: string): Promise<void> {
    await this.context.addCookies([{ name, value, url: this.url }]);
  }

  /** Takes a picture of the window. @returns its file, `var/screens/<name>.png` */
  async screenshot(name: string): Promise<string> {
    mkdirSync(screens, { recursive: true });
    const path = join(screens, `${name}.png`);
    await this.page.waitForFunction(STANDS_STILL);
    await this.page.screenshot({ path });
    return path;
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.browser.close();
  }

  private note(error: string): void {
    if (!HARMLESS.some((pattern) => pattern.test(error))) this.errors.push(error);
  }
}
