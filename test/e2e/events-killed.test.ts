/** The event stream of a real supervisor that is killed, and killed again. */
import { describe, expect } from 'vitest';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { pause } from '../../src/bridge/holds.ts';
import { systemClock } from '../../src/clock.ts';
import { freePort } from '../free-port.ts';
import { test, waitUntil } from './rig.ts';

describe('events over HTTP', () => {
  test('a supervisor that is killed in mid-stream loses and repeats no event for 20 clients that come again', async ({
    rig,
  }) => {
    const port = await freePort();
    await rig.configure({ http: { enabled: true, port } });
    const token = (await rig.command('token', 'add', 'reader', '--role', 'read')).stdout.trim();
    const stop = new AbortController();
    const clients = Array.from({ length: 20 }, () => [] as number[]);
    const following = clients.map((ids) => followAgainAndAgain(port, token, ids, stop.signal));
    const all = async () => {
      const { events } = await changesSince(rig.bridge, BEGINNING, { waitMs: 0, limit: 10_000 });
      return events.map(({ id }) => id);
    };
    const write = async (count: number) => {
      for (let n = 0; n < count; n += 1) await pause(rig.bridge, `pause ${n}`, 'person');
    };
    try {
      await write(50);
      for (let life = 0; life < 3; life += 1) {
        const supervisor = await rig.startSupervisor();
        const before = (await all()).length;
        await waitUntil(
          async () => clients.every((ids) => ids.length >= before),
          'every client to be up to date',
        );
        const writing = write(200);
        await waitUntil(async () => clients.some((ids) => ids.length > before + 20), 'events to flow');
        await supervisor.end('SIGKILL');
        await writing;
      }
      await rig.startSupervisor();
      const ids = await all();
      await waitUntil(
        async () => clients.every((own) => own.length >= ids.length),
        'every client to have all',
      );
      const final = await all();
      for (const own of clients) expect(own).toEqual(final.slice(0, own.length));
      expect(final.length).toBeGreaterThan(650);
    } finally {
      stop.abort();
      await Promise.all(following);
    }
  });
});

/** As a client does: it goes on after the last event it has, for as long as it takes. */
async function followAgainAndAgain(
  port: number,
  token: string,
  ids: number[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const headers = { authorization: `Bearer ${token}`, 'last-event-id': String(ids.at(-1) ?? 0) };
      const { body } = await fetch(`http://127.0.0.1:${port}/events`, { headers, signal });
      let rest = '';
      for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const frames = (rest + chunk).split('\n\n');
        rest = frames.pop() ?? '';
        // A frame that was cut off is not one: it comes again.
        for (const frame of frames) {
          const id = /^id: (\d+)$/m.exec(frame)?.[1];
          if (id !== undefined) ids.push(Number(id));
        }
      }
    } catch {
      // Nobody listens at the moment.
    }
    await systemClock.sleep(20, signal);
  }
}
