/** The page on a scripted model's work, as a stranger opens it: what the person decides there is taken up. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openPage, useBrowser, withBrowser } from '../page/browser.ts';
import { PHONE } from '../page/stage.ts';
import { STATE_TIMEOUT_MS } from '../state-timeout.ts';
import { processesIn } from './rig.ts';
import { test } from './stranger.ts';

useBrowser();

/** What it says on its way to all that there is. */
const STEPS = [
  '“Mend the spelling of the README” is approved and merged.',
  '“Write a page of docs for each part” is under way.',
  '“Show prices in euros” is sent back with a reason.',
  '“Drop old orders” asks you something.',
  '“Add CSV export” waits for your decision.',
  '“Show prices in euros” waits for your decision.',
  '“Keep old prices” waits for your decision.',
  '“Print receipts” is held until you have decided on one of them.',
];

/** The link on the first line of what it prints. */
function linkIn(text: string): string {
  return /^http:\S+#signin=\S+$/m.exec(text)?.[0] ?? '';
}

test.skipIf(!withBrowser)(
  'dashboard --demo shows each kind of work, takes up what is decided on the page, and leaves nothing after ctrl-c',
  { timeout: 12 * STATE_TIMEOUT_MS },
  async ({ demo }) => {
    const { child, stdout, tells, ended } = demo.start(['dashboard', '--demo']);
    await tells('#signin=');
    await using it = await openPage(PHONE);
    const { page } = it;
    await page.goto(linkIn(stdout()));
    for (const step of STEPS) await tells(step);
    await page.getByText('4 wait for you').waitFor();
    await page.getByText('Enough results wait for you').waitFor();
    await page.getByText('Write a page of docs for each part').first().waitFor();

    // Round 2, for a reason; a failed check, a refused call and a file that was not declared.
    await page.getByRole('link', { name: /Show prices in euros.*round 2/ }).waitFor();
    await page.getByRole('link', { name: /Keep old prices.*checks failed/ }).click();
    for (const words of ['unexpected console.log', 'npm install date-fns', 'orders.mjs'])
      await page.locator('.trust').getByText(words).first().waitFor();
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByLabel('What should change?').fill('Take the line out.');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Rejected').first().waitFor();

    // The rejection makes room: what was held begins. It is done, and the revision with it.
    await page.evaluate("location.hash = '#/'");
    await page.getByRole('button', { name: 'Drop it' }).click();
    await page.getByRole('link', { name: /Keep old prices.*round 2/ }).click();
    await page.getByText('I took the line out').first().waitFor();
    await page.getByText('Take the line out.').first().waitFor();
    await page.evaluate("location.hash = '#/'");
    await page.getByRole('link', { name: /Drop old orders.*checks passed/ }).waitFor();
    await page.getByRole('link', { name: /Print receipts.*checks passed/ }).waitFor();

    await page.getByRole('link', { name: /Add CSV export.*checks passed/ }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText('Approved by browser').waitFor();
    await page.getByText('done', { exact: true }).first().waitFor();

    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('Ending what was started'),
    });
    expect(await processesIn(demo.root)).toEqual([]);
    expect(await readdir(demo.temporary)).toEqual([]);
    await page.locator('.bar').getByText('What you see is from then.').waitFor();
  },
);

test('dashboard --demo --json prints the link as one value, and a killed supervisor ends it with the reason', async ({
  demo,
}) => {
  const { stdout, tells, ended } = demo.start(['dashboard', '--demo', '--json', '--role', 'read']);
  await tells('}\n');
  expect(JSON.parse(stdout())).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#signin=/),
    role: 'read',
    expires_at: expect.any(String),
  });
  const [folder = ''] = await readdir(demo.temporary);
  const supervisor = (await processesIn(join(demo.temporary, folder))).find(({ command }) =>
    command.includes('run --quiet'),
  );
  process.kill(supervisor?.pid ?? 0, 'SIGKILL');
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('the demo failed: the supervisor ended with SIGKILL.'),
  });
});

test('dashboard --demo says that Claude Code is missing, and that it is not for a phone', async ({
  demo,
}) => {
  const missing = join(demo.root, 'nowhere');
  const { code, stdout, stderr } = await demo.start(['dashboard', '--demo'], { BRIDGE_CLAUDE: missing })
    .ended;
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr: `bridge-supervisor: BRIDGE_CLAUDE: ${missing} is not there or not executable.\n`,
  });
  const phone = await demo.start(['dashboard', '--demo', '--phone']).ended;
  expect(phone).toMatchObject({ code: 2, stdout: '' });
});
