/** A person looks on while Claude works, goes up to read, and follows again. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { runFiles, runsFolder } from '../../src/state-folder.ts';
import { begin, ending, send } from '../bridge/steps.ts';
import { leaseOf } from '../bridge/submitted.ts';
import { createStage } from './stage.ts';
import { inTerminal, SIZES } from './terminal.ts';

const saying = (content: unknown) =>
  `${JSON.stringify({ type: 'assistant', message: { role: 'assistant', content: [content] } })}\n`;
const words = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => saying({ type: 'text', text: `word ${from + at}.` })).join(
    '',
  );

for (const size of SIZES)
  inTerminal(
    `a run is followed in ${size.columns} columns, read back in, and followed again from its end`,
    async () => {
      await using stage = await createStage();
      const { rig } = stage;
      await send(rig, '# Docs sweep');
      const { run } = await begin(rig);
      await mkdir(runsFolder(rig.home), { recursive: true });
      const { output } = runFiles(rig.home, run.id);
      const goOn = async (text: string) => {
        await appendFile(output, text);
        rig.clock.advance(1_000);
      };
      await writeFile(output, words(1, 100));
      const terminal = await stage.open(size);
      await terminal.shows('Working now');
      await terminal.press('Enter');
      await terminal.shows('l: what it does, live');
      await terminal.press('l');
      await terminal.shows('Bridge  Live', 'word 100.');
      await goOn(words(101, 120));
      await terminal.shows('word 120.');
      await terminal.press('k', 'k', 'k');
      const top = (await terminal.shows('below. End: follow')).split('\n')[4];
      await goOn(words(121, 200));
      await terminal.shows(/8\d lines below/);
      expect((await terminal.screen()).split('\n')[4]).toBe(top);
      await terminal.press('PPage');
      await terminal.shows(/(9|1\d)\d lines below/);
      await terminal.resize(60, 20);
      await terminal.shows(/lines below. End: follow/);
      await terminal.resize(size.columns, size.rows);
      await terminal.press('Home');
      await terminal.shows('word 1.');
      await terminal.press('End');
      await terminal.shows('word 200.');
      await terminal.hides('below. End');
      await goOn(
        saying({ type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'npm test \u001b[2J\u202e' } }),
      );
      await terminal.shows('Bash: npm test');
      await endRun(leaseOf(rig), run, { kind: 'no_completion' }, ending);
      await terminal.shows('The run has ended.', 'Bash: npm test');
      await terminal.press('Escape');
      await terminal.shows('Bridge  Project', 'Docs sweep');
    },
  );
