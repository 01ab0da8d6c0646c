import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { asProjectId } from '../../src/project/ids.ts';
import type { Project } from '../../src/project/project.ts';
import { granted, type Rig, test } from './rig.ts';
import { beginRun, finishRun, holdLease, parked, submitted, thisProcess } from './stories.ts';

const PLAN = '# Build the importer\n\nRead CSV.\n';
const NOT_RUNNING = 'The supervisor is not running. Start it with: bridge-supervisor start\n';

async function statusOf(rig: Rig, { id }: Pick<Project, 'id'>): Promise<string> {
  return granted(await projectDetails(await rig.bridge, asProjectId(id))).project.status;
}

async function idsIn(rig: Rig): Promise<string[]> {
  const { stdout } = await rig.run('list', '--all', '--json');
  return (JSON.parse(stdout) as Project[]).map(({ id }) => id);
}

describe('send', () => {
  test('send puts a plan from a file into the queue and says how to follow it', async ({ rig }) => {
    const { code, stdout, stderr } = await rig.run('send', await rig.file('plan.md', PLAN));
    const [id = ''] = await idsIn(rig);
    expect({ code, stderr }).toEqual({ code: 0, stderr: NOT_RUNNING });
    expect(stdout).toBe(
      `Sent: ${id} "Build the importer"\nWorkspace: ${join(rig.home, 'workspaces', id)}\nFollow it with: bridge-supervisor watch ${id}\n`,
    );
    expect(granted(await projectDetails(await rig.bridge, asProjectId(id))).markdown).toBe(PLAN);
    expect(await readFile(join(rig.home, 'plans', `${id}.md`), 'utf8')).toBe(PLAN);
  });

  test('send takes a plan from stdin, with a title and a configured workspace', async ({ rig }) => {
    const website = join(rig.root, 'website');
    await mkdir(website);
    await rig.configure({ workspaces: { website } });
    const args = ['send', '-', '--title', 'The title', '--workspace', 'website', '--json'];
    const { code, stdout } = await rig.runWith({ stdin: 'Just do it.\n' }, ...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      project: { title: 'The title', workspace: website, status: 'pending', claimed_by: null },
      repeated: false,
    });
  });

  test('send takes an empty option as not given', async ({ rig }) => {
    const args = [
      'send',
      await rig.file('plan.md', PLAN),
      '--title',
      '',
      '--workspace',
      ' ',
      '--request-id',
      '',
    ];
    expect(await rig.run(...args)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Build the importer'),
    });
    await rig.run(...args);
    expect(await idsIn(rig)).toHaveLength(2);
  });

  test('send says which keys of the front matter were not used, and show has every word', async ({ rig }) => {
    const plan = '---\ngoal: keep prod\npriority: 3\ntags: [a]\n---\n# Clean up\n';
    const file = await rig.file('plan.md', plan);
    const { stdout } = await rig.run('send', file);
    expect(stdout).toContain(
      'Of the front matter not used: goal, tags. Claude reads it with the plan.\nFollow it',
    );
    const { not_used, project } = JSON.parse((await rig.run('send', file, '--json')).stdout);
    expect(not_used).toEqual(['goal', 'tags']);
    expect(project).toMatchObject({ title: 'Clean up', priority: 3 });
    expect((await rig.run('show', project.id)).stdout).toContain('goal: keep prod');
  });

  test('send gives Claude what stands between two rules', async ({ rig }) => {
    const plan = '---\n# Never touch the prod folder\n---\nClean up the disk.\n';
    const { stdout } = await rig.run(
      'send',
      await rig.file('plan.md', plan),
      '--title',
      'Clean up',
      '--json',
    );
    const { project } = JSON.parse(stdout);
    expect((await rig.run('show', project.id)).stdout).toContain('# Never touch the prod folder');
  });

  test('send sends nothing twice under one request id', async ({ rig }) => {
    const plan = await rig.file('plan.md', PLAN);
    await rig.run('send', plan, '--request-id', 'once');
    const again = await rig.run('send', plan, '--request-id', 'once');
    expect(again.stdout).toMatch(/^Already sent: /);
    expect(await idsIn(rig)).toHaveLength(1);
  });

  test('send --wait follows the project, and ends when the work waits for a decision', async ({ rig }) => {
    const plan = await rig.file('plan.md', PLAN);
    const sending = rig.start({}, 'send', plan, '--wait');
    await sending.prints(/Follow it with/);
    const [id = ''] = await idsIn(rig);
    await submitted(await rig.bridge, { id } as Project, 'Everything is imported.');
    const { code, stdout } = await sending.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/submitted +round 1: Everything is imported\./);
    expect(stdout).toContain(`bridge-supervisor approve ${id}`);
  });

  test('send --wait fails when the project needs attention', async ({ rig }) => {
    const sending = rig.start({}, 'send', await rig.file('plan.md', PLAN), '--wait');
    await sending.prints(/Follow it with/);
    const [id = ''] = await idsIn(rig);
    await parked(await rig.bridge, { id } as Project);
    const { code, stderr } = await sending.ended;
    expect(code).toBe(1);
    expect(stderr.replace(NOT_RUNNING, '')).toMatch(
      /^bridge-supervisor: \w+ "Build the importer" is attention\. .*opus-99.*\n$/,
    );
  });

  const wrong: Record<string, [args: string[], stdin: string | Buffer, words: RegExp]> = {
    'a file that is not there': [['nowhere.md'], '', /nowhere\.md could not be read: there is no such file/],
    'a folder': [['.'], '', / could not be read: it is a folder/],
    'an empty plan': [['-'], '', /the plan is empty/],
    'a plan of 5 MB': [
      ['-'],
      `# Big\n${'x'.repeat(5_000_000)}`,
      /the plan is 5000006 bytes; at most 1000000/,
    ],
    'far more than a plan': [['-'], Buffer.alloc(17_000_000, 'x'), /stdin is too large/],
    'what is not UTF-8': [['-'], Buffer.from([0x23, 0x20, 0xff, 0xfe]), /stdin is not UTF-8 text/],
    'a NUL': [['-'], '# A\u0000b\n', /line 1: .*control character \(NUL\)/],
    'an escape code': [['-'], '# A\n\u001b[2Jb\n', /line 2: .*control character \(ESC\)/],
    'a mistyped key': [
      ['-'],
      '---\nmodle: opus\n---\n# A\n',
      /line 2: unknown key 'modle'; allowed keys: title/,
    ],
    'an unknown workspace': [['-', '--workspace', 'nope'], '# A\nb\n', /unknown workspace 'nope'/],
    'a workspace that is a file': [
      ['-', '--workspace', '/etc/passwd'],
      '# A\nb\n',
      /unknown workspace '\/etc\/passwd'/,
    ],
  };
  test.for(Object.entries(wrong))('send refuses %s in one line and stores nothing', async ([, entry], {
    rig,
  }) => {
    const [args, stdin, words] = entry;
    const { code, stdout, stderr } = await rig.runWith({ stdin }, 'send', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^bridge-supervisor: [^\n]+\n$/);
    expect(stderr).toMatch(words);
    expect(await idsIn(rig)).toEqual([]);
  });
});

