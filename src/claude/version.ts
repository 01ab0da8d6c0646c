/** Which Claude Code this is, and what that means for the settings of a repository. */
import { stat } from 'node:fs/promises';
import { type RunProgram, runProgram } from '../machine/program.ts';
import { isAtLeast, versionIn } from '../machine/program-output.ts';

/** Until then some settings of a workspace counted although `--setting-sources` left them out. */
export const KEEPS_SETTINGS_OUT_SINCE = '2.1.314';

/** Whether this version obeys `--setting-sources` in all; one that is no number is taken for a new one. */
export function keepsSettingsOut(version: string): boolean {
  const number = versionIn(version);
  return number === undefined || isAtLeast(number, KEEPS_SETTINGS_OUT_SINCE);
}

const LIMIT_MS = 15_000;

const known = new Map<string, { readonly file: string; readonly version: string }>();

/**
 * What the program says its version is; undefined when it says none. It is asked once, and again when its file is
 * another one: Claude Code updates itself.
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
  const { code, stdout } = await run(program, ['--version'], { env, timeoutMs: LIMIT_MS });
  const version = code === 0 ? versionIn(stdout) : undefined;
  if (file !== undefined && version !== undefined) known.set(program, { file, version });
  return version;
}
