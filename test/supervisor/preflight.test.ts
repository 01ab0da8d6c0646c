import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { currentHolds, imposeHold, resume } from '../../src/bridge/holds.ts';
import { takeLease } from '../../src/bridge/lease.ts';
import { claudeEnvironment } from '../../src/claude/environment.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Hold } from '../../src/project/hold.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import type { Admission } from '../../src/supervisor/admission.ts';
import { Preflight } from '../../src/supervisor/preflight.ts';
import { claudeProgram, processesIn } from '../e2e/rig.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { createRig, type Rig } from '../rig.ts';

const TOKEN = asLeaseToken('token');
const MINUTE = 60_000;
const START: Admission = { may: 'start', heldFamilies: [], isPendingHeld: false, isSandboxMissing: false };
const WAIT: Admission = { may: 'wait' };

interface Stage {
  readonly preflight: Preflight;
  readonly learnt: () => void;
  readonly logged: string[];
  holds(): Promise<Hold[]>;
  /** What happened to holds so far. */
  history(): Promise<string[]>;
}

/** @param env What the supervisor has in its own environment. */
async function stage(
  rig: Rig,
  claude: string,
  env: Record<string, string> = {},
  clock: Clock = rig.clock,
): Promise<Stage> {
  const { bridge } = rig;
  const candidate = { token: TOKEN, pid: process.pid, pidStartedAt: '1', version: '0' };
  await takeLease(bridge, candidate, () => false);
  const logged: string[] = [];
  const write = (event: string, fields: object = {}) => logged.push(`${event} ${JSON.stringify(fields)}`);
  const log = { error: write, warn: write, info: write, debug: () => undefined, child: () => log };
  const learnt = vi.fn<() => void>();
  const context = {
    ...{ bridge, clock, log, lease: { bridge, token: TOKEN }, selfCommand: [], degradedReason: () => null },
    config: { ...loadConfig(rig.home, {}), claude },
    env: {
      HOME: rig.workspace,
      USERPROFILE: rig.workspace,
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      ...env,
    },
    stopping: new AbortController().signal,
  };
  return {
    preflight: new Preflight(context, learnt),
    learnt,
    logged,
    holds: () => currentHolds(bridge),
    async history() {
      const { events } = await changesSince(bridge, BEGINNING, { waitMs: 0, limit: 1_000 });
      return events.map(({ type }) => type).filter((type) => type.startsWith('hold.'));
    },
  };
}