describe('approve, reject, steer, cancel, retry', () => {
  test('approve approves what was submitted; again it says so and changes nothing', async ({ rig }) => {
    const { id } = await submitted(await rig.bridge, await rig.send(PLAN));
    const first = await rig.run('approve', id);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(
      /\nIf you approve\n(?:.*\n)+\nApproved round 1 of \w+ "Build the importer"\.\n$/,
    );
    const second = await rig.run('approve', id);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/was already approved \(round 1, /);
    expect(await statusOf(rig, { id })).toBe('approved');
  });

  test('a decision about another round than the one that waits is refused', async ({ rig }) => {
    const { id } = await submitted(await rig.bridge, await rig.send(PLAN));
    const { code, stderr } = await rig.run('approve', id, '--round', '2');
    expect(code).toBe(1);
    expect(stderr).toContain('round 2 is not the one under way (1); since then: ');
    expect(await statusOf(rig, { id })).toBe('awaiting_approval');
  });

  test('reject sends the reason to the next round', async ({ rig }) => {
    const { id } = await submitted(await rig.bridge, await rig.send(PLAN));
    const { code, stdout } = await rig.run('reject', id, '--reason', 'Also read TSV.');
    expect(code).toBe(0);
    expect(stdout).toContain('Claude starts round 2 with your reason.');
    const { decisions } = granted(await projectDetails(await rig.bridge, asProjectId(id)));
    expect(decisions).toMatchObject([{ verdict: 'rejected', reason: 'Also read TSV.', decidedBy: 'person' }]);
  });

  test('reject without a reason, or with an empty one, is refused', async ({ rig }) => {
    const { id } = await submitted(await rig.bridge, await rig.send(PLAN));
    const [none, empty] = [await rig.run('reject', id), await rig.run('reject', id, '--reason', '  ')];
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'--reason <text>' not specified"),
    });
    expect(empty).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("a non-empty 'reason' is required"),
    });
    expect(await statusOf(rig, { id })).toBe('awaiting_approval');
  });

  test('steer keeps a message for Claude', async ({ rig }) => {
    const { id } = await rig.send(PLAN);
    const { code, stdout } = await rig.run('steer', id, 'Use', 'the old parser.');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('when it starts') });
    const { waitingMessages } = granted(await projectDetails(await rig.bridge, asProjectId(id)));
    expect(waitingMessages.map(({ message }) => message)).toEqual(['Use the old parser.']);
  });

  test('a message in the prompt of a run is shown as given, not as one that Claude has not taken in', async ({
    rig,
  }) => {
    const { id } = await rig.send(PLAN);
    await rig.run('steer', id, 'Use', 'Rust.');
    await holdLease(await rig.bridge, await thisProcess());
    const run = await beginRun(await rig.bridge, await thisProcess());
    await rig.run('steer', id, 'And', 'be', 'quick.');
    const during = (await rig.run('show', id)).stdout;
    expect(during).toContain(`Messages given to run ${run.id}, not confirmed yet\n  Use Rust.\n`);
    expect(during).toContain('Messages that Claude has not read yet\n  And be quick.\n');
    // Its output was read to the end without a word of it: it waits for the next run.
    await finishRun(await rig.bridge, run, { kind: 'no_completion' });
    const after = (await rig.run('show', id)).stdout;
    expect(after).toContain('Messages that Claude has not read yet\n  Use Rust.\n  And be quick.\n');
    expect(after).not.toContain('not confirmed yet');
  });

  test('cancel does nothing where nobody can be asked, and cancels with --yes', async ({ rig }) => {
    const { id } = await rig.send(PLAN);
    const unsure = await rig.run('cancel', id);
    expect(unsure).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Add --yes') });
    expect(await statusOf(rig, { id })).toBe('pending');
    const sure = await rig.run('cancel', id, '--yes', '--reason', 'not needed');
    expect(sure).toMatchObject({ code: 0, stdout: `${id} "Build the importer" is cancelled.\n` });
    const again = await rig.run('cancel', id);
    expect(again).toMatchObject({ code: 0, stdout: `${id} "Build the importer" was already cancelled.\n` });
  });

  test('retry puts a project that needed attention back into the queue', async ({ rig }) => {
    const { id } = await parked(await rig.bridge, await rig.send(PLAN));
    expect(await rig.run('retry', id)).toMatchObject({
      code: 0,
      stdout: `${id} "Build the importer" is back in the queue.\n`,
    });
    expect(await statusOf(rig, { id })).toBe('pending');
  });

  test('retry --all puts back every project that needs attention, with --reason those of one cause', async ({
    rig,
  }) => {
    const one = await parked(await rig.bridge, await rig.send(PLAN));
    const two = await parked(await rig.bridge, await rig.send(PLAN));
    const none = await rig.run('retry', '--all', '--reason', 'api_error');
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(await statusOf(rig, one)).toBe('attention');
    const details = await projectDetails(await rig.bridge, one.id);
    const reason = details.ok ? details.value.runs.at(-1)?.outcome?.kind : undefined;
    const { code, stdout } = await rig.run('retry', '--all', '--reason', reason ?? '', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual([one.id, two.id]);
    expect(await statusOf(rig, one)).toBe('pending');
    expect(await rig.run('retry', '--all')).toMatchObject({ code: 0, stdout: '' });
  });

  test.for([
    [[], 'no project was given'],
    [['--reason', 'api_error'], '--reason needs --all'],
    [['aaaa', '--all'], 'an id and --all exclude each other'],
  ] as const)('retry %j is refused with what to give', async ([args, what], { rig }) => {
    expect(await rig.run('retry', ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(what) });
  });

  test('a move that is not legal is refused with what was expected and what to do', async ({ rig }) => {
    const { id } = await rig.send(PLAN);
    for (const args of [
      ['approve', id],
      ['retry', id],
      ['reject', id, '--reason', 'no'],
    ]) {
      const { code, stdout, stderr } = await rig.run(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^bridge-supervisor: cannot \w+ project in status 'pending'; expected '\w+'\. It waits in the queue[^\n]*\n$/,
      );
    }
  });
});

