/**
 * Serves over stdin and stdout, and knows when to stop: a stdio server that outlives its client is a leak on somebody's
 * machine. Claude Code ends a server with SIGINT; others close stdin; some just die
 * (https://github.com/anthropics/claude-code/issues/42881, https://github.com/anthropics/claude-code/issues/88514).
 */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type Clock, nextTurn } from '../clock.ts';
import { lineTransport } from './line-transport.ts';
import type { BridgeServer } from './server.ts';
import { logToStderr } from './stderr.ts';

/**
 * Resolves when the client is gone and everything is closed: nothing of ours keeps the process alive then. When it is
 * not the client that ends the connection, the reason goes to stderr and the exit code is not 0.
 *
 * @param idleMs After so long without a word of the client it ends, too, with exit code 0; undefined: never.
 */
export async function serveStdio(server: BridgeServer, clock: Clock, idleMs?: number): Promise<void> {
  const transport = lineTransport(process.stdin, process.stdout, (why, line) =>
    logToStderr(`a message of the client could not be read: ${why}: ${line.slice(0, SHOWN_CHARACTERS)}`),
  );
  const idle = Promise.withResolvers<void>();
  const watching = new AbortController();
  const gone = connectionEnd(transport, clock, idle.promise);
  await server.connect(transport);
  if (idleMs !== undefined) void idleEnd(clock, idleMs, watching.signal).then(idle.resolve);
  const failure = await gone;
  watching.abort();
  if (failure) {
    logToStderr(`the connection to the client ended: ${failure.message}`);
    process.exitCode = 1;
  }
  // A last message that came without the end of its line is taken up in this turn.
  await nextTurn();
  await server.close();
}

/** Enough to know it again; the rest may be a plan. */
const SHOWN_CHARACTERS = 120;

/** Resolves with what has ended the connection, where it was not the client. */
async function connectionEnd(
  transport: Transport,
  clock: Clock,
  idle: Promise<void>,
): Promise<Error | undefined> {
  const watching = new AbortController();
  const failure = await new Promise<Error | undefined>((resolve) => {
    const ended = () => resolve(undefined);
    process.stdin.once('end', ended);
    process.stdin.once('close', ended);
    process.stdin.once('error', resolve);
    // EPIPE: nobody reads our answers any more. Without a listener it would end the process in mid-work.
    process.stdout.on('error', (error: NodeJS.ErrnoException) =>
      resolve(GONE.includes(error.code ?? '') ? undefined : error),
    );
    // `once`: a second signal ends a server that hangs.
    process.once('SIGTERM', ended);
    process.once('SIGINT', ended);
    transport.onclose = ended;
    void parentGone(clock, watching.signal).then(ended);
    void idle.then(ended);
  });
  watching.abort();
  return failure;
}

/** Resolves when the client has said nothing for so long; never once it is aborted. */
async function idleEnd(clock: Clock, idleMs: number, signal: AbortSignal): Promise<void> {
  let heardAt = clock.monotonic();
  // The transport reads already: this listener takes nothing away from it.
  process.stdin.on('data', () => {
    heardAt = clock.monotonic();
  });
  for (let left = idleMs; left > 0; left = heardAt + idleMs - clock.monotonic()) {
    await clock.sleep(left, signal);
    if (signal.aborted) return;
  }
  logToStderr(`the client has said nothing for ${idleMs / 1_000} s: ended, as --idle-timeout says`);
}

/** EOF is what Windows says of a closed pipe. */
const GONE: readonly string[] = ['EPIPE', 'EOF', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

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
