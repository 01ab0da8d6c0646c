/** Many writers of one channel, each killed again and again in the middle of its work. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRig } from '../rig.ts';

const WRITERS = 8;
const MESSAGES = 2_000;
const KILLS_OF_EACH = 5;

const script = fileURLToPath(new URL('fixtures/write-to-channel.ts', import.meta.url));

/** Sends all messages of a writer, whatever happens to the process that does; a new one begins with the last it heard of. */
async function write(home: string, writer: string): Promise<number> {
  let heard = 0;
  let kills = 0;
  while (heard < MESSAGES) {
    const first = String(Math.max(1, heard));
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const child = spawn(process.execPath, [...flags, script, home, writer, first, String(MESSAGES)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH },
    });
    const closed = once(child, 'close');
    const next = ((kills + 1) * MESSAGES) / (KILLS_OF_EACH + 1);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.on('data', (chunk) => {
      const [last] = String(chunk).trim().split('\n').slice(-1);
      heard = Math.max(heard, Number(last) || 0);
      if (kills < KILLS_OF_EACH && heard >= next && child.signalCode === null) child.kill('SIGKILL');
    });
    const [code, signal] = await closed;
    if (signal === 'SIGKILL') kills += 1;
    else if (code !== 0) throw new Error(errors);
  }
  return kills;
}

test(`${WRITERS} writers of ${MESSAGES} messages that are killed lose none, double none and keep their order`, async () => {
  await using rig = await createRig({ repeatWrites: false });
  const names = Array.from({ length: WRITERS }, (_, n) => `writer-${n}`);
  const kills = await Promise.all(names.map((name) => write(rig.home, name)));
  expect(kills).toEqual(names.map(() => KILLS_OF_EACH));
  const rows = rig.rowsOf('channel_messages').sort((a, b) => a.number - b.number);
  expect(rows).toHaveLength(WRITERS * MESSAGES);
  for (const name of names)
    expect(rows.filter(({ sender }) => sender === name).map(({ content }) => content)).toEqual(
      Array.from({ length: MESSAGES }, (_, n) => `${name} ${n + 1}`),
    );
});
