/** Starts a supervisor in the background. Its lease, not its process, shows that it works. */

import { rm } from 'node:fs/promises';
import type { Bridge } from '../bridge/bridge.ts';
import { startBackground } from '../machine/background.ts';
import { isAlive, isSame, type ProcessIdentity } from '../machine/identity.ts';
import { stopChild } from '../machine/stop.ts';
import { startLogFile } from '../state-folder.ts';
import type { Host } from './host.ts';
import { lastStartOutput } from './start-log.ts';
import { holderOf, isWorking, startBlocker, supervisorState } from './supervisor-state.ts';

export type StartResult =
  | { readonly kind: 'started' | 'already-running'; readonly pid: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Starts a supervisor unless one runs. @param waitMs How long it may take to come up. */
export async function startSupervisor(host: Host, bridge: Bridge, waitMs: number): Promise<StartResult> {
  const before = await supervisorState(bridge);
  if (before.state === 'running') return { kind: 'already-running', pid: before.lease.pid };
  const blocker = startBlocker(before);
  if (blocker !== null) return failed(blocker);

  const output = startLogFile(host.stateDir);
  await rm(output, { force: true });
  const [command = process.execPath, ...args] = host.selfCommand;
  const child = await startBackground({
    command,
    args: [...args, 'run', '--quiet'],
    cwd: host.stateDir,
    // Its working folder is not ours, so a relative path would change.
    env: { ...host.env, BRIDGE_HOME: host.stateDir },
    logPath: output,
  });
  if ('kind' in child) return failed(`it could not be started: ${child.message}`);
  return comeUp(host, bridge, child, output, waitMs);
}

const LOOK_EVERY_MS = 50;
const GRACE_MS = { interrupt: 0, int: 5_000, term: 5_000 };

async function comeUp(
  host: Host,
  bridge: Bridge,
  child: ProcessIdentity,
  output: string,
  waitMs: number,
): Promise<StartResult> {
  for (const end = host.clock.monotonic() + waitMs; host.clock.monotonic() < end; ) {
    // In this order: it may write its lease and end between the two questions.
    const lives = await isAlive(child);
    const now = await supervisorState(bridge);
    if (isWorking(now)) {
      const { pid } = now.lease;
      if (isSame(holderOf(now.lease), child)) return { kind: 'started', pid };
      // Another start was faster. Ours is still coming up, and must not take over after a later stop.
      await stopChild({ identity: child }, { graceMs: GRACE_MS, clock: host.clock });
      return { kind: 'already-running', pid };
    }
    if (!lives)
      return failed(
        `it exited immediately. It printed: ${(await lastStartOutput(host.stateDir)) || 'nothing'}`,
      );
    await host.clock.sleep(LOOK_EVERY_MS);
  }
  return failed(
    `it is running (pid ${child.pid}) but has not started working. See: bridge-supervisor logs, and ${output}`,
  );
}

function failed(message: string): StartResult {
  return { kind: 'failed', message };
}