/** Something in claude's place. */
async function script(rig: Rig, body: string): Promise<string> {
  const file = join(rig.workspace, 'claude');
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

const loggedIn = `echo '{"loggedIn":true,"authMethod":"claude.ai","email":"me@example.com"}'`;
const loggedOut = `echo '{"loggedIn":false,"authMethod":"none"}'; exit 1`;
/** Logged in as soon as a file says so. */
const byFile = `cd "$HOME"; if [ -e login ]; then ${loggedIn}; else ${loggedOut}; fi`;

const ofRun: Hold = {
  kind: 'not_logged_in',
  scope: '',
  reason: 'the service refused the token',
  since: '2026-03-01T12:00:00.000Z',
  until: '2026-03-01T12:05:00.000Z',
  source: 'run',
};

describe('login of the real claude', () => {
  test('a claude without credentials holds the queue, with the reason and what to do', async () => {
    await using rig = await createRig();
    const { preflight, holds, learnt } = await stage(rig, claudeProgram);
    await preflight.check();
    const [hold] = await holds();
    expect(hold).toMatchObject({ kind: 'not_logged_in', scope: '', until: null });
    for (const word of ['/login', 'ANTHROPIC_API_KEY', 'claude setup-token', 'bridge-supervisor resume'])
      expect(hold?.reason).toContain(word);
    expect(learnt).toHaveBeenCalledOnce();
  });

  test.each([
    [{ ANTHROPIC_API_KEY: 'sk-ant-api03-simulated' }, 'api_key'],
    [{ CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-simulated' }, 'oauth_token'],
  ])('a claude with %o holds nothing', async (env, method) => {
    await using rig = await createRig();
    const { preflight, holds, logged } = await stage(rig, claudeProgram, env);
    await preflight.check();
    expect(await holds()).toEqual([]);
    expect(logged).toEqual([`login.checked {"method":"${method}"}`]);
  });
});

describe.skipIf(onWindows)('asking Claude for its login (needs a shell script in its place)', () => {
  test('the login is asked before the first run, and then not before each', async () => {
    await using rig = await createRig();
    const { preflight } = await stage(rig, await script(rig, loggedIn));
    expect(await preflight.isDue(START)).toBe(true);
    expect(await preflight.isDue(WAIT)).toBe(false);
    await preflight.check();
    rig.clock.advance(1_000 * MINUTE);
    expect(await preflight.isDue(START)).toBe(false);
    expect(await preflight.isDue(WAIT)).toBe(false);
  });

  test('the login is asked before a run is spent on finding it out', async () => {
    await using rig = await createRig();
    const { preflight } = await stage(rig, await script(rig, loggedIn));
    await preflight.check();
    const probe = (hold: Hold): Admission => ({
      may: 'probe',
      holds: [{ ...hold, subject: 'account:', probeRunId: null }],
      heldFamilies: [],
      isPendingHeld: false,
      isSandboxMissing: false,
    });
    rig.clock.advance(5 * MINUTE);
    expect(await preflight.isDue(probe({ ...ofRun, kind: 'billing' }))).toBe(false);
    expect(await preflight.isDue(probe(ofRun))).toBe(true);
    await preflight.check();
    expect(await preflight.isDue(probe(ofRun))).toBe(false);
  });

  test('the login is asked every five minutes while nobody is logged in, and the hold ends when somebody is', async () => {
    await using rig = await createRig();
    const { preflight, holds, history } = await stage(rig, await script(rig, byFile));
    await preflight.check();
    expect(await preflight.isDue(WAIT)).toBe(false);
    rig.clock.advance(5 * MINUTE + 1);
    expect(await preflight.isDue(WAIT)).toBe(true);
    await preflight.check();
    expect(await preflight.isDue(WAIT)).toBe(false);
    expect(await history()).toEqual(['hold.set']);
    await writeFile(join(rig.workspace, 'login'), '');
    rig.clock.advance(5 * MINUTE + 1);
    await preflight.check();
    expect(await holds()).toEqual([]);
    expect(await history()).toEqual(['hold.set', 'hold.ended']);
  });

  test('the login is not asked when a person said `resume`: their word counts for more', async () => {
    await using rig = await createRig();
    const { preflight } = await stage(rig, await script(rig, loggedOut));
    await preflight.check();
    await resume(rig.bridge, 'person');
    rig.clock.advance(60 * MINUTE);
    for (const admission of [START, WAIT]) expect(await preflight.isDue(admission)).toBe(false);
  });

  test('a missing claude is not asked for its login until it is there', async () => {
    await using rig = await createRig();
    const { preflight, learnt } = await stage(rig, join(rig.workspace, 'claude'));
    await preflight.check();
    expect(learnt).not.toHaveBeenCalled();
    await script(rig, loggedIn);
    expect(await preflight.isDue(START)).toBe(true);
    await preflight.check();
    expect(await preflight.isDue(START)).toBe(false);
  });

  test('the login is asked once, however often it is wanted meanwhile', async () => {
    await using rig = await createRig();
    const { preflight, logged } = await stage(rig, await script(rig, loggedIn));
    await Promise.all([preflight.check(), preflight.check(), preflight.check()]);
    expect(logged.length).toBe(1);
  });
});

describe.skipIf(onWindows)('answers of Claude about its login (needs a shell script in its place)', () => {
  test('a login does not end a hold of a run: whether it is accepted, only a run finds out', async () => {
    await using rig = await createRig();
    const { preflight, holds } = await stage(rig, await script(rig, loggedIn));
    await imposeHold({ bridge: rig.bridge, token: TOKEN }, ofRun);
    await preflight.check();
    expect(await holds()).toMatchObject([ofRun]);
  });

  test('a login ends the hold that an earlier supervisor set for it', async () => {
    await using rig = await createRig();
    const before = await stage(rig, await script(rig, byFile));
    await before.preflight.check();
    await writeFile(join(rig.workspace, 'login'), '');
    const { preflight, holds } = await stage(rig, join(rig.workspace, 'claude'));
    await preflight.check();
    expect(await holds()).toEqual([]);
  });

  test('a login ends the hold that an older version set for it in other words', async () => {
    await using rig = await createRig();
    const { preflight, holds, history } = await stage(rig, await script(rig, loggedIn));
    const reason = 'Nobody is logged in. Log in.';
    await imposeHold(
      { bridge: rig.bridge, token: TOKEN },
      { ...ofRun, reason, until: null, source: 'preflight' },
    );
    await preflight.check();
    expect(await holds()).toEqual([]);
    expect(await history()).toEqual(['hold.set', 'hold.ended']);
  });

  test.each([
    ['that it knows no such command', 'echo "error: unknown option" >&2; exit 1'],
    ['something else', 'echo "Hello! How can I help?"'],
    ['nothing', 'exit 0'],
    ['a login, and fails', `${loggedIn}; exit 1`],
    ['no login, and does not fail', `echo '{"loggedIn":false,"authMethod":"none"}'`],
    ['an odd login', `echo '{"loggedIn":"yes","authMethod":7}'; exit 1`],
  ])('an answer about the login, %s, holds nothing, and runs may start', async (_, body) => {
    await using rig = await createRig();
    const { preflight, holds, logged } = await stage(rig, await script(rig, body));
    await preflight.check();
    expect(await holds()).toEqual([]);
    expect(logged).toEqual([]);
    expect(await preflight.isDue(START)).toBe(false);
  });

  test('a login check without an answer in its time is ended with what it started, and holds nothing', async () => {
    await using rig = await createRig();
    const hurried: Clock = {
      ...systemClock,
      sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 500), signal),
    };
    const claude = await script(rig, 'setsid tail -f /dev/null & exec tail -f /dev/null');
    const { preflight, holds } = await stage(rig, claude, {}, hurried);
    await preflight.check();
    expect(await holds()).toEqual([]);
    expect(await processesIn(rig.workspace)).toEqual([]);
  });

  test('a login check after the stop of the supervisor is not waited for, and holds nothing', async () => {
    await using rig = await createRig();
    const claude = await script(rig, 'exec tail -f /dev/null');
    const { preflight, history, learnt } = await stage(rig, claude, {}, systemClock);
    const looking = preflight.check();
    await eventually(async () => expect(await processesIn(rig.workspace)).not.toEqual([]));
    await preflight.close();
    await looking;
    expect(await processesIn(rig.workspace)).toEqual([]);
    expect(await history()).toEqual([]);
    expect(learnt).not.toHaveBeenCalled();
  });
});

test.skipIf(onWindows)(
  'the login check has the environment of a run, and nothing of the answer is left (needs a shell script in its place)',
  async () => {
    await using rig = await createRig();
    const env = { ANTHROPIC_API_KEY: 'k', CLAUDECODE: '1', BRIDGE_TOKEN: 't', HTTPS_PROXY: 'http://p' };
    const { preflight } = await stage(rig, await script(rig, `env > "$HOME/env"; ${loggedIn}`), env);
    await mkdir(join(rig.home, 'runs'), { recursive: true });
    await writeFile(join(rig.home, 'runs', 'login.json'), 'of a predecessor');
    await preflight.check();
    const seen = (await readFile(join(rig.workspace, 'env'), 'utf8')).split('\n');
    const expected = claudeEnvironment(env, { id: `login:${rig.home}`, projectId: '' });
    for (const [name, value] of Object.entries(expected)) expect(seen).toContain(`${name}=${value}`);
    for (const name of ['CLAUDECODE', 'BRIDGE_TOKEN']) expect(seen.join()).not.toContain(`${name}=`);
    expect(await readdir(join(rig.home, 'runs'))).toEqual([]);
  },
);
