/** A plan that is first answered by an outline: read-only until a person approves it, then done in the same session. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { call, say } from '../../src/simulator/reply.ts';
import { type Script, sequence } from '../../src/simulator/script.ts';
import { worktreeFolder } from '../../src/state-folder.ts';
import { repository } from './repository.ts';
import { bridgeCall, test } from './rig.ts';

const submit = (summary: string) => bridgeCall('bridge_send_completion', { summary });

const SCOUT = '---\nname: scout\ndescription: Looks.\npermissionMode: bypassPermissions\n---\nLook at it.';

test('an outline is made without a change, also by a subagent and with rules that allow more, is made again when rejected, and once approved, also while no supervisor lives, the same session does the work once, which lands', async ({
  rig,
}) => {
  const allowed = { policy: { allow: ['Bash', 'Write'], rest: 'ask' } };
  const rules = {
    checks: [{ name: 'test', run: 'true' }],
    auto_approve: { checks: true, max_lines: 100, paths: ['**'] },
  };
  // The person's own settings allow more, and a subagent of the repository asks for a wider mode.
  await mkdir(join(rig.root, 'home', '.claude'), { recursive: true });
  const own = { permissions: { allow: ['Bash(touch *)', 'Write'] } };
  await writeFile(join(rig.root, 'home', '.claude', 'settings.json'), JSON.stringify(own));
  const { folder: site, git } = await repository(rig, { ...allowed, ...rules, claude_settings: 'all' });
  await mkdir(join(site, '.claude', 'agents'), { recursive: true });
  await writeFile(join(site, '.claude', 'agents', 'scout.md'), SCOUT);
  git('add', '--all');
  git('commit', '--quiet', '-m', 'scout');
  const tip = git('rev-parse', 'main');
  const id = await rig.send('---\nworkspace: site\noutline: true\n---\n# Greeting\nWrite a greeting.');
  const folder = worktreeFolder(rig.home, id);
  const write = (name: string) => call('Write', { file_path: join(folder, name), content: 'hello\n' });
  const touch = (name: string) => call('Bash', { command: `touch ${name}`, description: 'make a file' });
  const ofMain: Script = sequence([
    write('early.txt'),
    touch('by-bash.txt'),
    call('Bash', { command: 'git log --oneline | head -1', description: 'look' }),
    call('Agent', { description: 'Scout', prompt: 'Scout it.', subagent_type: 'scout' }),
    submit('I write greeting.txt'),
    say('Submitted.'),
    submit('I write greeting.txt, formally'),
    say('Submitted again.'),
    write('greeting.txt'),
    bridgeCall('bridge_send_completion', { summary: 'Wrote it', files_created: ['greeting.txt'] }),
    say('Done.'),
  ]);
  const ofSubagent: Script = sequence([write('by-agent.txt'), touch('by-agent-bash.txt'), say('Scouted.')]);
  rig.script = (turn) => (turn.subagentId === undefined ? ofMain(turn) : ofSubagent(turn));
  const supervisor = await rig.startSupervisor();

  const first = await rig.until(id, 'awaiting_approval');
  const refused = rig.asked().flatMap(({ toolResults }) => toolResults.filter(({ isError }) => isError));
  expect(refused).toHaveLength(4);
  for (const name of ['early.txt', 'by-bash.txt', 'by-agent.txt', 'by-agent-bash.txt'])
    expect(existsSync(join(folder, name)), name).toBe(false);
  expect(first.requests).toEqual([]);
  expect(first.evidence[0]?.evidence).toMatchObject({
    outline: true,
    checksPassed: null,
    diff: { files: 0 },
    warnings: [],
  });
  const shown = (await rig.command('evidence', id)).stdout;
  expect(shown).toContain('outline of round 1');
  expect(shown).toContain('an approval lands nothing');
  expect((await rig.command('list')).stdout).toContain('outline: Greeting');
  expect((await rig.command('status')).stdout).toContain('outline of round 1 submitted');

  expect((await rig.command('reject', id, '--reason', 'Be formal')).stdout).toContain('another outline');
  await rig.happened('project.revision_started', id);
  const second = await rig.until(id, 'awaiting_approval');
  expect(second.project).toMatchObject({ round: 2, outlineRound: null });
  expect(rig.asked().at(-1)?.lastUserText).toContain('Be formal');

  // Killed between the approval and the run that follows it.
  await supervisor.end('SIGKILL');
  expect((await rig.command('approve', id, '--yes')).stdout).toContain(
    'Nothing landed: Claude begins the work in round 3.',
  );
  await rig.happened('project.outline_approved', id);
  await rig.startSupervisor();
  const done = await rig.until(id, 'complete');
  expect(rig.asked().at(-1)?.lastUserText).toContain('I write greeting.txt, formally');
  expect(done.runs.map(({ kind, round }) => [kind, round])).toEqual([
    ['outline', 1],
    ['revise', 2],
    ['execute', 3],
  ]);
  expect(new Set(done.runs.map(({ sessionId }) => sessionId)).size).toBe(1);
  expect(done.decisions.map(({ verdict, decidedVia }) => [verdict, decidedVia])).toEqual([
    ['rejected', 'cli'],
    ['approved', 'cli'],
    ['approved', 'rule'],
  ]);
  expect(done.landings).toHaveLength(1);
  expect(git('show', 'main:greeting.txt')).toBe('hello');
  expect(git('rev-list', '--count', `${tip}..main`)).toBe('1');
});
