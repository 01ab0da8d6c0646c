/** What the page weighs, and how soon a person sees what there is. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { type Browser, chromium, type Page } from 'playwright-core';
import { pause } from '../../src/bridge/holds.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { makeSignInCode } from '../../src/bridge/sign-in.ts';
import { databaseFile } from '../../src/state-folder.ts';
import { freePort } from '../free-port.ts';
import { largePatch } from '../large-patch.ts';
import { CHROMIUM, unpackChromium } from '../page/unpack-chromium.ts';
import { fillStore } from './fill-store.ts';
import { listens } from './http-server.ts';
import type { Measurement, Row, Setting } from './measurement.ts';
import { reviewedProject } from './reviewed-project.ts';
import type { Stage } from './stage.ts';
import { median } from './statistics.ts';
import { PATH, type Supervised, startSupervised } from './supervised.ts';

const [SMALL, LARGE] = [10, 10_000];
const [FEW_EVENTS, MANY_EVENTS] = [100, 10_000];
const DIFF_FILES = 300;
const DIFF_BYTES = 5_000_000;

export const page: Measurement = {
  name: 'page',
  title: 'The page in a browser',
  about: `Measured: the files of the built page after gzip; from a link to the first words and to the live connection, in a fresh browser; from a plan that is sent until it is in the page; from a click to the first lines of a diff of 5 MB in ${DIFF_FILES} files, and the longest time that the page did not answer meanwhile; home with ${LARGE.toLocaleString('en')} projects, the yardstick with ${SMALL}; the heap after ${MANY_EVENTS.toLocaleString('en')} events, the yardstick after ${FEW_EVENTS}. Chromium, headless; medians.`,
  async measure({ stage, quick }: Setting) {
    unpackChromium();
    if (!existsSync(CHROMIUM)) throw new Error('there is no Chromium here: it could not be unpacked');
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc', '--enable-precise-memory-info'],
      env: { HOME: await stage.folder('browser'), PATH },
    });
    stage.closeLater(() => browser.close());
    const times = quick ? 3 : 11;
    const small = await serve(stage, 'small', SMALL);
    const large = await serve(stage, 'large', LARGE);
    return {
      rows: [
        ...weights(),
        ...(await arrivals(browser, small, times)),
        ...(await homes(browser, small, large, times)),
        ...(await newsOf(browser, small, quick)),
        ...(await diffs(browser, small, times)),
      ],
      notes: [
        'A fresh browser has nothing in its cache. The first words are those of the frame; live is when the stream of events is open.',
      ],
    };
  },
};

const ASSETS = fileURLToPath(new URL('../../dist/assets', import.meta.url));

function weights(): Row[] {
  const names = readdirSync(ASSETS);
  const sizeOf = (some: readonly string[]) =>
    some.reduce((sum, name) => sum + gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length, 0);
  const css = names.filter((name) => name.endsWith('.css'));
  return [
    {
      name: 'JavaScript at first, gzip',
      unit: 'bytes',
      measured: sizeOf(firstScripts()),
      aim: { most: 60_000 },
    },
    { name: 'CSS, gzip', unit: 'bytes', measured: sizeOf(css), aim: { most: 10_000 } },
    { name: 'all of it, gzip', unit: 'bytes', measured: sizeOf(names), aim: { most: 90_000 } },
  ];
}

/** Those that the page names: its own, and what that imports at once. */
function firstScripts(): string[] {
  return [...new Set(readFileSync(join(ASSETS, 'index.html'), 'utf8').match(/[\w-]+\.js/g))];
}

interface Served extends Supervised {
  readonly url: string;
  /** The project with the large diff. */
  readonly reviewed: string;
}

async function serve(stage: Stage, name: string, projects: number): Promise<Served> {
  const port = await freePort();
  let reviewed = '';
  const supervised = await startSupervised(stage, {
    name,
    environment: { PATH, HOME: await stage.folder('home') },
    // Never asked to: new runs are paused.
    claude: process.execPath,
    config: { http: { enabled: true, port } },
    async prepare(bridge) {
      reviewed = await reviewedProject(bridge, largePatch(DIFF_FILES, DIFF_BYTES));
      fillStore(databaseFile(bridge.stateDir), projects);
      await pause(bridge, 'measuring', 'person');
    },
  });
  await listens(stage, port);
  return { ...supervised, reviewed, url: `http://127.0.0.1:${port}/` };
}

async function linkTo({ bridge, url }: Served): Promise<string> {
  const { code } = await makeSignInCode(bridge, { name: 'bench', role: 'admin', lifetimeMs: 60_000 });
  return `${url}#signin=${code}`;
}

const TIMEOUT_MS = 60_000;

/** Plays on a page that is signed in and live, in a browser without a past. */
async function onPage<T>(browser: Browser, served: Served, play: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1_280, height: 800 } });
  try {
    context.setDefaultTimeout(TIMEOUT_MS);
    const opened = await context.newPage();
    await opened.goto(await linkTo(served));
    await opened.locator('.live-live').waitFor();
    return await play(opened);
  } finally {
    await context.close();
  }
}

