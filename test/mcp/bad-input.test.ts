import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { cleanLine } from '../../src/project/text.ts';
import { type Answered, code, desktop, openStore, stateFolder, type ToolCaller } from './rig.ts';

/** One clear line that starts with `ERROR:`, and nothing that could move a cursor. */
function expectOneError(answer: Answered, words: string | RegExp): void {
  expect(answer.isError, answer.text).toBe(true);
  expect(answer.text).toMatch(/^ERROR: [^\n\u0000-\u001f]+$/);
  expect(answer.text.length).toBeLessThan(5_000);
  expect(answer.facts).toEqual({});
  if (typeof words === 'string') expect(answer.text).toBe(words);
  else expect(answer.text).toMatch(words);
}

/** The history is empty, and there are no files but the store's. */
async function expectNothingStored(home: string): Promise<void> {
  const { read } = databaseOf(await openStore(home));
  expect(await read.selectFrom('events').selectAll().execute()).toEqual([]);
  expect(await read.selectFrom('projects').selectAll().execute()).toEqual([]);
  expect(readdirSync(home).filter((name) => !name.startsWith('bridge.db'))).toEqual([]);
}

test.each([
  `${'$'}{HOME}/.b`,
  'rel',
  '~ann/b',
])('a relative BRIDGE_HOME, %j, refuses every call, and nothing is queued where nobody looks', async (home) => {
  const client = await desktop(home);
  for (const [tool, args] of [
    ['bridge_send_plan', { plan_markdown: '# A\nDo it.', title: 'A' }],
    ['bridge_list_projects', {}],
  ] as const)
    expectOneError(
      await client.call(tool, args),
      `ERROR: BRIDGE_HOME must be an absolute path, and is '${home}'. Write it out in full: no variable in it is replaced.`,
    );
  expect(existsSync(home)).toBe(false);
});

const MALICIOUS_IDS = [
  '',
  ' ',
  '../../etc/passwd',
  '..\\..\\windows',
  '/etc/passwd',
  '000000000000',
  'ABCDEFABCDEF',
  "000000000000' OR '1'='1",
  '0000\u0000000000',
  '\u001b[2J000000000000',
  '__proto__',
  'x'.repeat(5_000_000),
];

const WITH_ID: Record<string, Record<string, unknown>> = {
  bridge_get_project_updates: {},
  bridge_approve: {},
  bridge_reject: { reason: 'no' },
  bridge_get_project_status: {},
  bridge_wait: { seconds: 0 },
  bridge_cancel: {},
  bridge_steer: { message: 'hello' },
};

const CODE_WITH_ID: Record<string, Record<string, unknown>> = {
  bridge_claim_project: {},
  bridge_send_update: { message: 'hello' },
  bridge_send_completion: { summary: 'done' },
  bridge_get_approval_status: {},
  bridge_reset_for_revision: {},
  bridge_get_pending_plan: {},
};

const NEED_NO_ID = ['bridge_wait', 'bridge_get_pending_plan'];

describe('unknown project ids', () => {
  test('an unknown id is answered "project not found" by every tool of both servers, and nothing is stored', async () => {
    const home = stateFolder();
    const sides: [ToolCaller, typeof WITH_ID][] = [
      [await desktop(home), WITH_ID],
      [await code(home), CODE_WITH_ID],
    ];
    for (const [client, tools] of sides) {
      for (const [name, args] of Object.entries(tools)) {
        // Where a project need not be named, an empty name is none.
        const ids = NEED_NO_ID.includes(name)
          ? MALICIOUS_IDS.filter((id) => id.trim() !== '')
          : MALICIOUS_IDS;
        for (const project_id of ids) {
          const answer = await client.call(name, { ...args, project_id });
          expectOneError(
            answer,
            `ERROR: ${`project not found: ${cleanLine(project_id).slice(0, 100)}`.trim()}`,
          );
        }
      }
    }
    await expectNothingStored(home);
  });
});

