/** What every demo does around what it shows: finds Claude, opens the sandbox, and leaves neither a process nor a folder. */
import { findClaude } from '../../selftest/find-claude.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../selftest/sandbox.ts';
import { plainPath } from '../../selftest/sandbox-environment.ts';
import type { Cli } from '../context.ts';
import { stopRequest } from '../terminal/signals.ts';
import { plainLine } from '../terminal/text.ts';

export interface DemoSandbox extends Pick<SandboxOptions, 'workspace' | 'config' | 'login'> {
  /** Leave the folder where it is. */
  readonly keep: boolean;
}

/**
 * Resolves with the exit code of `play` after the cleanup, or with 1 when there is no Claude. `play` learns of ctrl-c, and
 * of a reader who is gone, by the signal. Throws what it throws, after the cleanup too.
 */
export async function inSandbox(
  { out, env, selfCommand, clock }: Cli,
  { keep, ...options }: DemoSandbox,
  play: (sandbox: Sandbox, interrupted: AbortSignal) => Promise<number>,
): Promise<number> {
  const claude = findClaude(env);
  if (!claude.found) {
    out.failure(`${claude.message}.`);
    return 1;
  }
  // Until the very end: a second ctrl-c must not interrupt the cleanup.
  const stop = stopRequest();
  try {
    const sandbox = await openSandbox({
      ...options,
      selfCommand,
      env,
      path: plainPath(env),
      clock,
      claude: claude.path,
      name: 'bridge-demo',
    });
    try {
      return await play(sandbox, AbortSignal.any([stop.signal, out.readerGone]));
    } finally {
      await sandbox.stop();
      if (!keep) await sandbox.remove();
    }
  } finally {
    stop.dispose();
  }
}

/** Stops every process of the demo, and says which it could not stop. Returns how many these are. */
export async function stopSandbox({ out }: Cli, sandbox: Sandbox): Promise<number> {
  const left = await sandbox.stop();
  if (left.length > 0) {
    const names = left.map(({ pid, name }) => `${name} (pid ${pid})`).join(', ');
    out.failure(`these processes of the demo could not be stopped: ${names}. Stop them manually.`);
  }
  return left.length;
}

/** Says what went wrong, and the end of the log. @param folder A sentence on the folder, or empty. */
export async function explainFailure(
  { out }: Cli,
  sandbox: Sandbox,
  message: string,
  folder: string,
): Promise<void> {
  out.failure(`the demo failed: ${asSentence(message)} The end of its log follows. ${folder}`);
  out.details(`claude: ${sandbox.claude}`);
  out.details((await sandbox.log()).slice(-MAX_LOG_LINES).join('\n'));
}

const MAX_LOG_LINES = 10;

function asSentence(text: string): string {
  const line = plainLine(text);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
