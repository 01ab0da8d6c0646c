import { describe, expect, test } from 'vitest';
import { code, desktop, rowsIn, SERVE, ServerProcess, stateFolder, type ToolCaller } from './rig.ts';

async function submitted(home: string, extra: Record<string, unknown>) {
  const person = await desktop(home);
  const worker = await code(home);
  const { project_id } = (await person.call('bridge_send_plan', { plan_markdown: '# T' })).facts;
  await worker.call('bridge_claim_project', { project_id });
  const sent = await worker.call('bridge_send_completion', { project_id, summary: 'CSV export', ...extra });
  expect(sent.isError, sent.text).toBe(false);
  const [completion] = await rowsIn(home, 'completions');
  return completion;
}

/** Every tool whose arguments can all be left out, or are given here. */
async function everyTool(home: string): Promise<[ToolCaller, string, Record<string, unknown>][]> {
  const person = await desktop(home);
  const worker = await code(home);
  const { project_id } = (await person.call('bridge_send_plan', { plan_markdown: '# T' })).facts;
  return [
    [person, 'bridge_send_plan', { plan_markdown: '# X' }],
    [person, 'bridge_get_approval_queue', {}],
    [person, 'bridge_get_project_updates', { project_id }],
    [person, 'bridge_get_project_status', { project_id }],
    [person, 'bridge_list_projects', {}],
    [person, 'bridge_wait', { seconds: 0 }],
    [person, 'bridge_steer', { project_id, message: 'hello' }],
    [worker, 'bridge_get_pending_plan', {}],
    [worker, 'bridge_claim_project', { project_id }],
    [worker, 'bridge_send_update', { project_id, message: 'hello' }],
    [worker, 'bridge_send_completion', { project_id, summary: 'done' }],
    [worker, 'bridge_get_approval_status', { project_id }],
    [person, 'bridge_get_evidence', { project_id }],
    [person, 'bridge_approve', { project_id }],
    [
      person,
      'bridge_cancel',
      { project_id: (await person.call('bridge_send_plan', { plan_markdown: '# Y' })).facts.project_id },
    ],
  ];
}

describe('empty arguments', () => {
  test.each([
    ['bridge_send_plan', { plan_markdown: '# x', title: null, workspace: null, request_id: null }],
    ['bridge_send_plan', { plan_markdown: '# x', title: ' ', workspace: '', request_id: '' }],
    ['bridge_send_plan', { plan_markdown: '# x', colour: null }],
    ['bridge_wait', { seconds: 0, cursor: null, project_id: null }],
    ['bridge_wait', { seconds: 0, project_id: '' }],
    ['bridge_list_projects', { cursor: '', status: '', limit: null }],
    ['bridge_list_projects', { cursor: ' \t', status: null }],
  ])('an empty argument counts as not given: %s %j', async (name, args) => {
    const answer = await (await desktop(stateFolder())).call(name, args);
    expect(answer.isError, answer.text).toBe(false);
  });

  test('a completion of Claude Code with null caveats and files is submitted', async () => {
    const extra = { caveats: null, files_created: null, files_modified: null };
    expect(await submitted(stateFolder(), extra)).toMatchObject({ files_created: '[]', caveats: '' });
  });

  test('every tool takes null for every argument that may be left out', async () => {
    for (const [client, name, args] of await everyTool(stateFolder())) {
      const { tools } = await (client as Awaited<ReturnType<typeof desktop>>).client.listTools();
      const { properties = {} } = tools.find((tool) => tool.name === name)?.inputSchema ?? {};
      const nulls = Object.fromEntries(Object.keys(properties).map((key) => [key, null]));
      const answer = await client.call(name, { ...nulls, ...args });
      expect(answer.isError, `${name}: ${answer.text}`).toBe(false);
    }
  });
});

