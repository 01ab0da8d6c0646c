/** A person's home, a state folder and a recording claude, all in one temporary folder; drafts left behind fail a test. */
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test as base, expect } from 'vitest';
import type { RunProgram } from '../../src/machine/program.ts';
import type { Result } from '../../src/result.ts';
import { serverStart } from '../../src/setup/server-start.ts';
import {
  applySetup,
  planRemoval,
  planSetup,
  type RemovalOptions,
  type SetupContext,
  type SetupOptions,
  type SetupOutcome,
  type SetupPlan,
} from '../../src/setup/setup.ts';
import { onLinux } from '../platform.ts';
import { stableText } from '../stable-text.ts';

export interface Rig {
  readonly root: string;
  readonly context: SetupContext;
  /** Where Claude Desktop's file is, or will be. */
  readonly desktop: string;
  /** Arguments of every call of claude. */
  readonly calls: (readonly string[])[];
  /** What each of these calls was given to read. */
  readonly inputs: (string | undefined)[];
  /** What claude answers to each further call. */
  claudeSays: { code: number; stderr: string };
  plan(wanted?: Partial<SetupOptions>): Promise<SetupPlan>;
  /** Sets up; Claude Desktop alone, unless more is wanted. */
  setup(wanted?: Partial<SetupOptions>): Promise<SetupOutcome>;
  remove(unwanted?: Partial<RemovalOptions>): Promise<SetupOutcome>;
  /** Why it is refused. */
  refusal(wanted?: Partial<SetupOptions>): Promise<string>;
  /** Writes Claude Desktop's file. */
  given(content: string | Buffer): Promise<void>;
  /** Claude Desktop's file as it lies there. */
  bytes(): Promise<Buffer>;
  json(): Promise<unknown>;
  /** Every file and folder, below the root. */
  tree(): Promise<string[]>;
}

export const ENTRY = ['/opt/node/bin/node', '/opt/bridge/dist/cli.js'];

/** What Claude Desktop is to find under our name. */
export const entryIn = (rig: Rig) => serverStart('desktop', ENTRY, rig.context.stateDir);

export const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'setup-')));
    const rig = await build(root);
    await use(rig);
    const left = (await rig.tree()).filter((name) => name.endsWith('.tmp'));
    await rm(root, { recursive: true });
    expect(left, 'drafts left behind').toEqual([]);
  },
});

async function build(root: string): Promise<Rig> {
  const home = join(root, 'home');
  const claude = join(root, 'claude');
  const state = join(root, 'state');
  await mkdir(home);
  await mkdir(state);
  await writeFile(claude, '');
  await chmod(claude, 0o755);
  const context: SetupContext = { env: {}, stateDir: state, homeDir: home, claude };
  const desktop = join(home, 'Claude', 'claude_desktop_config.json');
  const wantedBy = (wanted: Partial<SetupOptions>): SetupOptions => ({
    selfCommand: ENTRY,
    desktop,
    code: false,
    folders: { workspaces: {}, roots: [] },
    ...wanted,
  });
  const run: RunProgram = async (_, args, { input }) => {
    rig.calls.push(args);
    rig.inputs.push(input);
    return { stdout: '', failure: null, ...rig.claudeSays };
  };
  const rig: Rig = {
    root,
    context,
    desktop,
    calls: [],
    inputs: [],
    claudeSays: { code: 0, stderr: '' },
    plan: async (wanted = {}) => granted(await planSetup(wantedBy(wanted), context)),
    setup: async (wanted = {}) => applySetup(await rig.plan(wanted), context, run),
    remove: async (unwanted = {}) =>
      applySetup(
        granted(await planRemoval({ desktop: [desktop], code: false, ...unwanted }, context)),
        context,
        run,
      ),
    async refusal(wanted = {}) {
      const planned = await planSetup(wantedBy(wanted), context);
      const words = planned.ok ? 'it was not refused' : planned.refusal;
      if (onLinux) expect(stableText(words, { [root]: '<root>' })).toMatchSnapshot();
      return words;
    },
    async given(content) {
      await mkdir(dirname(desktop), { recursive: true });
      await writeFile(desktop, content);
    },
    bytes: () => readFile(desktop),
    json: async () => JSON.parse((await rig.bytes()).toString('utf8').replace(/^\uFEFF/, '')),
    tree: async () => (await readdir(root, { recursive: true })).toSorted(),
  };
  return rig;
}

function granted<T>(planned: Result<T>): T {
  if (!planned.ok) throw new Error(planned.refusal);
  return planned.value;
}
