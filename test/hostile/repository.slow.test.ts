/** Real Claude in a repository that wants to take over its run. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { worktreeFolder } from '../../src/state-folder.ts';
import { bridgeCall, type Rig, test } from '../e2e/rig.ts';
import { GUIDANCE, plant, SECRET } from './planted.ts';

const SUBMIT = bridgeCall('bridge_send_completion', { summary: 'Looked around.' });

/** A workspace of which everything is hostile, and the run of a plan in it. */
async function inHostile(rig: Rig, play: (workspace: string) => Promise<void>): Promise<void> {
  const workspace = await rig.workspace('site');
  // A worktree would leave out what is not committed: here Claude works among all of it.
  await rig.configure({ isolation: 'in_place' });
  await mkdir(join(workspace, '.claude'), { recursive: true });
  const planted = await plant(workspace);
  try {
    await play(workspace);
    expect(planted.stolen).toEqual([]);
    expect(await planted.markers()).toEqual([]);
  } finally {
    await planted.close();
  }
}

describe('repositories that try to take over a run', () => {
  test('a repository takes over no run by its settings: no program starts, no other service is asked, the model is ours', async ({
    rig,
  }) => {
    await inHostile(rig, async (workspace) => {
      rig.script = sequence([
        call('Bash', { command: `touch '${join(workspace, 'by-bash')}' && node -e 1` }),
        call('Write', { file_path: join(workspace, 'notes.txt'), content: 'x' }),
        SUBMIT,
        say('Done.'),
      ]);
      await rig.configure({ model: 'claude-sonnet-4-5' });
      await rig.startSupervisor();
      const id = await rig.send('---\nworkspace: site\n---\n# Look around');
      await rig.until(id, 'awaiting_approval');
      const [first] = rig.asked();
      expect(first?.model).toBe('claude-sonnet-4-5');
      // Its rule `allow: Bash` counts no more than the rest.
      expect(rig.asked()[1]?.toolResults[0]).toMatchObject({ isError: true });
      expect(existsSync(join(workspace, 'by-bash'))).toBe(false);
      expect(existsSync(join(workspace, 'notes.txt'))).toBe(true);
    });
  });

  test('a repository takes over no run by git’s configuration: neither a start nor a look by the model starts a program', async ({
    rig,
  }) => {
    await inHostile(rig, async () => {
      const looks = ['git status', 'git log -p', 'git show', 'git blame tracked.txt', 'git ls-files -m'];
      rig.script = sequence([...looks.map((command) => call('Bash', { command })), SUBMIT, say('Done.')]);
      await rig.startSupervisor();
      const id = await rig.send('---\nworkspace: site\n---\n# Look around');
      await rig.until(id, 'awaiting_approval');
      const results = rig
        .asked()
        .flatMap(({ toolResults }) => toolResults)
        .slice(0, looks.length);
      expect(results.map(({ isError, text }) => (isError ? text : ''))).toEqual(looks.map(() => ''));
      expect(results[0]?.text).toContain('tracked.txt');
    });
  });

  test('a repository still guides a run: its CLAUDE.md is in the prompt, and what that imports from outside is not', async ({
    rig,
  }) => {
    await inHostile(rig, async () => {
      rig.script = sequence([SUBMIT, say('Done.')]);
      await rig.startSupervisor();
      const id = await rig.send('---\nworkspace: site\n---\n# Look around');
      await rig.until(id, 'awaiting_approval');
      const [first] = rig.asked();
      expect(first?.mentions(GUIDANCE) || first?.system.includes(GUIDANCE)).toBe(true);
      expect(first?.mentions(SECRET) || first?.system.includes(SECRET)).toBe(false);
      expect(first?.tools).not.toContain('AskUserQuestion');
      expect(first?.tools).not.toContain('EnterWorktree');
      expect(first?.tools).not.toContain('ExitWorktree');
    });
  });
});

test('a repository takes over no run in a worktree of it, nor what measures and lands the work, by anything that is committed or in the main checkout', async ({
  rig,
}) => {
  const repository = await rig.workspace('site');
  const planted = await plant(repository, { committed: true });
  try {
    await rig.configure({ model: 'claude-sonnet-4-5' });
    const id = await rig.send('---\nworkspace: site\n---\n# Look around');
    const worktree = worktreeFolder(rig.home, id);
    rig.script = sequence([
      call('Bash', { command: `touch '${join(worktree, 'by-bash')}' && node -e 1` }),
      call('Bash', { command: 'git status' }),
      call('Write', { file_path: join(worktree, 'notes.md'), content: 'x' }),
      SUBMIT,
      say('Done.'),
    ]);
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    const [first, second, third] = rig.asked();
    expect(first?.model).toBe('claude-sonnet-4-5');
    expect(first?.mentions(GUIDANCE)).toBe(true);
    expect(first?.mentions(SECRET)).toBe(false);
    expect(first?.tools).not.toContain('EnterWorktree');
    expect(second?.toolResults[0]).toMatchObject({ isError: true });
    expect(third?.toolResults[0]).toMatchObject({ isError: false });
    expect((await rig.command('approve', id)).code).toBe(0);
    await rig.until(id, 'complete');
    expect(existsSync(join(repository, 'notes.md'))).toBe(true);
    expect(planted.stolen).toEqual([]);
    expect(await planted.markers()).toEqual([]);
  } finally {
    await planted.close();
  }
});