async function arrivals(browser: Browser, served: Served, times: number): Promise<Row[]> {
  const [paints, lives]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < times; turn++)
    await onPage(browser, served, async (opened) => {
      // Both count from when the browser began to fetch the page.
      lives.push(await opened.evaluate<number>('performance.now()'));
      paints.push(
        await opened.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
      );
    });
  return [
    { name: 'link to the first words', unit: 'ms', measured: median(paints), aim: { most: 1_000 } },
    { name: 'link to live', unit: 'ms', measured: median(lives), aim: { most: 500 } },
  ];
}

/** From the frame to what waits, by going there from an empty view. */
async function homes(browser: Browser, small: Served, large: Served, times: number): Promise<Row[]> {
  const timesOf = (served: Served) =>
    onPage(browser, served, async (opened) => {
      const found: number[] = [];
      for (let turn = 0; turn < times; turn++) {
        await goTo(opened, '#/nowhere', 'There is nothing here');
        found.push(await untilShown(opened, "location.hash = '#/'", 'for you'));
      }
      return median(found);
    });
  const [measured, yardstick] = [await timesOf(large), await timesOf(small)];
  return [{ name: 'home', unit: 'ms', measured, yardstick, aim: { mostRatio: 1.5 } }];
}

async function newsOf(browser: Browser, served: Served, quick: boolean): Promise<Row[]> {
  return onPage(browser, served, async (opened) => {
    await goTo(opened, '#/projects', 'Projects');
    const found: number[] = [];
    for (let turn = 0; turn < (quick ? 10 : 50); turn++)
      found.push(await newsTime(opened, served, `News ${turn}.`));
    const few = await heapAfter(opened, served, FEW_EVENTS);
    const many = await heapAfter(opened, served, quick ? MANY_EVENTS / 10 : MANY_EVENTS);
    return [
      { name: 'a plan to the page', unit: 'ms', measured: median(found), aim: { most: 30 } },
      { name: 'heap', unit: 'MB', measured: many, yardstick: few, aim: { mostRatio: 1.3 } },
    ];
  });
}

async function send({ bridge }: Served, title: string): Promise<void> {
  const sent = await sendPlan(
    bridge,
    { workspaces: {}, workspace_roots: [] },
    { markdown: `# ${title}` },
    'desktop',
  );
  if (!sent.ok) throw new Error(`the plan was refused: ${title}`);
}

/** From the commit until the page has it, by the one clock of this machine. */
async function newsTime(opened: Page, served: Served, title: string): Promise<number> {
  const shown = opened.evaluate<number>(`new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('never shown: ' + ${JSON.stringify(title)})), ${TIMEOUT_MS});
    const look = () => document.body.textContent.includes(${JSON.stringify(title)}) && resolve(Date.now());
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  })`);
  await send(served, title);
  const committed = Date.now();
  const time = (await shown) - committed;
  // A view that has just fetched waits a moment before it does so again.
  await opened.waitForTimeout(SETTLE_MS);
  return Math.max(0, time);
}

const SETTLE_MS = 400;

/** The heap in MB, with what is garbage collected, when so many events have come in. */
async function heapAfter(opened: Page, served: Served, events: number): Promise<number> {
  const sqlite = new Sqlite(databaseFile(served.home));
  try {
    for (let done = 0; done < events; done += BATCH)
      sqlite.prepare(EVENTS).run({ project: served.reviewed, count: Math.min(BATCH, events - done) });
  } finally {
    sqlite.close();
  }
  const last = `Last of ${events}`;
  await send(served, last);
  await opened.getByText(last).first().waitFor();
  const session = await opened.context().newCDPSession(opened);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

const BATCH = 100;

const EVENTS = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $count)
  INSERT INTO events (project_id, type, actor, data, created_at)
  SELECT $project, 'project.updated', 'code', json_object('message', 'Step ' || n), strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM numbers`;

async function diffs(browser: Browser, served: Served, times: number): Promise<Row[]> {
  const [firsts, longest]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < times; turn++)
    await onPage(browser, served, async (opened) => {
      await opened.evaluate(
        "window.longest = 0; new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (window.longest = Math.max(window.longest, duration)))).observe({ type: 'longtask' })",
      );
      firsts.push(await untilShown(opened, `location.hash = '#/p/${served.reviewed}/r1'`, 'of file 1 '));
      await opened.getByText(`of file 5 `).first().waitFor();
      longest.push(await opened.evaluate<number>('window.longest'));
    });
  return [
    { name: 'diff: its first file', unit: 'ms', measured: median(firsts), aim: { most: 300 } },
    { name: 'diff: longest task', unit: 'ms', measured: median(longest), aim: { most: 100 } },
  ];
}

async function goTo(opened: Page, place: string, words: string): Promise<void> {
  await opened.evaluate(`location.hash = ${JSON.stringify(place)}`);
  await opened.getByText(words).first().waitFor();
}

/** From an act of a person until the page shows these words, in milliseconds, as the page itself has it. */
async function untilShown(opened: Page, act: string, words: string): Promise<number> {
  return opened.evaluate<number>(`new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('never shown: ' + ${JSON.stringify(words)})), ${TIMEOUT_MS});
    const from = performance.now();
    const look = () => {
      if (!document.getElementById('main').textContent.includes(${JSON.stringify(words)})) return;
      watch.disconnect();
      resolve(performance.now() - from);
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    ${act};
  })`);
}
