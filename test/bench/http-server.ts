/** Servers on ports of this machine, ours and the yardsticks, and what a client of ours needs. */

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './stage.ts';
import { PATH } from './supervised.ts';

export interface Started {
  readonly port: number;
  readonly pid: number;
  readonly input: Writable;
}

/** Starts `node FILE ...ARGS PORT` and resolves when it listens. */
export async function startServer(
  stage: Stage,
  file: string,
  args: readonly string[],
  port: number,
): Promise<Started> {
  const child = stage.spawn(
    process.execPath,
    [file, ...args, String(port)],
    { PATH },
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  await listens(stage, port);
  if (child.pid === undefined || !child.stdin) throw new Error(`${file} was not started`);
  return { port, pid: child.pid, input: child.stdin };
}

/** Resolves when somebody listens on this port. */
export async function listens(stage: Stage, port: number): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    if (performance.now() > deadline) throw new Error(`nobody listens on port ${port}`);
    await delay(LOOK_MS, undefined, { signal: stage.signal });
  }
}

const TIMEOUT_MS = 30_000;
const LOOK_MS = 20;
