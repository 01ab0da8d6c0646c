/** A person's home, a state folder and a recording claude, all in one temporary folder; drafts left behind fail a test. */
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test as base, expect } from 'vitest';
import type { RunProgram } from '../../src/machine/program.ts';
import type { Planned } from '../../src/setup/plan-file.ts';
import { serverStart } from '../../src/setup/server-start.ts';
import {
  carryOutPlan,
  type Done,
  planRemoval,
  planSetup,
  type Scene,
  type SetupPlan,
  type Unwanted,
  type Wanted,
} from '../../src/setup/setup.ts';
import { onLinux } from '../platform.ts';
import { stableText } from '../stable-text.ts';

export interface Rig {
  readonly root: string;
  readonly scene: Scene;
  /** Where Claude Desktop's file is, or will be. */
  readonly desktop: string;
  /** Arguments of every call of claude. */
  readonly calls: (readonly string[])[];
  /** What each of these calls was given to read. */
  readonly inputs: (string | undefined)[];
  /** What claude answers to each further call. */
  claudeSays: { code: number; stderr: string };
  plan(wanted?: Partial<Wanted>): Promise<SetupPlan>;
  /** Sets up; Claude Desktop alone, unless more is wanted. */
  setup(wanted?: Partial<Wanted>): Promise<Done>;
  remove(unwanted?: Partial<Unwanted>): Promise<Done>;
  /** Why it is refused. */
  refusal(wanted?: Partial<Wanted>): Promise<string>;
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
export const entryIn = (rig: Rig) => serverStart('desktop', ENTRY, rig.scene.state);

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
  const scene: Scene = { env: {}, state, home, claude };
  const desktop = join(home, 'Claude', 'claude_desktop_config.json');
  const wantedBy = (wanted: Partial<Wanted>): Wanted => ({
    entry: ENTRY,
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
    scene,
    desktop,
    calls: [],
    inputs: [],
    claudeSays: { code: 0, stderr: '' },
    plan: async (wanted = {}) => granted(await planSetup(wantedBy(wanted), scene)),
    setup: async (wanted = {}) => carryOutPlan(await rig.plan(wanted), scene, run),
    remove: async (unwanted = {}) =>
      carryOutPlan(
        granted(await planRemoval({ desktop: [desktop], code: false, ...unwanted }, scene)),
        scene,
        run,
      ),
    async refusal(wanted = {}) {
      const planned = await planSetup(wantedBy(wanted), scene);
      const words = planned.ok ? 'it was not refused' : planned.problem;
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

function granted<T>(planned: Planned<T>): T {
  if (!planned.ok) throw new Error(planned.problem);
  return planned.value;
}