describe('numbers and lists as text', () => {
  test.each([
    ['bridge_wait', { seconds: '0', cursor: '0' }],
    ['bridge_wait', { seconds: ' 0 ' }],
    ['bridge_list_projects', { limit: '5' }],
  ])('a number written as text is a number: %s %j', async (name, args) => {
    const answer = await (await desktop(stateFolder())).call(name, args);
    expect(answer.isError, answer.text).toBe(false);
  });

  test('a list of files as JSON text is that list', async () => {
    const files = { files_created: '["a.txt", "b c.txt"]', files_modified: ' [] ' };
    expect(await submitted(stateFolder(), files)).toMatchObject({
      files_created: '["a.txt","b c.txt"]',
      files_modified: '[]',
    });
  });

  test('a whole number is a text where a text is wanted', async () => {
    const person = await desktop(stateFolder());
    const sent = { plan_markdown: '# T', title: 404, request_id: 7 };
    const { facts } = await person.call('bridge_send_plan', sent);
    expect(facts.title).toBe('404');
    const again = await person.call('bridge_send_plan', { ...sent, request_id: '7' });
    expect(again.facts).toMatchObject({ project_id: facts.project_id, repeated: true });
    expect((await person.call('bridge_get_project_status', { project_id: 123_456_789_012 })).text).toBe(
      'ERROR: project not found: 123456789012',
    );
    for (const title of [1.5, true, 2 ** 60])
      expect((await person.call('bridge_send_plan', { ...sent, title })).text).toMatch(/^ERROR: .*'title'/);
  });

  test('a text that looks like a number or a list stays a text where a text is wanted', async () => {
    const home = stateFolder();
    const args = { plan_markdown: '["# T"]', title: '42', request_id: '7' };
    const { facts } = await (await desktop(home)).call('bridge_send_plan', args);
    expect(facts.title).toBe('42');
  });
});

describe('arguments in a wrapper', () => {
  test('the single key params is unwrapped for every tool', async () => {
    for (const [client, name, params] of await everyTool(stateFolder())) {
      const answer = await client.call(name, { params });
      expect(answer.isError, `${name}: ${answer.text}`).toBe(false);
    }
  });

  test.each([
    ['params as JSON text', { params: '{"plan_markdown":"# T"}' }],
    ['params beside null', { params: { plan_markdown: '# T' }, title: null }],
    ['params in params', { params: { params: { plan_markdown: '# T' } } }],
    ['arguments', { arguments: { plan_markdown: '# T' } }],
  ])('the arguments in %s are unwrapped', async (_, args) => {
    expect((await (await desktop(stateFolder())).call('bridge_send_plan', args)).facts.title).toBe('T');
  });
});

describe('unknown arguments of tools that only read', () => {
  test.each([
    'bridge_get_approval_queue',
    'bridge_list_projects',
  ])('a tool that only reads ignores unknown arguments: %s', async (name) => {
    const answer = await (await desktop(stateFolder())).call(name, { task_progress: '- [ ] step' });
    expect(answer.isError, answer.text).toBe(false);
  });
});

describe('params of any kind', () => {
  test('a call with empty params has no arguments, JSON text is an object, and the rest is one line', async () => {
    const server = new ServerProcess([...SERVE, 'desktop'], { BRIDGE_HOME: stateFolder() });
    await server.initialize();
    const name = 'bridge_get_approval_queue';
    for (const args of [null, undefined, {}, [], '', ' ', '{}']) {
      expect((await server.callWith({ name, arguments: args })).facts).toMatchObject({ waiting: [] });
    }
    const text = JSON.stringify({ plan_markdown: '# T' });
    expect((await server.callWith({ name: 'bridge_send_plan', arguments: text })).facts.title).toBe('T');
    for (const args of ['do it', 'null', '[1]', [1], 5, true]) {
      const { text: said } = await server.callWith({ name, arguments: args });
      expect(said).toMatch(/^ERROR: bridge_get_approval_queue: the arguments must be an object \([^\n]*$/);
    }
    for (const params of [{ name: null }, {}, null, [], { name: 5 }, { arguments: {} }]) {
      const { text: said } = await server.callWith(params);
      expect(said).toMatch(/^ERROR: the call names no tool; this server has: bridge_send_plan, [^\n]*$/);
    }
    expect((await server.callWith({ name, arguments: null, _meta: null })).isError).toBe(false);
    expect((await server.callWith({ name, arguments: null, _meta: { progressToken: null } })).isError).toBe(
      false,
    );
    for (const task of [5, null, {}, { ttl: 60_000 }])
      expect((await server.callWith({ name, task })).isError).toBe(false);
  });
});
