/** Plans on the page: offered as they are written, checked before they are sent, and those of schedules amended. */
import { expect } from 'vitest';
import { current, send } from '../bridge/steps.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';

useBrowser();

inBrowser(
  'keys are offered where they are written, and what would be refused is said before it is sent',
  async () => {
    await using stage = await createStage();
    await using it = await stage.open('#/send');
    const { page } = it;
    const plan = page.getByLabel('The plan, in Markdown');
    await plan.fill('# Count the words\n\nAll of them.');
    await page.getByText('It would be accepted as “Count the words”.').waitFor();
    await page.getByRole('button', { name: 'Add settings above the plan' }).click();
    await page.keyboard.type('prio');
    await page.getByRole('button', { name: 'priority', exact: true }).click();
    await page.keyboard.type('high');
    await page.getByText('a whole number from -100 to 100', { exact: false }).first().waitFor();
    await page.getByRole('status').getByText("line 2: 'priority' must be").waitFor();
    expect(await plan.inputValue()).toBe('---\npriority: high\n---\n# Count the words\n\nAll of them.');
    expect(stage.rig.rowsOf('projects')).toEqual([]);
    await plan.fill('---\npriority: 7\n---\n# Count the words\n\nAll of them.');
    await page.getByText('It would be accepted as “Count the words”.').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('heading', { name: 'Count the words' }).waitFor();
    expect(stage.rig.rowsOf('projects')).toMatchObject([{ priority: 7 }]);
  },
);

inBrowser('an amendment is checked against the project that it is for', async () => {
  await using stage = await createStage();
  const { id } = await send(stage.rig, '# Docs sweep\n\nSweep.');
  await using it = await stage.open(`#/p/${id}`, PHONE);
  const { page } = it;
  await page.getByText('Plan', { exact: true }).click();
  await page.getByRole('button', { name: 'Amend…' }).click();
  // Its title stays where the plan says nothing of it.
  await page.getByLabel('The plan.').fill('Sweep twice.');
  await page.getByText('It would be accepted as “Docs sweep”.').waitFor();
  await page.getByLabel('The plan.').fill('---\nmax_turns: none\n---\nSweep twice.');
  await page.getByRole('status').getByText("line 2: 'max_turns' must be").waitFor();
  await page.getByLabel('The plan.').fill('Sweep twice.');
  await page.getByRole('button', { name: 'Amend', exact: true }).click();
  await page.getByText('Plan, revision 2').waitFor();
  expect((await current(stage.rig.bridge, id)).title).toBe('Docs sweep');
});

inBrowser(
  'the plan of a schedule is shown and amended, and a schedule is removed after a second press',
  async () => {
    await using stage = await createStage();
    const { admin: token } = stage.api.tokens;
    const times = (cron: string) =>
      `---\nschedule: ${cron}\ntimezone: Europe/Berlin\n---\n# Weekly sweep\n\nSweep.`;
    const sent = await stage.api.call('POST /projects', { token, body: { markdown: times('0 6 * * 1') } });
    expect(sent.status, sent.text).toBe(201);
    await using it = await stage.open('#/queue', PHONE);
    const { page } = it;
    await page.getByText('Weekly sweep').waitFor();
    await page.getByText('Plan', { exact: true }).click();
    await page.locator('.schedule-plan pre').getByText('schedule: 0 6 * * 1').waitFor();
    await page.getByRole('button', { name: 'Amend…' }).click();
    const plan = page.getByLabel('The plan with its times.');
    expect(await plan.inputValue()).toBe(times('0 6 * * 1'));
    await plan.fill('# Weekly sweep\n\nSweep.');
    await page.getByRole('status').getByText("it has no 'schedule'").waitFor();
    await plan.fill(times('0 7 * * 1'));
    await page.getByText('It would be accepted as “Weekly sweep”.').waitFor();
    await page.getByRole('button', { name: 'Amend', exact: true }).click();
    await page.getByText('0 7 * * 1').first().waitFor();
    expect(stage.rig.rowsOf('schedules')).toMatchObject([{ cron: '0 7 * * 1' }]);
    await page.getByRole('button', { name: 'Remove' }).click();
    expect(stage.rig.rowsOf('schedules')).toMatchObject([{ state: 'active' }]);
    await page.getByRole('button', { name: 'Really remove' }).click();
    await page.getByText('Schedules', { exact: true }).waitFor({ state: 'detached' });
    expect(stage.rig.rowsOf('schedules')).toMatchObject([{ state: 'removed' }]);
  },
);