describe('ids', () => {
  test('the first four characters of an id suffice, in upper or lower case', async ({ rig }) => {
    const { id } = await rig.send(PLAN);
    const { stdout } = await rig.run('show', id.slice(0, 4).toUpperCase(), '--json');
    expect(JSON.parse(stdout).project.id).toBe(id);
  });

  test('the beginning of several ids is refused with some of them', async ({ rig }) => {
    await rig.send(PLAN);
    await rig.send(PLAN);
    const db = databaseOf(await rig.bridge);
    const ids = ['abcd00000001', 'abcd00000002'].map(asProjectId);
    await db.write(async ({ trx }) => {
      const rows = await trx.selectFrom('projects').selectAll().execute();
      for (const [index, id] of ids.entries()) {
        const [row] = rows;
        if (row)
          await trx
            .insertInto('projects')
            .values({ ...row, id, request_id: `r${index}` })
            .execute();
      }
    });
    const { code, stderr } = await rig.run('approve', 'abcd');
    expect(code).toBe(1);
    expect(stderr).toBe(
      `bridge-supervisor: 'abcd' fits several projects (${ids.join(', ')}): give more of it. See all ids with: bridge-supervisor list --all\n`,
    );
  });

  test.for([
    'nope',
    '../../etc/passwd',
    "' OR 1=1 --",
    '000000000000',
    'abc',
    '\u001b[31mred',
    'x'.repeat(5_000),
  ])('the id %j finds nothing, in one clear line', async (id, { rig }) => {
    await rig.send(PLAN);
    for (const args of [
      ['show', id],
      ['cancel', '--yes', '--', id],
      ['watch', id],
    ]) {
      const { code, stdout, stderr } = await rig.run(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^bridge-supervisor: [^\n\u001b]{1,400}\n$/);
      expect(stderr).toMatch(/not found|too short/);
    }
  });
});

describe('pause and resume', () => {
  test('pause holds new runs back, resume ends every hold', async ({ rig }) => {
    expect(await rig.run('pause', '--reason', 'deploying')).toMatchObject({ code: 0 });
    const held = await rig.run('status');
    expect(held.stdout).toContain('paused: deploying');
    expect(held.stdout).toContain('bridge-supervisor resume');
    const resumed = await rig.run('resume');
    expect(resumed).toMatchObject({ code: 0, stdout: 'Ended hold: paused (deploying)\n' });
    expect(await rig.run('resume')).toMatchObject({ code: 0, stdout: 'Nothing was on hold.\n' });
  });

  test('a plan sent while a hold stands is answered with the hold', async ({ rig }) => {
    await rig.run('pause', '--reason', 'deploying');
    await holdLease(await rig.bridge, await thisProcess());
    const { stderr } = await rig.run('send', await rig.file('plan.md', PLAN));
    expect(stderr).toBe(
      'New work is on hold (paused: deploying) until a person says `bridge-supervisor resume`.\n',
    );
  });
});
