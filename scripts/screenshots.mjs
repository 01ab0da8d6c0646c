/**
 * Writes the pictures of README.md to docs/images/, from what `bridge-supervisor dashboard --demo` shows: so they are the page
 * as it is. What is in them but times and costs is the same each time. Run by `npm run screenshots`, after a build.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM, unpackChromium } from '../test/page/unpack-chromium.ts';
import { smallPng } from './small-png.ts';

const place = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** All of the demo is there within a minute. */
const TIMEOUT_MS = 180_000;
const IMAGES = place('docs/images');

/** What a picture shows, how large it is, and how to get there from the home view. */
const PICTURES = [
  {
    name: 'home',
    width: 1280,
    height: 800,
    colorScheme: 'light',
    async open(page) {
      await page.getByText('Nothing new starts').first().waitFor();
    },
  },
  {
    name: 'review-phone',
    width: 390,
    height: 844,
    colorScheme: 'dark',
    async open(page) {
      await page
        .getByRole('link', { name: /Keep old prices/ })
        .first()
        .click();
      await page.getByText('Measured, not claimed').waitFor();
    },
  },
  {
    name: 'live-run',
    width: 960,
    height: 760,
    colorScheme: 'dark',
    async open(page) {
      await page
        .getByRole('link', { name: /Write a page of docs/ })
        .first()
        .click();
      await page.getByText('What it does, live').click();
      await page
        .getByText(/docs\/orders\.md/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'queue',
    width: 960,
    height: 640,
    colorScheme: 'light',
    async open(page) {
      await page.evaluate("location.hash = '#/queue'");
      await page.getByText('Next, in this order').waitFor();
    },
  },
];

unpackChromium();
mkdirSync(IMAGES, { recursive: true });
const home = mkdtempSync(join(tmpdir(), 'bridge-screenshots-'));
const demo = spawn(process.execPath, [place('dist/cli.js'), 'dashboard', '--demo', '--print'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [link] = await Promise.race([
    once(createInterface(demo.stdout), 'line'),
    once(demo, 'exit').then(([code]) => Promise.reject(new Error(`the demo ended with exit code ${code}`))),
  ]);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
    env: { HOME: home, PATH: process.env.PATH ?? '' },
  });
  try {
    const context = await browser.newContext({ locale: 'en-US', timezoneId: 'Europe/Berlin' });
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = await context.newPage();
    await page.goto(link);
    for (const { name, width, height, colorScheme, open } of PICTURES) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate("location.hash = '#/'");
      await open(page);
      await page.mouse.move(0, 0);
      const png = smallPng(await page.screenshot({ caret: 'hide', animations: 'disabled' }));
      writeFileSync(join(IMAGES, `${name}.png`), png);
      console.log(`docs/images/${name}.png, ${Math.round(png.length / 1_000)} KB`);
    }
  } finally {
    await browser.close();
  }
} finally {
  const ended = demo.exitCode === null ? once(demo, 'exit') : undefined;
  demo.kill('SIGINT');
  await ended;
  rmSync(home, { recursive: true, force: true });
}
