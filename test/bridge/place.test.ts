import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { retry } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { rulesAt } from '../../src/bridge/work-rules.ts';
import { recordWorktree } from '../../src/bridge/worktrees.ts';
import { loadConfig } from '../../src/config.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { statusFile } from '../../src/state-folder.ts';
import { gitRig } from '../git/rig.ts';
import type { Rig } from '../rig.ts';
import { tamper } from '../store/raw.ts';
import { accepted, begin, current, ending, history, start, supervised, TOKEN } from './steps.ts';
import { PLACE } from './submitted.ts';

/** A plan that was sent for `wanted`, when the name `app` led to the folder `old`. */
async function sentFor(wanted: (old: string) => string = () => 'app') {
  const rig = await supervised();
  const [old, today] = [join(rig.workspace, 'old'), join(rig.workspace, 'today')];
  for (const folder of [old, today]) mkdirSync(folder);
  const at = (workspaces: Record<string, string>) => ({ ...loadConfig(rig.home, {}), workspaces });
  const send = async (workspace: string) =>
    accepted(
      await sendPlan(
        rig.bridge,
        at({ app: old, other: today }),
        { markdown: '# A clock', workspace },
        'desktop',
      ),
    ).project.id;
  const id = await send(wanted(old));
  return { rig, id, old, today, at, send, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

const folderOf = async (rig: Rig, id: ProjectId) => (await current(rig.bridge, id)).workspace;

describe('the folder of a plan that named a workspace', () => {
  test('a first run starts in the folder that the name leads to by then, and the history says so', async () => {
    await using sent = await sentFor();
    const { rig, id, today, at } = sent;
    const started = await start(rig, { policy: at({ app: today }) });
    expect(started?.run.workspace).toBe(today);
    expect(await folderOf(rig, id)).toBe(today);
    expect(await history(rig.bridge, id)).toEqual([
      'project.sent',
      'project.moved',
      'project.claimed',
      'run.started',
    ]);
    expect(readFileSync(statusFile(rig.home, id), 'utf8')).toContain(`to another folder now: “${today}”`);
  });

  test('a project that moves into a folder with a run under way waits for it', async () => {
    await using sent = await sentFor();
    const { rig, id, today, at, send } = sent;
    const busy = await send('other');
    tamper(rig.home, 'UPDATE projects SET priority = 9 WHERE id = ?', busy);
    expect((await begin(rig)).run).toMatchObject({ projectId: busy, workspace: today });
    expect(await start(rig, { policy: at({ app: today }) })).toBeUndefined();
    expect(await folderOf(rig, id)).toBe(today);
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'pending', runId: null });
  });

  test('a name that is configured no more parks the project, which goes on when it is configured again', async () => {
    await using sent = await sentFor();
    const { rig, id, today, at } = sent;
    expect(await start(rig, { policy: at({ site: today }) })).toBeUndefined();
    const attention =
      "the configuration does not name a workspace 'app' any more; add it to 'workspaces' again, then retry";
    expect(await current(rig.bridge, id)).toMatchObject({ status: 'attention', attention, runId: null });
    expect(readFileSync(statusFile(rig.home, id), 'utf8')).toContain(attention);
    accepted(await retry(rig.bridge, id, 'person'));
    expect((await start(rig, { policy: at({ app: today }) }))?.run.workspace).toBe(today);
  });

  test('a name that leads to a folder that is not there, or lies in the state folder, parks the project', async () => {
    for (const [folder, reason] of [
      ['missing', /workspace does not exist/],
      ['home', /is or lies in the state folder/],
    ] as const) {
      await using sent = await sentFor();
      const { rig, id, at } = sent;
      const to = folder === 'home' ? rig.home : join(rig.workspace, folder);
      expect(await start(rig, { policy: at({ app: to }) })).toBeUndefined();
      expect((await current(rig.bridge, id)).attention).toMatch(reason);
    }
  });

  test('a project stays in its folder once a process was started there, wherever the name leads', async () => {
    await using sent = await sentFor();
    const { rig, id, old, today, at } = sent;
    const lease = { bridge: rig.bridge, token: TOKEN };
    const never = await start(rig);
    if (!never) throw new Error('nothing started');
    await endRun(lease, never.run, { kind: 'interrupted' }, ending);
    const first = await start(rig, { policy: at({ app: today }) });
    expect(first?.run.workspace).toBe(today);
    if (!first) throw new Error('nothing started');
    await endRun(lease, first.run, { kind: 'interrupted' }, ending);
    const { run } = await begin(rig);
    await endRun(lease, run, { kind: 'interrupted' }, ending);
    rmSync(old, { recursive: true });
    for (const workspaces of [{ app: old }, {}]) expect(await next(rig, at(workspaces))).toBe(today);
    expect(await folderOf(rig, id)).toBe(today);

    async function next(_: Rig, policy: ReturnType<typeof at>) {
      const again = await start(rig, { policy });
      if (again) await endRun(lease, again.run, { kind: 'interrupted' }, ending);
      return again?.run.workspace;
    }
  });

  test('a project that moves to another repository begins from the base of that one, as its plan and its owner ask', async () => {
    const [first, second] = [await gitRig(), await gitRig()];
    await second.git('branch', '--quiet', '-m', 'main', 'trunk');
    await using rig = await supervised();
    const at = (app: string) => ({ ...loadConfig(rig.home, {}), workspaces: { app } });
    const send = async (markdown: string) =>
      accepted(
        await sendPlan(rig.bridge, at(first.repo), { markdown, workspace: 'app' }, 'desktop', first.env),
      ).project.id;
    const moveTo = (folder: string) => start(rig, { policy: at(folder), env: second.env });
    const free = await send('# A clock');
    expect(await current(rig.bridge, free)).toMatchObject({ isolation: 'worktree', base: 'main' });
    expect(await moveTo(second.repo)).toMatchObject({ project: { id: free, base: 'trunk' } });
    const place = { workspace: second.repo, isolation: 'worktree', base: 'trunk' };
    expect(await current(rig.bridge, free)).toMatchObject(place);
    const bound = await send('---\nbase: main\n---\n# Another clock');
    expect(await moveTo(second.repo)).toBeUndefined();
    expect(await current(rig.bridge, bound)).toMatchObject({
      status: 'attention',
      workspace: first.repo,
      attention: expect.stringContaining(
        "cannot be worked on in a worktree: the repository has no branch or commit 'main'",
      ),
    });
    const plain = await send('# A third clock');
    const folder = join(rig.workspace, 'plain');
    mkdirSync(folder);
    expect(await moveTo(folder)).toMatchObject({ project: { id: plain } });
    expect(await current(rig.bridge, plain)).toMatchObject({ isolation: 'in_place', base: null });
  });

  test('a project that has a worktree already stays with its repository, also before the first process', async () => {
    await using sent = await sentFor();
    const { rig, id, old, today, at } = sent;
    await recordWorktree({ bridge: rig.bridge, token: TOKEN }, id, { ...PLACE, repo: old });
    expect(await start(rig, { policy: at({ app: today }) })).toMatchObject({ run: { workspace: old } });
  });

  test('a project whose plan gave a path stays in that folder', async () => {
    await using sent = await sentFor((old) => old);
    const { rig, old, today, at } = sent;
    expect((await start(rig, { policy: at({ app: today }) }))?.run.workspace).toBe(old);
  });
});

describe('the rules of a workspace', () => {
  test('rules are those of the name that the plan used while it leads to the folder, else of another name that does', async () => {
    await using sent = await sentFor();
    const { rig, old, today } = sent;
    const rulesIn = (app: string) =>
      rulesAt(
        {
          ...loadConfig(rig.home, {}),
          workspaces: { other: { path: old, repairs: 1 }, app: { path: app, repairs: 2 } },
        },
        'app',
        old,
      );
    expect(rulesIn(old)).toMatchObject({ name: 'app', rules: { repairs: 2 } });
    expect(rulesIn(today)).toMatchObject({ name: 'other', rules: { repairs: 1 } });
  });
});
