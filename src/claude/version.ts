/** Finds the version of Claude Code, and what it means for the settings of a repository. */
import { stat } from 'node:fs/promises';
import { type RunProgram, runProgram } from '../machine/program.ts';
import { isAtLeast, versionIn } from '../machine/program-output.ts';

/** Before this version, some settings of a workspace applied although `--setting-sources` left them out. */
export const KEEPS_SETTINGS_OUT_SINCE = '2.1.314';

/** Whether this version obeys `--setting-sources` fully. A version that is not a number counts as a new one. */
export function keepsSettingsOut(version: string): boolean {
  const number = versionIn(version);
  return number === undefined || isAtLeast(number, KEEPS_SETTINGS_OUT_SINCE);
}

/** Since this version a hook that fails blocks the call (https://code.claude.com/docs/en/hooks). */
export const BLOCKS_ON_HOOK_FAILURE_SINCE = '2.1.295';

/** Whether a person can be asked about a call: before, a question that could not be put would let the call through. */
export function canAsk(version: string): boolean {
  const number = versionIn(version);
  return number !== undefined && isAtLeast(number, BLOCKS_ON_HOOK_FAILURE_SINCE);
}

/** Before this version a session that was resumed in a worktree had no sandbox (release notes of Claude Code). */
export const SANDBOX_SINCE = '2.1.314';

/** Whether commands of this version run in a sandbox when its settings say so. */
export function hasSandbox(version: string): boolean {
  const number = versionIn(version);
  return number !== undefined && isAtLeast(number, SANDBOX_SINCE);
}

const TIMEOUT_MS = 15_000;

const known = new Map<string, { readonly file: string; readonly version: string }>();

/**
 * The version that the program reports; undefined when it reports none. The answer is cached until the file of the
 * program changes: Claude Code updates itself.
 */
export async function claudeVersion(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  run: RunProgram = runProgram,
): Promise<string | undefined> {
  const file = await stat(program).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => undefined,
  );
  const before = known.get(program);
  if (before && before.file === file) return before.version;
  const { code, stdout } = await run(program, ['--version'], { env, timeoutMs: TIMEOUT_MS });
  const version = code === 0 ? versionIn(stdout) : undefined;
  if (file !== undefined && version !== undefined) known.set(program, { file, version });
  return version;
}
