/** One browser for all tests of a file, and a page of it for each test, which is watched for what must not happen. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STATE_TIMEOUT_MS } from '../state-timeout.ts';
import { CHROMIUM } from './unpack-chromium.ts';

let browser: Browser | undefined;
let home: string | undefined;

export const withBrowser = existsSync(CHROMIUM);

/** A test that needs a browser; left out, by its name, where there is none. */
export const inBrowser = test.skipIf(!withBrowser);

/** Starts the browser before the tests of this file, and ends it after them. */
export function useBrowser(): void {
  beforeAll(async () => {
    if (!withBrowser) return;
    home = mkdtempSync(join(tmpdir(), 'bridge-browser-'));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      // Never those of the package: with them a page may read what belongs to another origin.
      args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP evil.example 127.0.0.1'],
      env: { HOME: home, PATH: process.env.PATH ?? '' },
    });
  });
  afterAll(async () => {
    await browser?.close();
    if (home !== undefined) rmSync(home, { recursive: true, maxRetries: 5 });
  });
}

export interface Watched extends AsyncDisposable {
  readonly page: Page;
  /** Hosts that were asked for anything. */
  readonly hosts: ReadonlySet<string>;
}

/** What breaks a rule of the page, as the console tells it. */
const VIOLATION = /Content Security Policy|TrustedHTML|Refused to/i;

/** A fresh browser of a person. Whoever is done with it learns of errors and of violations of the policy. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Watched> {
  if (!browser) throw new Error('useBrowser() comes first');
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(STATE_TIMEOUT_MS);
  const page = await context.newPage();
  const wrong: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', ({ message }) => void wrong.push(message));
  page.on('console', (message) => {
    if (VIOLATION.test(message.text())) wrong.push(message.text());
  });
  page.on('request', (request) => void hosts.add(new URL(request.url()).host));
  return {
    page,
    hosts,
    async [Symbol.asyncDispose]() {
      await context.close();
      expect(wrong).toEqual([]);
    },
  };
}

/** Whether the content is wider than the window, which a phone shows as a page that slides sideways. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}
