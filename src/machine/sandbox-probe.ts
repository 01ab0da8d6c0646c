/** Whether this machine can start a sandbox, asked again from time to time: somebody may install it, or forbid it. */
import { probeSandbox, type SandboxProbe } from './sandbox.ts';

const MAX_AGE_MS = { works: 10 * 60_000, fails: 10_000 };

interface Known {
  readonly probe: Promise<SandboxProbe>;
  readonly at: number;
  works: boolean;
}

/** By PATH. */
const known = new Map<string, Known>();

/** @param now In milliseconds, of a clock that is not set back. */
export async function sandboxHere(
  env: Readonly<Record<string, string | undefined>>,
  now: number,
): Promise<SandboxProbe> {
  const path = env.PATH ?? '';
  const before = known.get(path);
  if (before && now - before.at < (before.works ? MAX_AGE_MS.works : MAX_AGE_MS.fails)) return before.probe;
  const asked: Known = { probe: probeSandbox(env), at: now, works: false };
  known.set(path, asked);
  const probe = await asked.probe;
  asked.works = probe.works;
  return probe;
}