describe('plans that cannot be used', () => {
  const plans: [string, string, RegExp][] = [
    ['is empty', '', /the plan is empty/],
    ['is white space', ' \n\n ', /the plan is empty/],
    ['is 5 MB long', `# T\n${'x'.repeat(5_000_000)}`, /the plan is 5000004 bytes; at most 1000000/],
    ['holds a NUL', '# T\nab\u0000c', /line 2: the plan holds a control character \(NUL\)/],
    ['holds an escape code', '# T\n\n\u001b[31mred', /line 3: the plan holds a control character \(ESC\)/],
    ['has no title', 'do it', /the plan has no title/],
    [
      'has an unknown front matter key',
      '---\nmodle: opus\n---\n# T',
      /line 2: unknown key 'modle'; allowed keys: title/,
    ],
    [
      'has a wrong front matter value',
      '---\npriority: high\n---\n# T',
      /line 2: 'priority' must be a whole number/,
    ],
    ['does not close its front matter', '---\ntitle: T\n# T', /not closed/],
  ];

  test.each(plans)('a plan that %s is refused with the reason', async (_, plan_markdown, reason) => {
    const home = stateFolder();
    expectOneError(await (await desktop(home)).call('bridge_send_plan', { plan_markdown }), reason);
    await expectNothingStored(home);
  });

  test('a plan for a workspace that is unknown, outside the allowed folders, missing, or a file is refused', async () => {
    const home = stateFolder();
    const outside = stateFolder();
    const file = `${outside}/file`;
    writeFileSync(file, '');
    const client = await desktop(home);
    const send = (workspace: string) => client.call('bridge_send_plan', { plan_markdown: '# T', workspace });
    expectOneError(await send('nowhere'), /^ERROR: unknown workspace 'nowhere' \(no names are configured/);
    expectOneError(await send('../..'), /unknown workspace/);
    expectOneError(await send('/etc'), /unknown workspace '\/etc'/);
    expectOneError(await send('a\u0000b\u001b[2J'), /unknown workspace 'ab'/);
    await expectNothingStored(home);
    const config = { workspaces: { missing: `${outside}/missing`, file } };
    writeFileSync(`${home}/config.json`, JSON.stringify(config));
    expectOneError(await send('missing'), /workspace does not exist: .*missing/);
    expectOneError(await send('file'), /workspace is not a folder: .*file/);
    const { read } = databaseOf(await openStore(home));
    expect(await read.selectFrom('projects').selectAll().execute()).toEqual([]);
  });
});

describe('wrong arguments', () => {
  test.each([
    ['bridge_approve', {}, "ERROR: bridge_approve: 'project_id' is required. Nothing was changed."],
    [
      'bridge_approve',
      { project_id: 'x', force: true },
      "ERROR: bridge_approve: unknown argument 'force'; allowed: project_id, round, tree. Nothing was changed.",
    ],
    [
      'bridge_cancel',
      { project_id: 'x', '\u001b[2Jx': 1 },
      "ERROR: bridge_cancel: unknown argument 'x'; allowed: project_id, reason. Nothing was changed.",
    ],
    ['bridge_approve', { project_id: 'x', round: 0 }, /'round' too small/],
    ['bridge_approve', { project_id: 'x', round: '1.5' }, /'round' expected number, received string/],
    ['bridge_approve', { project_id: 'x', round: '' }, /'round' expected number, received string/],
    ['bridge_wait', { seconds: '12px' }, /'seconds' expected number, received string/],
    ['bridge_wait', { cursor: '99999999999999999999' }, /cursor 9+ is from another store/],
    ['bridge_approve', { project_id: null }, /'project_id' is required/],
    ['bridge_send_plan', { params: 'x' }, /unknown argument 'params'/],
    ['bridge_send_plan', { params: { plan_markdown: '# T' }, title: 'x' }, /unknown argument 'params'/],
    [
      'bridge_steer',
      { project_id: 'x', message: 'y', task_progress: 'z' },
      /unknown argument 'task_progress'/,
    ],
    ['bridge_get_project_status', { project_id: 1.5 }, /'project_id' expected string, received number/],
    ['bridge_list_projects', { status: 'asleep' }, /'status' expected one of "pending"\|"in_progress"/],
    ['bridge_list_projects', { limit: 1e9 }, /'limit' too big/],
    ['bridge_list_projects', { cursor: '../x' }, 'ERROR: project not found: ../x'],
    ['bridge_wait', { cursor: -1 }, /cursor -1 is from another store/],
    ['bridge_wait', { cursor: 1.5 }, /'cursor' expected string/],
    ['bridge_send_plan', { plan_markdown: ['# T'] }, /'plan_markdown' expected string, received array/],
    [
      'bridge_send_plan',
      { plan_markdown: '# T', request_id: 'r'.repeat(201) },
      /'request_id' must be at most 200/,
    ],
    ['bridge_send_plan', { plan_markdown: '# T', title: 't'.repeat(201) }, /the title is longer than 200/],
  ])('a wrong call of %s %j is answered with one line that says what is wrong', async (name, args, words) => {
    const home = stateFolder();
    expectOneError(await (await desktop(home)).call(name, args), words);
    await expectNothingStored(home);
  });

  test('too many or too long names of files, and empty or far too long words, are refused', async () => {
    const home = stateFolder();
    const client = await code(home);
    const complete = (args: object) =>
      client.call('bridge_send_completion', { project_id: '000000000000', summary: 's', ...args });
    expectOneError(
      await complete({ files_created: Array(1_001).fill('f') }),
      /'files_created' must be at most 1000/,
    );
    expectOneError(
      await complete({ files_modified: ['f'.repeat(1_001)] }),
      /'files_modified.0' must be at most 1000/,
    );
    for (const files_created of ['f', '', '["f"', '{"f":1}', '"f"'])
      expectOneError(await complete({ files_created }), /'files_created' expected array, received string/);
    expectOneError(await complete({ files_created: '[1]' }), /'files_created.0' expected string/);
    expectOneError(await complete({ summary: '' }), /a non-empty 'summary' is required/);
    expectOneError(await complete({ summary: 's'.repeat(5_000_000) }), /the summary is longer than 50000/);
    const update = { project_id: '000000000000', message: '\u001b[31m\u0000' };
    expectOneError(await client.call('bridge_send_update', update), /a non-empty 'message' is required/);
    await expectNothingStored(home);
  });

  test('an unknown tool is named, with those there are', async () => {
    const client = await desktop(stateFolder());
    expectOneError(
      await client.call('rm\n-rf'),
      /^ERROR: unknown tool 'rm -rf'; this server has: bridge_send_plan, /,
    );
  });
});

describe('rejection without a reason', () => {
  test.each([
    '',
    '  \n',
    '\u001b[0m',
  ])('a rejection without a reason is refused in the words people know: %j', async (reason) => {
    const home = stateFolder();
    const person = await desktop(home);
    const worker = await code(home);
    const { project_id } = (await person.call('bridge_send_plan', { plan_markdown: '# T' })).facts;
    await worker.call('bridge_claim_project', { project_id });
    await worker.call('bridge_send_completion', { project_id, summary: 'done' });
    const answer = await person.call('bridge_reject', { project_id, reason });
    expectOneError(answer, "ERROR: a non-empty 'reason' is required to reject a project.");
    expect((await person.call('bridge_get_project_status', { project_id })).facts.status).toBe(
      'awaiting_approval',
    );
  });
});
