/** The supervisor is killed, or its store is replaced, behind pages that are open: they are right again by themselves. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { submitted } from '../cli/stories.ts';
import { freePort } from '../free-port.ts';
import { useBrowser } from './browser.ts';
import { openSignedIn, startSupervisor, withSupervisor } from './supervised.ts';

useBrowser();

withSupervisor(
  'a supervisor that is killed and started again costs an open page no event, and no typed word',
  async ({ rig }) => {
    const bridge = await rig.bridge;
    const first = await submitted(bridge, await rig.send('# First'));
    const second = await submitted(bridge, await rig.send('# Second'));
    const port = await freePort();
    const supervisor = await startSupervisor(rig, port);
    await using it = await openSignedIn(rig, `#/p/${first.id}/r1`);
    const { page } = it;
    const home = await anotherTab(page, '#/');
    await home.getByText('2 wait for you').waitFor();
    await page.getByRole('button', { name: 'Reject…' }).click();
    const reason = page.getByLabel('What should change?');
    await reason.fill('Keep the old format.');
    const send = page.getByRole('dialog').getByRole('button', { name: 'Reject' });

    supervisor.child.kill('SIGKILL');
    await supervisor.ended;
    for (const tab of [page, home]) await tab.getByText(/Connection lost at/).waitFor();
    expect(await send.isDisabled()).toBe(true);
    expect(await rig.run('approve', second.id)).toMatchObject({ code: 0 });

    await startSupervisor(rig, port);
    await home.getByText('1 waits for you').waitFor();
    await page.locator('.live-live').waitFor();
    expect(await reason.inputValue()).toBe('Keep the old format.');
    await send.click();
    await page.getByText('Rejected').first().waitFor();
    // What happens from now on comes over a stream again.
    await home.getByText('Nothing waits for you').waitFor();
  },
);

withSupervisor(
  'pages whose store is restored behind them show the store of then, and keep what was typed about what is gone',
  async ({ rig }) => {
    const bridge = await rig.bridge;
    const kept = await submitted(bridge, await rig.send('# Kept'));
    const backup = `${rig.root}/backup.db`;
    expect(await rig.run('backup', backup)).toMatchObject({ code: 0 });
    const gone = await submitted(bridge, await rig.send('# Gone'));
    expect(await rig.run('approve', kept.id)).toMatchObject({ code: 0 });
    const port = await freePort();
    const supervisor = await startSupervisor(rig, port);
    await using it = await openSignedIn(rig, `#/p/${gone.id}/r1`);
    const { page } = it;
    const other = await anotherTab(page, `#/p/${kept.id}/r1`);
    const home = await anotherTab(page, '#/');
    await other.getByText('Approved by the command line').waitFor();
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByLabel('What should change?').fill('Not so fast.');
    await home.getByText('Gone').first().waitFor();

    await rig.run('stop');
    await supervisor.ended;
    expect(await rig.run('restore', backup)).toMatchObject({ code: 0 });
    await startSupervisor(rig, port);

    await page.getByText('project not found').waitFor();
    await page.getByText('Not so fast.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: /Approve|Reject/ }).count()).toBe(0);
    await other.getByRole('button', { name: /^Approve/ }).waitFor();
    await expect.poll(() => other.getByText('Approved by').count()).toBe(0);
    await home.getByText('1 waits for you').waitFor();
    await expect.poll(() => home.getByText('Gone').count()).toBe(0);
  },
);

/** The same browser at another place, side by side. */
async function anotherTab(page: Page, place: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(new URL(place, page.url()).href);
  await tab.locator('.live-live').waitFor();
  return tab;
}
