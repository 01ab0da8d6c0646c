/**
 * Runs a command in a sandbox of bubblewrap (https://github.com/containers/bubblewrap): it reads what is there, writes in one
 * folder and in a /tmp of its own, sees no process but its own, and has no network unless it is let have it.
 */
import { existsSync } from 'node:fs';
import { findExecutable } from './executable.ts';
import { platform } from './platform.ts';
import { runProgram } from './program.ts';

export interface SandboxedPlace {
  /** The only folder that it may change, by an absolute path without links. */
  readonly folder: string;
  /** What it may read and not change, although it lies in the folder, or in a place that is hidden. */
  readonly readOnly: readonly string[];
  /** Folders of which it sees nothing. The folder may lie in one. */
  readonly hiddenFolders: readonly string[];
  /** Files that it cannot read; they exist. */
  readonly hiddenFiles: readonly string[];
  readonly network: boolean;
}

/** The program and its arguments, before the command. @param program Path of `bwrap`. */
export function sandboxCommand(program: string, place: SandboxedPlace): string[] {
  const { folder, readOnly, hiddenFolders, hiddenFiles, network } = place;
  const both = ['--bind', folder, folder];
  return [
    program,
    ...['--unshare-all', ...(network ? ['--share-net'] : []), '--die-with-parent', '--new-session'],
    // As root it would keep them, and could undo what follows.
    ...['--cap-drop', 'ALL'],
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    // Root may write there without any capability (seen in 0.8.0), and so have the kernel start programs outside.
    ...['--ro-bind-try', '/proc/sys', '/proc/sys'],
    // Sockets take connections in a read-only place too: those of Docker, of systemd and of agents start programs outside.
    ...HIDDEN_PLACES.filter((path) => existsSync(path)).flatMap((path) => ['--tmpfs', path]),
    ...NEEDED_OF_RUN.flatMap((path) => ['--ro-bind-try', path, path]),
    // Before and after what hides it: either may lie in the other.
    ...both,
    ...hiddenFolders.flatMap((path) => ['--tmpfs', path]),
    ...both,
    ...readOnly.flatMap((path) => ['--ro-bind-try', path, path]),
    ...hiddenFiles.flatMap((path) => ['--ro-bind-try', '/dev/null', path]),
    ...['--setenv', 'TMPDIR', '/tmp', '--setenv', 'XDG_CACHE_HOME', '/tmp/.cache'],
    '--',
  ];
}

/** Places of everybody, which a command in a sandbox has of its own. */
export const HIDDEN_PLACES = ['/run', '/tmp', '/var/tmp'];

/** Where names are looked up, and the programs of NixOS. */
const NEEDED_OF_RUN = [
  '/run/systemd/resolve',
  '/run/resolvconf',
  '/run/NetworkManager',
  '/run/current-system',
];

export type SandboxProbe =
  | { readonly works: true; readonly program: string }
  /** Completes "there is no sandbox: …". */
  | { readonly works: false; readonly reason: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts one, which shows more than that its program is there: a system may forbid the namespaces that it is made of. */
export async function probeSandbox(env: Environment): Promise<SandboxProbe> {
  if (platform !== 'linux') return { works: false, reason: 'only Linux has one that is known here' };
  const found = PROGRAMS.map((name) => ({ name, path: findExecutable(name, env.PATH) }));
  const missing = found.flatMap(({ name, path }) => (path === undefined ? [name] : []));
  const program = found[0]?.path;
  if (missing.length > 0 || program === undefined)
    return {
      works: false,
      reason: `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed`,
    };
  const place = { folder: '/', readOnly: [], hiddenFolders: [], hiddenFiles: [], network: false };
  const command = [...sandboxCommand(program, place).slice(1), '/bin/sh', '-c', 'exit 0'];
  const { code, stderr } = await runProgram(program, command, { env, timeoutMs: PROBE_TIMEOUT_MS });
  if (code === 0) return { works: true, program };
  const [line = ''] = stderr.trim().split('\n');
  return { works: false, reason: `bwrap cannot start one here${line === '' ? '' : ` (${line})`}` };
}

/** Bubblewrap, and what Claude Code reaches its proxy with from within (https://code.claude.com/docs/en/sandboxing). */
const PROGRAMS = ['bwrap', 'socat'];
const PROBE_TIMEOUT_MS = 10_000;
