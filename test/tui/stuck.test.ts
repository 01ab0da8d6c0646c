/** A project that is stuck goes on, as it was or with more to spend. */
import { expect } from 'vitest';
import { current, projectIn } from '../bridge/steps.ts';
import { createStage } from './stage.ts';
import { inTerminal, SIZES } from './terminal.ts';

for (const size of SIZES)
  inTerminal(`a project that is stuck goes on with another budget in ${size.columns} columns`, async () => {
    await using stage = await createStage();
    const id = await projectIn(stage.rig, 'attention', { title: 'Docs sweep', attention_from: 'pending' });
    const terminal = await stage.open({ ...size, role: 'decide' });
    await terminal.shows('1 waits for you', 'Docs sweep  stuck');
    await terminal.press('Enter');
    await terminal.shows('It is stuck', 'because');
    await terminal.press('t');
    await terminal.shows(
      'What it may cost stays as it is',
      'Let it go on where it stopped? (y: yes, n: no, b: another',
    );
    await terminal.press('b');
    await terminal.shows('What all its runs together may cost', 'Such as 2.50');
    await terminal.type('-3');
    await terminal.press('Enter');
    await terminal.shows('It must be a number of US dollars above 0');
    await terminal.press('C-u');
    await terminal.type('$12.50');
    await terminal.press('Enter');
    await terminal.shows('All its runs together may cost $12.50 from now on', '(y: yes');
    expect((await current(stage.rig.bridge, id)).status).toBe('attention');
    await terminal.press('y');
    await terminal.shows('It goes on.', 'It waits in the queue.');
    const { status, budgetUsd } = await current(stage.rig.bridge, id);
    expect([status, budgetUsd]).toEqual(['pending', 12.5]);
  });
