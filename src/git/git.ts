/**
 * Runs git so that only the call itself and the person's own configuration say what it does: no hook and no file system
 * monitor is started, nothing is asked, no lock is taken for a mere look, and messages are in English.
 */
import type { Environment } from '../environment.ts';
import { type BytesResult, runProgramBytes } from '../machine/program.ts';

/** A name and a value of git's configuration. */
export type GitValue = readonly [name: string, value: string];

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Then git is killed with everything it started. Default: 2 minutes. */
  readonly timeoutMs?: number;
  /** Longer output ends git. Default: 64 MB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
  /** Counts more than the configuration of repository, person and system. */
  readonly config?: readonly GitValue[];
  /** Variables of this call, such as GIT_AUTHOR_DATE. */
  readonly variables?: Environment;
}

export type GitResult = BytesResult;

/** Runs git in one place. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<GitResult>;

/** Runs git wherever `args` say. Never throws: a missing git is a result too. */
export function runGit(
  env: Environment,
  args: readonly string[],
  {
    config = [],
    variables = {},
    timeoutMs = DEFAULT_LIMIT_MS,
    maxBytes = MAX_OUTPUT_BYTES,
    ...rest
  }: GitOptions,
): Promise<GitResult> {
  const all = { ...gitEnvironment(env), ...asVariables([...ALWAYS, ...config]), ...variables };
  return runProgramBytes('git', args, { env: all, timeoutMs, maxBytes, ...rest });
}

const DEFAULT_LIMIT_MS = 120_000;
const MAX_OUTPUT_BYTES = 64_000_000;

/** The first line that git gives as its reason; else its exit code, or why it was ended. */
export function reasonOf({ stderr, failure, code }: GitResult): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((one) => /^(fatal|error): /.test(one)) ?? lines[0];
  return line?.replace(/^(fatal|error): /, '') || (failure ?? `exit code ${code}`);
}

/** Text that git printed, without its last line end. */
export function textOf({ stdout }: GitResult): string {
  return stdout.toString().replace(/\n$/, '');
}

/** Hooks are also started from `hook.NAME.command`, which git 2.54 knows; `config` switches those off by name. */
const ALWAYS: readonly GitValue[] = [
  // No folder, so no hooks; git for Windows knows the name too.
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
];

/** Variables of git that tell where the person keeps programs, certificates and configuration, and of no repository. */
const KEPT = /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH|SSH_COMMAND|SSL_\w+|PROXY_SSL_\w+)$/;

/** The environment of every call of git that we make. */
export function gitEnvironment(env: Environment): Environment {
  const outside = Object.entries(env).filter(([name]) => !/^GIT_/i.test(name) || KEPT.test(name));
  return {
    // A terminal would be asked for a passphrase, and nobody answers.
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    ...Object.fromEntries(outside),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    // Others are programs: `ext`, and each `git-remote-NAME` on the path.
    GIT_ALLOW_PROTOCOL: 'file:http:https:ssh',
  };
}

/** Exact for every name, unlike `-c`, which ends a name at its first equals sign (git 2.31 or newer). */
function asVariables(config: readonly GitValue[]): Environment {
  const entries = config.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(config.length) };
}
