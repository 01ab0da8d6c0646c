/**
 * Serves over stdin and stdout, and knows when to stop: a stdio server that outlives its client is a leak on somebody's
 * machine. Claude Code ends a server with SIGINT; others close stdin; some just die
 * (https://github.com/anthropics/claude-code/issues/42881, https://github.com/anthropics/claude-code/issues/88514).
 */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Clock } from '../clock.ts';
import type { BridgeServer } from './server.ts';

/** Resolves when the client is gone and everything is closed: nothing of ours keeps the process alive then. */
export async function serveStdio(server: BridgeServer, clock: Clock): Promise<void> {
  const transport = new StdioServerTransport();
  const gone = clientGone(transport, clock);
  await server.connect(transport);
  await gone;
  await server.close();
}

async function clientGone(transport: StdioServerTransport, clock: Clock): Promise<void> {
  const watching = new AbortController();
  await new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
    // EPIPE: nobody reads our answers any more. Without a listener it would end the process in mid-work.
    process.stdout.on('error', () => resolve());
    // `once`: a second signal ends a server that hangs.
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    transport.onclose = resolve;
    void parentGone(clock, watching.signal).then(resolve);
  });
  watching.abort();
}

const PARENT_POLL_MS = 2_000;

/** A parent that was killed cannot close our stdin when another process holds the other end too. */
async function parentGone(clock: Clock, signal: AbortSignal): Promise<void> {
  const parent = process.ppid;
  while (!signal.aborted && process.ppid === parent && exists(parent)) {
    await clock.sleep(PARENT_POLL_MS, signal);
  }
}

/** Windows goes on naming a parent that has ended. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
