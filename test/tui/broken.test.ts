/** An answer that no supervisor gives ends nothing but the terminal UI, and that in one sentence. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../eventually.ts';
import { waiting } from '../page/stories.ts';
import { createOddServer } from './odd-server.ts';
import { createStage } from './stage.ts';
import { inTerminal, openTerminal, PROMPT, SIZES, TUI } from './terminal.ts';

for (const size of SIZES)
  inTerminal(
    `a view that throws in ${size.columns} columns gives the terminal back, and says in one sentence which view it was`,
    async () => {
      await using stage = await createStage();
      const odd = { '/schedules': '[{"id":"\\u001b[2J","title":7,"cron":null}]' };
      await using server = await createOddServer(stage.api.port, odd);
      const token = { BRIDGE_API_TOKEN: stage.api.tokens.admin };
      await using terminal = await openTerminal({ ...size, env: token });
      const settings = join(terminal.folder, 'settings');
      await terminal.run(`stty -g > ${settings}; clear; echo on the screen before`);
      await terminal.run(`${TUI} --url ${server.url}; echo ended with $?`);
      await terminal.shows('● live');
      await terminal.press('g', 'q');
      await terminal.shows('on the screen before', 'ended with 1', PROMPT);
      const screen = await terminal.says(
        'bridge-supervisor: unexpected error: the view “Queue” of the terminal UI failed: ',
        'run the same command with BRIDGE_DEBUG=1.',
      );
      expect(screen).not.toMatch(/\bat .*cli\.js|ERROR/);
      expect(screen.match(/bridge-supervisor: /g)).toHaveLength(1);
      await eventually(async () => expect(await terminal.tell('#{alternate_on} #{cursor_flag}')).toBe('0 1'));
      await terminal.run(`clear; stty -g | cmp - ${settings} && echo the same settings`);
      await terminal.shows(/^the same settings/m);
    },
  );

inTerminal('an answer that is no JSON is told in its view, and the others go on', async () => {
  await using stage = await createStage();
  await waiting(stage.rig);
  await using server = await createOddServer(stage.api.port, { '/costs': '<h1>Welcome to our network</h1>' });
  const terminal = await stage.open({ url: server.url });
  await terminal.shows('1 waits for you');
  await terminal.press('g', 'c');
  await terminal.says('What answered is no supervisor, or something between it and this terminal.', '● live');
  await terminal.press('g', 'h');
  await terminal.shows('1 waits for you');
});

inTerminal('a stream that is no stream of ours is told, and is no reason to end', async () => {
  await using stage = await createStage();
  await using server = await createOddServer(stage.api.port, { '/events': 'data: no JSON\n\n' });
  const token = { BRIDGE_API_TOKEN: stage.api.tokens.admin };
  await using terminal = await openTerminal({ env: token });
  await terminal.run(`${TUI} --url ${server.url}`);
  await terminal.says(
    '○ lost',
    `Not connected. Trying again… What answers at ${server.url} is no supervisor.`,
  );
  await terminal.press('q');
  await terminal.shows(PROMPT);
});

inTerminal('a supervisor that is called by a name it does not know says which key allows it', async () => {
  await using stage = await createStage();
  await using server = await createOddServer(stage.api.port, {}, 'box.example');
  await using terminal = await openTerminal({ env: { BRIDGE_API_TOKEN: stage.api.tokens.admin } });
  await terminal.run(`${TUI} --url ${server.url}`);
  await terminal.says('○ lost', 'http.hosts');
});