test('a folder’s settings count where the owner says so: claude_settings is all', async ({ rig }) => {
  const workspace = await rig.workspace('mine');
  await mkdir(join(workspace, '.claude'));
  const mark = join(workspace, 'started');
  const hooks = { SessionStart: [{ hooks: [{ type: 'command', command: `touch '${mark}'` }] }] };
  await writeFile(join(workspace, '.claude', 'settings.json'), JSON.stringify({ hooks }));
  await writeFile(join(workspace, 'CLAUDE.md'), GUIDANCE);
  await rig.configure({ workspaces: { mine: { path: workspace, claude_settings: 'all' } } });
  rig.script = sequence([SUBMIT, say('Done.')]);
  await rig.startSupervisor();
  const id = await rig.send('---\nworkspace: mine\n---\n# Look around');
  await rig.until(id, 'awaiting_approval');
  expect(existsSync(mark)).toBe(true);
  expect(rig.asked()[0]?.mentions(GUIDANCE)).toBe(true);
});

describe('files outside the workspace', () => {
  test('the file tools reach nothing outside the workspace in any permission mode, for reading or writing, even by a link', async ({
    rig,
  }) => {
    const workspace = await rig.workspace('site');
    const secret = join(rig.root, 'secret.txt');
    await writeFile(secret, SECRET);
    await symlink(secret, join(workspace, 'link.txt'));
    const written = join(rig.root, 'written.txt');
    rig.script = sequence([
      call('Read', { file_path: secret }),
      call('Read', { file_path: join(workspace, 'link.txt') }),
      call('Write', { file_path: written, content: 'x' }),
      call('Bash', { command: 'cd . && node -e "console.log(1 + 1)"' }),
      SUBMIT,
      say('Done.'),
    ]);
    await rig.configure({ permission_mode: 'bypassPermissions' });
    rig.environment.IS_SANDBOX = '1';
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: site\n---\n# Look around');
    await rig.until(id, 'awaiting_approval');
    const results = rig.asked().flatMap(({ toolResults }) => toolResults);
    expect(results.slice(0, 3).map(({ isError }) => isError)).toEqual([true, true, true]);
    // What the owner allows it to run, it runs.
    expect(results[3]).toMatchObject({ isError: false, text: '2' });
    expect(existsSync(written)).toBe(false);
    expect(results.some(({ text }) => text.includes(SECRET))).toBe(false);
    expect(await readFile(secret, 'utf8')).toBe(SECRET);
  });
});

describe('workspace that holds the state folder', () => {
  test('a workspace that holds the state folder gives Claude’s file tools neither the service’s key nor the configuration', async ({
    rig,
  }) => {
    await rig.configure({ workspaces: { all: rig.root } });
    await writeFile(join(rig.home, 'service.env'), `ANTHROPIC_API_KEY=${SECRET}\n`);
    await symlink(join(rig.home, 'service.env'), join(rig.root, 'link'));
    const config = await readFile(join(rig.home, 'config.json'), 'utf8');
    const forbidden = [
      call('Read', { file_path: join(rig.home, 'service.env') }),
      call('Read', { file_path: join(rig.root, 'link') }),
      call('Write', {
        file_path: join(rig.home, 'config.json'),
        content: '{"permission_mode":"bypassPermissions"}',
      }),
      call('Write', { file_path: join(rig.home, 'service.env'), content: 'x' }),
      call('Write', { file_path: join(rig.home, 'new.sh'), content: 'x' }),
      call('Bash', { command: 'cat state/service.env' }),
    ];
    rig.script = sequence([
      ...forbidden,
      call('Write', { file_path: join(rig.root, 'notes.txt'), content: 'x' }),
      SUBMIT,
      say('Done.'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: all\n---\n# Look around');
    await rig.until(id, 'awaiting_approval');
    const results = rig.asked().flatMap(({ toolResults }) => toolResults);
    expect(results.slice(0, forbidden.length).map(({ isError }) => isError)).toEqual(
      forbidden.map(() => true),
    );
    expect(results.some(({ text }) => text.includes(SECRET))).toBe(false);
    expect(await readFile(join(rig.home, 'config.json'), 'utf8')).toBe(config);
    expect(existsSync(join(rig.home, 'new.sh'))).toBe(false);
    expect(existsSync(join(rig.root, 'notes.txt'))).toBe(true);
  });
});

test('a folder that a link has replaced since its plan was sent starts no Claude', async ({ rig }) => {
  const root = join(rig.root, 'code');
  const elsewhere = join(rig.root, 'elsewhere');
  for (const folder of [join(root, 'site'), elsewhere]) await mkdir(folder, { recursive: true });
  await rig.configure({ workspace_roots: [root] });
  const id = await rig.send(`---\nworkspace: ${join(root, 'site')}\n---\n# Look around`);
  await rename(join(root, 'site'), join(root, 'site-moved'));
  await symlink(elsewhere, join(root, 'site'));
  await rig.startSupervisor();
  await rig.happened('project.needs_attention', id);
  const { project, runs } = await rig.details(id);
  expect(project.attention).toContain(join(root, 'site'));
  expect(project.attention).toContain(elsewhere);
  expect(runs.map(({ spawnedAt, outcome }) => [spawnedAt, outcome?.kind])).toEqual([
    [null, 'workspace_missing'],
  ]);
});
