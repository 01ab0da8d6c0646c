/** Plans are written, checked and sent in the terminal, and those of schedules are paused, run, amended and removed. */
import { expect } from 'vitest';
import { current, send } from '../bridge/steps.ts';
import { createOddServer } from './odd-server.ts';
import { createStage } from './stage.ts';
import { inTerminal, SIZES } from './terminal.ts';

for (const size of SIZES)
  inTerminal(
    `a plan is written in ${size.columns} columns, checked by the server, and sent into a workspace after a yes`,
    async () => {
      await using stage = await createStage();
      const terminal = await stage.open(size);
      await terminal.shows('No plan yet');
      await terminal.press('n');
      await terminal.shows('Send a plan', 'Settings may stand above it');
      await terminal.paste('---\nmax_turns: none\n---\n# Docs sweep\n\nSweep.');
      await terminal.shows('| Sweep.');
      await terminal.press('C-s');
      await terminal.shows("'max_turns' must be", '| Sweep.');
      await terminal.press('C-a', 'Up', 'Up', 'Up', 'Up', 'C-e', 'C-u');
      await terminal.type('max_turns: 9');
      await terminal.press('C-s');
      await terminal.shows(
        'It would be accepted as “Docs sweep”.',
        'It works where the plan says.',
        'Send this plan? (y',
      );
      await terminal.press('w');
      await terminal.shows('Where Claude works');
      await terminal.type(stage.rig.workspace);
      await terminal.press('Enter');
      await terminal.shows('Send this plan? (y');
      expect(stage.rig.rowsOf('projects')).toEqual([]);
      await terminal.press('y');
      await terminal.shows('Sent.', 'Docs sweep', 'It waits in the queue.');
      expect(stage.rig.rowsOf('projects')).toMatchObject([
        { title: 'Docs sweep', workspace: stage.rig.workspace, status: 'pending' },
      ]);
      await terminal.press('Escape');
      await terminal.shows('Bridge  Home');
      await terminal.press('n');
      await terminal.shows('Send a plan');
      await terminal.hides('| Sweep.');
    },
  );

inTerminal(
  'a plan that is still checked when a person goes elsewhere asks nothing there, and is kept',
  async () => {
    await using stage = await createStage();
    const asked = Promise.withResolvers<void>();
    const checked = Promise.withResolvers<void>();
    await using server = await createOddServer(stage.api.port, {
      async '/plans/check'() {
        asked.resolve();
        await checked.promise;
      },
    });
    const terminal = await stage.open({ url: server.url });
    await terminal.press('n');
    await terminal.shows('Send a plan');
    await terminal.paste('# Docs sweep\n\nSweep.');
    await terminal.press('C-s');
    await asked.promise;
    await terminal.press('g', 'q');
    await terminal.shows('Bridge  Queue');
    checked.resolve();
    expect(await terminal.says('The plan was not sent, as you went elsewhere')).not.toContain(
      'Send this plan?',
    );
    await terminal.press('n');
    await terminal.shows('Send a plan', '| Sweep.');
    await terminal.press('C-s');
    await terminal.shows('Send this plan? (y');
  },
);

inTerminal('the plan of a project is amended from what it is now', async () => {
  await using stage = await createStage();
  const { id } = await send(stage.rig, '# Docs sweep\n\nSweep once.');
  const terminal = await stage.open();
  await terminal.shows('Docs sweep');
  await terminal.press('Enter');
  await terminal.shows('It waits in the queue.');
  await terminal.press('m');
  await terminal.shows('Amend the plan', '| Sweep once.');
  await terminal.press('C-s');
  await terminal.shows('It would be accepted', 'Amend the plan? (y');
  await terminal.press('y');
  await terminal.shows('nothing was changed');
  await terminal.press('m');
  await terminal.shows('| Sweep once.');
  await terminal.type(' Then twice.');
  await terminal.press('C-s');
  await terminal.shows('Amend the plan? (y');
  await terminal.press('y');
  await terminal.shows('The plan was amended.', 'Plan, revision 2');
  expect(stage.rig.rowsOf('plans').at(-1)).toMatchObject({
    markdown: '# Docs sweep\n\nSweep once. Then twice.',
  });
  expect((await current(stage.rig.bridge, id)).title).toBe('Docs sweep');
});

inTerminal('a terminal without the role admin sends and amends no plan, and says what it needs', async () => {
  await using stage = await createStage();
  await send(stage.rig, '# Docs sweep');
  const terminal = await stage.open({ role: 'decide' });
  await terminal.shows('Docs sweep');
  await terminal.press('n');
  await terminal.shows('needs the role admin');
  await terminal.press('Enter');
  await terminal.shows('It waits in the queue.');
  await terminal.press('m');
  await terminal.shows('needs the role admin');
});

for (const size of SIZES)
  inTerminal(
    `a schedule is shown, paused, resumed, run, amended and removed in ${size.columns} columns`,
    async () => {
      await using stage = await createStage();
      const { admin: token } = stage.api.tokens;
      const markdown = '---\nschedule: 0 6 * * 1\ntimezone: Europe/Berlin\n---\n# 毎週 sweep\n\nSweep.';
      const sent = await stage.api.call('POST /projects', { token, body: { markdown } });
      expect(sent.status, sent.text).toBe(201);
      const states = () => stage.rig.rowsOf('schedules').map(({ state }) => state);
      const terminal = await stage.open(size);
      await terminal.press('g', 'q');
      await terminal.shows('> 毎週 sweep', '0 6 * * 1', 'next 2');
      await terminal.press('Enter');
      await terminal.shows('Europe/Berlin', 'schedule: 0 6 * * 1', 'space: pause or resume');
      await terminal.press('Space');
      await terminal.shows('Pause “毎週 sweep”? (y');
      await terminal.press('y');
      await terminal.shows('Paused.', /sweep .* paused/);
      expect(states()).toEqual(['paused']);
      await terminal.press('Space');
      await terminal.shows('none is made up for', '(y: yes');
      await terminal.press('y');
      await terminal.shows('Resumed.', 'next 2');
      await terminal.press('m');
      await terminal.shows('Amend the plan', '| Sweep.');
      await terminal.press('Up', 'Up', 'Up', 'Up', 'Up', 'C-e', 'C-u');
      await terminal.type('schedule: 0 7 * * 1');
      await terminal.press('C-s');
      await terminal.shows('Amend the plan? (y');
      await terminal.press('y');
      await terminal.shows('The plan was amended.', '0 7 * * 1');
      await terminal.press('r');
      await terminal.shows('Run “毎週 sweep” now? (y');
      await terminal.press('y');
      await terminal.shows('Sent.', 'o: what it has made');
      await terminal.press('G', 'X');
      await terminal.shows('Remove “毎週 sweep” for good? (y', '! What it has made stays.');
      await terminal.press('y');
      await terminal.hides('Schedules');
      expect(states()).toEqual(['removed']);
      expect(stage.rig.rowsOf('projects')).toMatchObject([{ title: '毎週 sweep', status: 'pending' }]);
    },
  );
