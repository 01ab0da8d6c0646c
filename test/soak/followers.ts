/** The clients that follow the history over HTTP, in a process of their own: it outlives every supervisor. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBridge } from '../../src/bridge/bridge.ts';
import { systemClock } from '../../src/clock.ts';
import { readTokens } from '../read-tokens.ts';
import type { Followed } from './check-streams.ts';

export interface Followers {
  /** What all were told up to this event; undefined when they are not told it in time. */
  upTo(event: number): Promise<Followed | undefined>;
  close(): Promise<void>;
}

const clients = fileURLToPath(new URL('fixtures/stream-clients.mjs', import.meta.url));

/** Starts so many clients of the API on this port, which nobody need serve yet. */
export async function startFollowers(home: string, port: number, count: number): Promise<Followers> {
  const bridge = await openBridge(home, systemClock);
  const tokens = await readTokens(bridge, Math.ceil(count / STREAMS_OF_A_TOKEN));
  await bridge.close();
  // Nothing of the soak is in its environment: it is none of those who are looked for and ended.
  const child = spawn(process.execPath, [clients, String(port), String(count), ...tokens], {
    env: {},
    // Ctrl-C is for the soak, which ends it.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async upTo(event) {
      child.stdin.write(`${event}\n`);
      const told = lines.next().then(({ value }) => (value === undefined ? undefined : JSON.parse(value)));
      return Promise.race([told, delay(UP_TO_TIMEOUT_MS, undefined, { ref: false })]);
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

/** A token may have 32, of which some have ended and the server has not seen it yet. */
const STREAMS_OF_A_TOKEN = 20;
/** A supervisor whose port is taken by one that ends tries again after 30 s. */
const UP_TO_TIMEOUT_MS = 120_000;
