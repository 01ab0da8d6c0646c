/** The commands that docs/http.md shows, as a person pastes them. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectIn } from '../bridge/steps.ts';
import { onWindows } from '../platform.ts';
import { createRig } from '../rig.ts';
import { serve } from './server.ts';

const page =
  readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8').split('## Names in the examples')[0] ??
  '';
const commands = [...page.matchAll(/^curl (?:.*\\\n)*.*$/gm)].map(([command]) => command);

test('the page of the HTTP API shows commands for whoever looks, approves and rejects', () => {
  const text = commands.join('\n');
  for (const path of ['/health', '/projects', '/approve', '/reject']) expect(text).toContain(path);
});

test.skipIf(onWindows).each(commands)(
  'the command of the page works as it stands: %s (needs a shell)',
  async (command) => {
    await using rig = await createRig();
    await using api = await serve(rig);
    const ID = await projectIn(rig, 'awaiting_approval');
    const env = { PATH: process.env.PATH, ID, TOKEN: api.tokens.decide };
    const here = command.replaceAll('127.0.0.1:7823', `127.0.0.1:${api.port}`);
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', here.replace(/^curl/, 'curl --silent --fail-with-body')],
      { env },
    );
    expect(JSON.parse(stdout)).not.toHaveProperty('code');
  },
);
