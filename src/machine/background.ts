import { execa } from 'execa';
import type { ProcessIdentity } from './identity.ts';
import { causeOf, identifyNew, openOutputs, spawnOptions } from './spawn.ts';
import { explainSpawnFailure, type SpawnFailure } from './spawn-failure.ts';

interface BackgroundOptions {
  command: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment; nothing is added. */
  env: Readonly<Record<string, string | undefined>>;
  /** Its output is appended here; created with mode 0600. */
  logPath: string;
}

/**
 * Starts a process that outlives us: its own session, no terminal, no input, its output in a file. Resolves as soon
 * as the process exists; whether it comes up is another question.
 */
export async function startBackground(options: BackgroundOptions): Promise<ProcessIdentity | SpawnFailure> {
  const { command, args, logPath } = options;
  const outputs = openOutputs(logPath, logPath);
  if ('kind' in outputs) return outputs;
  const subprocess = execa(command, args, {
    ...spawnOptions(options, outputs),
    stdin: 'ignore',
    detached: true,
  });
  outputs.close();
  const settled = subprocess.catch((error: unknown) => error);
  if (subprocess.pid === undefined) return explainSpawnFailure(options, causeOf(await settled));
  const identity = identifyNew(subprocess.pid);
  subprocess.unref();
  return identity;
}
