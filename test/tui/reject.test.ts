/** Work is sent back with all that goes with it: rules, and the session in which it goes on. */
import { expect } from 'vitest';
import { current } from '../bridge/steps.ts';
import { waiting } from '../page/stories.ts';
import { createStage, type Stage } from './stage.ts';
import { inTerminal, SIZES } from './terminal.ts';

/** A conversation whose price is known. */
function grown({ rig }: Stage) {
  const prices = { write: 2.5, read: 0.2 };
  return { startTokens: 20_000, tokens: 180_000, at: rig.clock.now().toISOString(), keptMs: 1, prices };
}

for (const size of SIZES)
  inTerminal(
    `a rejection in ${size.columns} columns allows a rule and asks for a fresh session, whose cost is told first`,
    async () => {
      await using stage = await createStage();
      const id = await waiting(stage.rig, { context: grown(stage) });
      const terminal = await stage.open({ ...size, role: 'decide' });
      await terminal.shows('1 waits for you');
      await terminal.press('Enter');
      await terminal.shows('Measured, not claimed');
      await terminal.press('r');
      await terminal.shows('What should change?');
      await terminal.type('Test it.');
      await terminal.press('C-s');
      await terminal.shows(
        'It goes on in the same session, as configured: about 180,000 tokens',
        '(y: yes, n: no, o:',
      );
      await terminal.press('o');
      await terminal.shows('in the same session, as the decision asks', '$0.45 at list price', '(y: yes');
      await terminal.press('o');
      await terminal.shows('in a fresh session, as the decision asks', '(y: yes');
      await terminal.press('w');
      await terminal.shows('What Claude may do from now on', 'What the policy denies stays denied.');
      await terminal.type('npm test');
      await terminal.press('C-s');
      await terminal.shows('“npm test” is no rule: it must be a tool');
      await terminal.press('C-u');
      await terminal.type('Bash(npm test *)');
      await terminal.press('C-s');
      const screen = await terminal.shows(
        '! It may use Bash(npm test *) from now on.',
        '“Test it.”',
        '(y: yes',
      );
      expect(
        screen
          .split('\n')
          .slice(0, size.rows)
          .every((line) => line.length <= size.columns),
      ).toBe(true);
      await terminal.press('y');
      await terminal.shows('Round 1 is rejected.', '✗ Rejected by decide', 'Allowed: Bash(npm test *)');
      expect(stage.rig.rowsOf('approvals')).toMatchObject([
        { verdict: 'rejected', reason: 'Test it.', revise_in: 'fresh', bound: 1 },
      ]);
      expect((await current(stage.rig.bridge, id)).status).toBe('rejected');
    },
  );

inTerminal('a rule that the policy denies is refused, and reason and rule are kept', async () => {
  await using stage = await createStage({ policy: { deny: ['WebFetch'] } });
  await waiting(stage.rig);
  const terminal = await stage.open({ columns: 100, rows: 40 });
  await terminal.shows('1 waits for you');
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  await terminal.press('r');
  await terminal.shows('What should change?');
  await terminal.type('Mine');
  await terminal.press('C-s');
  await terminal.shows('what either costs is unknown', '(y: yes');
  await terminal.press('w');
  await terminal.shows('What Claude may do');
  await terminal.type('WebFetch(domain:x)');
  await terminal.press('C-s');
  await terminal.shows('It may use WebFetch(domain:x)', '(y: yes');
  await terminal.press('y');
  await terminal.shows("'WebFetch(domain:x)' stays denied: the policy denies 'WebFetch'");
  await terminal.press('r');
  await terminal.shows('| Mine');
  await terminal.press('C-s');
  await terminal.shows('It may use WebFetch(domain:x)', '(y: yes');
  expect(stage.rig.rowsOf('approvals')).toEqual([]);
});
