/**
 * Where a soak plays: one temporary folder with a copy of the built program, a state folder, a home for Claude and
 * workspaces, some of them repositories; an environment made from nothing; and every process that was started in it, at any depth.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import { GUARDED } from './asking.ts';
import { makeGuarded } from './guarded.ts';
import { endAll } from './living.ts';
import { makePlaces } from './places.ts';
import type { Repository } from './repository.ts';

export interface World {
  readonly root: string;
  /** The state folder. */
  readonly home: string;
  /** The home folder of Claude. */
  readonly claudeHome: string;
  /** The built command line. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly repositories: readonly Repository[];
  /** Whether nobody works any more: what looks unfinished stays so. */
  isOver: boolean;
  /** Changes config.json for supervisors started from now on. */
  configure(changes: Readonly<Record<string, unknown>>): Promise<void>;
  /** Starts a command of ours. */
  command(args: readonly string[]): ChildProcess;
  /** Ends whatever still lives and returns it; removes the folder unless it is to be kept. */
  close(keep: boolean): Promise<string[]>;
}

export const CONCURRENCY = 3;

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const claudePackage = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');

/** @param httpPort Where the supervisor serves its API; undefined: it does not. */
export async function createWorld(simulatorUrl: string, httpPort: number | undefined): Promise<World> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'bridge-soak-')));
  const home = join(root, 'state');
  const claudeHome = join(root, 'home');
  await mkdir(home, { mode: 0o700 });
  await mkdir(claudeHome);
  const { workspaces, repositories } = await makePlaces(root);
  const config = join(home, 'config.json');
  const http = { http: httpPort === undefined ? { enabled: false } : { enabled: true, port: httpPort } };
  const configure = async (changes: Readonly<Record<string, unknown>>) => {
    await writeFile(
      `${config}.draft`,
      JSON.stringify({ ...CONFIG, ...http, workspaces, ...changes }, null, 2),
    );
    await rename(`${config}.draft`, config);
  };
  await configure({});
  const program = await install(root);
  const path = [await makeGuarded(root), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  const environment = {
    ...simulatedClaudeEnvironment({ url: simulatorUrl, homeDir: claudeHome, path, login: 'subscription' }),
    // Few, so that errors which last come through to the supervisor.
    CLAUDE_CODE_MAX_RETRIES: '2',
    BRIDGE_HOME: home,
    BRIDGE_KEEP_AWAKE: 'false',
    BRIDGE_CLAUDE: join(dirname(claudePackage), 'bin', 'claude.exe'),
  };
  return {
    root,
    home,
    claudeHome,
    program,
    environment,
    repositories,
    isOver: false,
    configure,
    command: (args) =>
      spawn(process.execPath, [program, ...args], {
        cwd: root,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    async close(keep) {
      const left = await endAll(root);
      if (!keep) await rm(root, { recursive: true, force: true, maxRetries: 5 });
      return left;
    },
  };
}

const CONFIG = {
  concurrency: CONCURRENCY,
  allowed_tools: ['Bash'],
  policy: { ask: [`Bash(${GUARDED} *)`] },
  ask_wait: '3s',
  start_timeout: '45s',
  silence_timeout: '20s',
  last_words_timeout: '4s',
  tool_timeout: '40s',
  log_level: 'debug',
  disk_min_mb: 50,
};

/** A copy: a build in the checkout meanwhile does not change the program under test. */
async function install(root: string): Promise<string> {
  const folder = join(root, 'program');
  for (const part of ['dist', 'prompts', 'package.json'])
    await cp(join(checkout, part), join(folder, part), { recursive: true });
  await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  const program = join(folder, 'dist', 'cli.js');
  if (!existsSync(program)) throw new Error('there is no dist/cli.js: build the program first');
  return program;
}
