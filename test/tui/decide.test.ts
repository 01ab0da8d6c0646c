/** A person decides in the terminal: on what they have seen, and never by one key. */
import { expect } from 'vitest';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { accepted, current } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { asking, askingLater, DOUBTFUL, waiting } from '../page/stories.ts';
import { createStage } from './stage.ts';
import { inTerminal } from './terminal.ts';

inTerminal(
  'work is approved by a, then y, after its round and checks were shown; the card stays',
  async () => {
    await using stage = await createStage();
    const id = await waiting(stage.rig);
    const terminal = await stage.open({ role: 'decide' });
    await terminal.shows('1 waits for you', 'checks passed · 2 files · +4 −2');
    await terminal.press('Enter');
    await terminal.shows('Measured, not claimed', '✓ npm test', 'What it says it changed is what changed');
    await terminal.press('a');
    await terminal.shows(
      'round 1 (9f3c1e07): 2 of 2 checks passed, 2 files +4 −2',
      'Approve? (y: yes, n: no)',
    );
    expect((await current(stage.rig.bridge, id)).status).toBe('awaiting_approval');
    await terminal.press('n');
    await terminal.hides('Approve?');
    await terminal.press('a');
    await terminal.shows('Approve? (y: yes');
    await terminal.press('y');
    await terminal.shows('Round 1 is approved.', '✓ Approved by decide');
    expect(stage.rig.rowsOf('approvals')).toMatchObject([{ decided_by: 'person: decide', bound: 1 }]);
    expect((await current(stage.rig.bridge, id)).status).toBe('approved');
  },
);

inTerminal('keys that were typed ahead approve nothing that was not on the screen', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  const terminal = await stage.open();
  await terminal.shows('1 waits for you');
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  await terminal.type('ay');
  await terminal.shows('Approve? (y: yes');
  await terminal.press('n');
  await terminal.hides('Approve?');
  expect((await current(stage.rig.bridge, id)).status).toBe('awaiting_approval');
});

inTerminal('a failed check is named before it is approved all the same', async () => {
  await using stage = await createStage();
  await waiting(stage.rig, { evidence: DOUBTFUL });
  const terminal = await stage.open({ columns: 100, rows: 40 });
  await terminal.shows('checks failed');
  await terminal.press('Enter');
  await terminal.shows(
    '✗ npm run lint',
    'exit 1',
    '1 problem',
    'changed without being declared',
    'rm -rf build',
  );
  await terminal.press('a');
  await terminal.shows('1 of 2 checks passed', '! The check “npm run lint” failed.', 'Approve all the same?');
});

inTerminal('a rejection is written in lines, kept when left, and sent word for word', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  const terminal = await stage.open({ role: 'decide' });
  await terminal.shows('1 waits for you');
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  await terminal.press('r');
  await terminal.shows('Reject round 1', 'What should change?');
  await terminal.press('C-s');
  await terminal.shows('Reject round 1');
  await terminal.type('Quote every field.');
  await terminal.press('Enter');
  await terminal.type('日本語 too');
  await terminal.shows('| Quote every field.', '| 日本語 too');
  await terminal.press('Escape');
  await terminal.hides('What should change?');
  await terminal.press('r');
  await terminal.shows('| Quote every field.');
  await terminal.paste('\nand \u001b[31mred\u001b[0m q');
  await terminal.shows('| and red q');
  await terminal.press('C-s');
  await terminal.shows('Reject round 1 with these words? (y: yes');
  expect((await current(stage.rig.bridge, id)).status).toBe('awaiting_approval');
  await terminal.press('y');
  await terminal.shows('Round 1 is rejected.');
  expect(stage.rig.rowsOf('approvals')).toMatchObject([
    { verdict: 'rejected', reason: 'Quote every field.\n日本語 too\nand red q', bound: 1 },
  ]);
});

inTerminal('the second of two who decide is told, and their words are kept', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  const terminal = await stage.open();
  await terminal.shows('1 waits for you');
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  await terminal.press('r');
  await terminal.shows('What should change?');
  await terminal.type('Mine');
  await terminal.press('C-s');
  await terminal.shows('with these words? (y: yes');
  accepted(await reject(stage.rig.bridge, id, 'Theirs', 'desktop'));
  await terminal.press('y');
  await terminal.shows('round 1 was rejected by desktop', 'nothing was');
  await terminal.shows('✗ Rejected by Claude Desktop', '| Theirs');
  await terminal.press('r');
  await terminal.shows('You were writing, and it was not sent: “Mine”');
  expect(stage.rig.rowsOf('approvals')).toMatchObject([{ reason: 'Theirs' }]);
});

inTerminal('a terminal that may only read decides nothing, and says what it needs', async () => {
  await using stage = await createStage();
  const id = await waiting(stage.rig);
  const terminal = await stage.open({ role: 'read' });
  await terminal.shows('1 waits for you');
  await terminal.press('Enter');
  await terminal.shows('Measured, not claimed');
  await terminal.press('a');
  await terminal.shows('it needs the role decide');
  accepted(await approve(stage.rig.bridge, id, 'desktop'));
  await terminal.shows('✓ Approved by Claude Desktop');
});

inTerminal('a project that asks is told once, also after its run has ended', async () => {
  await using stage = await createStage();
  await askingLater(stage.rig, '# Clean up');
  const terminal = await stage.open();
  const screen = await terminal.shows('1 waits for you', 'Clean up  asks for permission');
  expect(screen.match(/Clean up/g)).toHaveLength(1);
});

inTerminal('a question is answered with an option, and a permission is denied with a reason', async () => {
  await using stage = await createStage();
  await asking(stage.rig, '# Move to Postgres', 'question');
  await asking(stage.rig, '# Clean up', 'permission');
  const terminal = await stage.open();
  await terminal.shows('2 wait for you', 'Move to Postgres  asks', 'Clean up  asks for permission');
  await terminal.press('Enter');
  await terminal.shows('Drop the table `legacy`', 'Keep it', 'Or in your words');
  await terminal.press('j', 'Enter');
  await terminal.shows('“Keep it”', 'Answer this? (y: yes');
  await terminal.press('y');
  await terminal.shows('answered by admin');
  await terminal.press('Escape');
  await terminal.shows('Clean up  asks for permission');
  await terminal.press('Enter');
  await terminal.shows('It wants to call Bash', 'DROP TABLE legacy', 'Deny…');
  await terminal.press('j', 'j', 'Enter');
  await terminal.shows('Why not?');
  await terminal.type('Never in production');
  await terminal.press('C-s');
  await terminal.shows('Deny the call? (y: yes');
  await terminal.press('y');
  await terminal.shows('Denied.');
  await eventually(() =>
    expect(stage.rig.rowsOf('requests')).toMatchObject([
      { state: 'answered', answer: 'Keep it', decided_by: 'person: admin' },
      { state: 'denied', answer: 'Never in production', decided_by: 'person: admin' },
    ]),
  );
});
