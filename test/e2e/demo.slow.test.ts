/** The demo as a stranger runs it. */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { demoStepSchema } from '../../src/wire/schemas/demo.ts';
import { processesIn } from './rig.ts';
import { test } from './stranger.ts';

describe('demo', () => {
  test('the demo tells of plan, question, repair, evidence, rejection, revision and merge in order, and of one session', async ({
    demo,
  }) => {
    const { code, stdout, stderr } = await demo.start().ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const story = stdout.replaceAll(/\s+/g, ' ');
    const inOrder = [
      'From a plan to approved work on your branch',
      'Scripted the model. A small server on this machine plays it: no account, no network, no cost.',
      '1 The supervisor starts',
      '2 Desktop sends a plan Desktop calls bridge_send_plan:',
      '3 Claude Code carries it out, unattended',
      'Supervisor makes a worktree for it; your folder stays as it is',
      'Claude reports: I write the program',
      '4 Claude asks, and you answer',
      'Desktop shows you what Claude asks, while it waits: │ Are "The" and "the" one word? │ - one word │ - two words',
      'Desktop calls bridge_answer: one word',
      'Claude hears: one word',
      'Claude Write: words.mjs',
      'Claude Bash: node words.mjs sample.txt │ the 6 │ and 2',
      'Claude submits round 1',
      '5 Your check fails, and the same session repairs the work',
      'Supervisor runs your check: node check.mjs',
      'Supervisor sees it fail',
      'with what the check printed',
      'Claude reads: │ Check `missing-file`: exit code 1 │ > lines of error for a missing file:',
      'Claude Edit: words.mjs',
      'Claude submits round 1 again',
      'Supervisor runs your check: node check.mjs',
      '6 You look at what was measured, and reject it',
      'Desktop shows you round 1, tree ',
      '│ Checks passed after 1 repair',
      '│ Claude says it changed these, and they are as before: │ README.md',
      '│ Changes: 1 file, +15 −0',
      '│ Claude says │ A missing file',
      '│ An approval moves main to commit ',
      'Desktop calls bridge_reject',
      '7 The same session revises it',
      'with your reason',
      'Claude Edit: README.md',
      'Claude submits round 2',
      '8 You look again, and approve',
      '│ Changes: 2 files, +17 −0',
      '│ +`node words.mjs FILE`',
      'Desktop calls bridge_approve',
      'Supervisor moves main to commit ',
      '9 Your folder has the work',
      'You: Count the words of a text',
      'You: Begin',
      'You find the approved tree ',
      'You try it: node words.mjs sample.txt │ the 6',
      'The project is complete, and merged as commit ',
      'Scripted the model: asked 14 times, $0.00 real.',
      'Left no process, no folder',
    ];
    let from = 0;
    for (const words of inOrder) {
      const at = story.indexOf(words, from);
      expect(at, `${words}\nin: ${story.slice(from)}`).toBeGreaterThanOrEqual(0);
      from = at;
    }
    const sessions = [...story.matchAll(/(opens|resumes) session ([0-9a-f]{8})/g)];
    expect(sessions.map(([, does]) => does)).toEqual(['opens', 'resumes', 'resumes']);
    expect(new Set(sessions.map(([, , session]) => session)).size).toBe(1);
    const trees = [...story.matchAll(/tree ([0-9a-f]{8})/g)].map(([, tree]) => tree);
    expect(trees[2], 'what is on main is what was shown last').toBe(trees[1]);

    // Nobody looks: no colour, no line that is drawn over, nothing wider than a terminal.
    expect(stdout).not.toMatch(/[\u001b\r]/);
    for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  });

  test('the demo prints JSON, one object a step and a summary, and keeps its folder when asked', async ({
    demo,
  }) => {
    const { code, stdout, stderr } = await demo.start(['demo', '--json', '--keep']).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const steps = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { summary } = steps.pop();
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const step of steps) expect(demoStepSchema.parse(step)).toEqual(step);
    for (const { lines } of steps) {
      expect(lines).toContainEqual(
        expect.objectContaining({ who: expect.any(String), text: expect.any(String) }),
      );
    }
    expect(summary).toMatchObject({
      status: 'complete',
      rounds: 2,
      runs: 3,
      repairs: 1,
      sessions: [expect.stringMatching(/^[0-9a-f-]{36}$/)],
      updates: 1,
      landed: expect.stringMatching(/^[0-9a-f]{40}$/),
      model: 'scripted',
      paid_usd: 0,
      processes_left: 0,
      kept: expect.stringContaining(demo.temporary),
    });

    expect(await readFile(join(summary.kept, 'words', 'README.md'), 'utf8')).toContain('node words.mjs FILE');
    const head = await readFile(join(summary.kept, 'words', '.git', 'refs', 'heads', 'main'), 'utf8');
    expect(head.trim()).toBe(summary.landed);
    const log = await readFile(join(summary.kept, 'state', 'loop.log'), 'utf8');
    expect(log).toContain(`project.landed project=${summary.project_id}`);
    await rm(summary.kept, { recursive: true });
  });
});

