/** A person looks on while Claude works. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { runFiles, runsFolder } from '../../src/state-folder.ts';
import { begin, send } from '../bridge/steps.ts';
import { inBrowser, useBrowser } from './browser.ts';
import { createStage } from './stage.ts';

useBrowser();

const saying = (content: readonly unknown[]) =>
  `${JSON.stringify({ type: 'assistant', message: { role: 'assistant', content } })}\n`;

inBrowser('a run under way is followed as Claude writes, and its words stay words', async () => {
  await using stage = await createStage();
  const { rig } = stage;
  const { id } = await send(rig, '# Docs sweep');
  const { run } = await begin(rig);
  await mkdir(runsFolder(rig.home), { recursive: true });
  const { output } = runFiles(rig.home, run.id);
  await writeFile(output, saying([{ type: 'text', text: 'I read the docs <img src=x>.' }]));
  await using it = await stage.open(`#/p/${id}`);
  const { page } = it;
  await page.getByText('What it does, live').click();
  await page.getByText('I read the docs <img src=x>.').waitFor();
  await appendFile(
    output,
    saying([{ type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'npm test' } }]),
  );
  rig.clock.advance(1_000);
  await page.getByText('Bash: npm test').waitFor();
});
