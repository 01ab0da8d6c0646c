/** What a person sees where something is missing, lost or refused: it fits every width and both colours, too. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { imposeHold, pause } from '../../src/bridge/holds.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { recordLive } from '../../src/bridge/runs.ts';
import type { Role } from '../../src/project/credential.ts';
import type { HoldKind } from '../../src/project/hold.ts';
import { EMPTY_LIVE_STATE } from '../../src/project/run.ts';
import { begin, projectIn, send } from '../bridge/steps.ts';
import { leaseOf } from '../bridge/submitted.ts';
import { largePatch } from '../large-patch.ts';
import { inBrowser, openPage, useBrowser } from './browser.ts';
import { faultsIn } from './looks.ts';
import { createStage, type Stage } from './stage.ts';
import { asking, DOUBTFUL, waiting } from './stories.ts';

useBrowser();

interface State {
  /** Makes it so. Returns where it is seen. */
  readonly begin: (stage: Stage) => Promise<string>;
  readonly role?: Role;
  /** What the person does first. */
  readonly act?: (page: Page, stage: Stage) => Promise<void>;
  /** What the page says then. */
  readonly words: string;
}

const press = (name: string | RegExp) => async (page: Page) =>
  page.getByRole('button', { name }).first().click();

const STATES: Readonly<Record<string, State>> = {
  'no plan was ever sent': { begin: async () => '#/', words: 'No plan yet' },
  'there is no project': { begin: async () => '#/projects', words: 'There are none.' },
  'nothing is queued': { begin: async () => '#/queue', words: 'Nothing waits for its turn.' },
  'nothing was spent': { begin: async () => '#/costs', words: 'What may be spent' },
  'nobody has written into a channel': { begin: async () => '#/channels', words: 'Nobody has written' },
  'nothing waits for the person': {
    async begin({ rig }) {
      await projectIn(rig, 'complete', { title: 'Add CSV export' });
      return '#/';
    },
    words: 'Nothing waits for you',
  },
  'the connection is lost': {
    begin: async ({ rig }) => `#/p/${await waiting(rig)}/r1`,
    async act(page) {
      await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
      await page.route('**/events', (route) => route.abort());
      await page.evaluate("dispatchEvent(new Event('online'))");
    },
    words: 'Connection lost at',
  },
  'this device may only read': {
    begin: async ({ rig }) => `#/p/${await waiting(rig)}/r1`,
    role: 'read',
    words: 'This device may read.',
  },
  'this device may not send plans': {
    begin: async () => '#/send',
    role: 'decide',
    words: 'This device may not send plans.',
  },
  'Claude Code is missing, and the next limit is far away': {
    async begin({ rig }) {
      const hold = (kind: HoldKind, reason: string, until: string | null) => {
        const since = rig.clock.now().toISOString();
        return imposeHold(leaseOf(rig), { kind, scope: '', reason, since, until, source: 'conditions' });
      };
      await hold('claude_missing', '/opt/tools/node_modules/.bin/claude: no such file or directory', null);
      await hold('usage_limit', 'five_hour', new Date(rig.clock.now().getTime() + 7_000_000).toISOString());
      await pause(rig.bridge, 'until I am back', 'person');
      await send(rig, '# Docs sweep');
      return '#/';
    },
    words: 'Claude Code was not found',
  },
  'a run works': {
    async begin({ rig }) {
      const { id } = await send(rig, '# Rename the columns of the price list in every report');
      const { run } = await begin(rig);
      const live = { todosDone: 14, todosTotal: 20, currentTodo: 'Write the test', currentTool: TOOL };
      const lastSignAt = rig.clock.now().toISOString();
      await recordLive(leaseOf(rig), new Map([[run.id, { ...EMPTY_LIVE_STATE, ...live, lastSignAt }]]));
      return `#/p/${id}`;
    },
    words: 'step 14 of 20',
  },
  'a project is stuck': {
    async begin({ rig }) {
      const attention = 'Five rounds were rejected. Read why, and allow one more, or cancel it.';
      return `#/p/${await projectIn(rig, 'attention', { title: 'Move the price list', attention })}`;
    },
    words: 'It is stuck',
  },
  'checks failed, and it is approved all the same': {
    begin: async ({ rig }) => `#/p/${await waiting(rig, { evidence: DOUBTFUL })}/r1`,
    act: press(/^Approve/),
    words: 'Approve all the same',
  },
  'a reason is written': {
    begin: async ({ rig }) => `#/p/${await waiting(rig)}/r1`,
    act: press('Reject…'),
    words: 'What should change?',
  },
  'a permission is denied': {
    begin: async ({ rig }) => `#/p/${await asking(rig, '# Clean the build', 'permission')}`,
    act: press('Deny…'),
    words: 'Why not?',
  },
  'a project is called off': {
    begin: async ({ rig }) => `#/p/${await waiting(rig)}`,
    act: press('Cancel…'),
    words: 'Cancel the project for good?',
  },
  'somebody else has decided meanwhile': {
    begin: async ({ rig }) => `#/p/${await waiting(rig)}/r1`,
    async act(page, { rig }) {
      await press('Reject…')(page);
      await page.getByLabel('What should change?').fill('Not so fast.');
      const [{ id } = { id: '' }] = rig.rowsOf('projects');
      await reject(rig.bridge, id as Parameters<typeof reject>[1], 'Quote every field.', 'desktop');
    },
    words: 'You were writing, and it was not sent:',
  },
  'the diff is too big': {
    async begin({ rig }) {
      const { patch, diff } = largePatch(3, 900_000);
      return `#/p/${await waiting(rig, { patch, evidence: { diff: { ...diff, truncated: true } } })}/r1`;
    },
    act: (page) => page.locator('.file-name').first().click(),
    words: 'changed lines.',
  },
};

const TOOL = 'Bash: npx vitest run --maxWorkers=1 test/reports/price-list.test.ts';

for (const [what, { begin: make, role, act, words }] of Object.entries(STATES))
  inBrowser(
    `where ${what}, the page fits 320 to 1440 pixels in both colours, and axe finds nothing wrong`,
    async () => {
      await using stage = await createStage();
      const place = await make(stage);
      await using it = await stage.open(place, {
        viewport: { width: 1440, height: 800 },
        ...(role && { role }),
      });
      const { page } = it;
      await act?.(page, stage);
      expect(await faultsIn(page, words, what)).toEqual([]);
    },
  );

inBrowser(
  'a link that was used is told apart from a browser that was never signed in, at every width',
  async () => {
    await using stage = await createStage();
    const link = await stage.link();
    await using first = await openPage();
    await first.page.goto(link);
    await first.page.locator('.live-live').waitFor();
    await using second = await openPage();
    await second.page.goto(link);
    expect(await faultsIn(second.page, 'That link was used', 'used link')).toEqual([]);
    await second.page.goto(stage.url);
    expect(await faultsIn(second.page, 'This browser is not signed in.')).toEqual([]);
  },
);