test('the demo works in the folder itself where git is of no use, and says so', async ({ demo }) => {
  const folder = join(demo.root, 'old');
  await mkdir(folder);
  await writeFile(join(folder, 'git'), '#!/bin/sh\necho "git version 2.30.0"\n');
  await chmod(join(folder, 'git'), 0o755);
  const PATH = [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  const { code, stdout, stderr } = await demo.start(['demo'], { PATH }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const story = stdout.replaceAll(/\s+/g, ' ');
  expect(story).toContain('works in the folder itself and measures nothing: git 2.30.0 is too old');
  expect(story).toContain('│ Checks passed after 1 repair');
  expect(story).toMatch(/The project is complete, after [\d.]+ s/);
});

describe('end of the demo', () => {
  test.for([
    'SIGINT',
    'SIGTERM',
  ] as const)('%s in mid-work ends the whole demo with exit code 130', async (signal, { demo }) => {
    const { child, tells, ended } = demo.start();
    await tells('Write: words.mjs');
    const folders = await readdir(demo.temporary);
    expect(folders).toEqual([expect.stringMatching(/^bridge-demo-/)]);
    expect((await processesIn(join(demo.temporary, folders[0] ?? ''))).length).toBeGreaterThan(1);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Interrupted') });
    expect(await processesIn(demo.root)).toEqual([]);
    expect(await readdir(demo.temporary)).toEqual([]);
  });

  test('a failing Claude ends the demo with one line and the end of the log', async ({ demo }) => {
    const claude = join(demo.root, 'claude');
    await writeFile(claude, '#!/bin/sh\necho "out of order" >&2\nexit 3\n');
    await chmod(claude, 0o755);
    const { code, stderr } = await demo.start(['demo'], { BRIDGE_CLAUDE: claude }).ended;
    expect(code).toBe(1);
    expect(stderr.split('\n')[0]).toMatch(
      /^bridge-supervisor: the demo failed: Claude ended unexpectedly \(exit code 3\): out of order\./,
    );
    expect(stderr).toContain(`claude: ${claude}\n`);
    expect(stderr).toMatch(/run\.ended .*outcome=crashed/);
  });

  test('a killed supervisor ends the demo, and the Claude it has started with it', async ({ demo }) => {
    const { stdout, tells, ended } = demo.start();
    await tells('Write: words.mjs');
    process.kill(Number(/is up, pid (\d+)/.exec(stdout())?.[1]), 'SIGKILL');
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('the demo failed: the supervisor ended with SIGKILL.'),
    });
    expect(await processesIn(demo.root)).toEqual([]);
  });

  test('the demo says that Claude Code is missing, and starts nothing', async ({ demo }) => {
    const { code, stdout, stderr } = await demo.start(['demo'], { BRIDGE_CLAUDE: join(demo.root, 'nowhere') })
      .ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `bridge-supervisor: BRIDGE_CLAUDE: ${join(demo.root, 'nowhere')} is not there or not executable.\n`,
    );
  });
});
