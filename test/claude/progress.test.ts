import { describe, expect, test } from 'vitest';
import { advance, NO_PROGRESS, type Progress } from '../../src/claude/progress.ts';
import { readEvent } from '../../src/claude/stream.ts';
import { EMPTY_LIVE_STATE } from '../../src/project/run.ts';

const NOW = '2026-03-01T12:00:00.000Z';

function after(...events: readonly object[]): Progress {
  return events.reduce<Progress>((progress, event) => {
    const read = readEvent(JSON.stringify(event));
    return read ? advance(progress, read, NOW) : progress;
  }, NO_PROGRESS);
}

const live = (...events: readonly object[]) => after(...events).live;
const tool = (id: string, name: string, input: object = {}) => ({ type: 'tool_use', id, name, input });
const message = (id: string, content: readonly object[], fields: object = {}) => ({
  type: 'assistant',
  message: { id, content },
  ...fields,
});
const results = (...ids: readonly string[]) => ({
  type: 'user',
  message: { content: ids.map((id) => ({ type: 'tool_result', tool_use_id: id })) },
});
const text = { type: 'text', text: 'I look.' };
const todo = (content: string, status: string) => ({ content, status, activeForm: content });
const todos = (...list: readonly object[]) => tool('todo', 'TodoWrite', { todos: list });

describe('turns', () => {
  test('a turn is counted once for each message, however many events its blocks come in', () => {
    const blocks = [text, tool('t1', 'Read'), tool('t2', 'Read')];
    expect(live(...blocks.map((block) => message('m1', [block]))).turns).toBe(1);
    expect(live(message('m1', blocks), message('m2', [text]), message('m3', [text])).turns).toBe(3);
  });

  test("a subagent's turn is not counted, even between two blocks of a message", () => {
    const sub = { parent_tool_use_id: 't1' };
    const events = [
      message('m1', [tool('t1', 'Agent')]),
      message('s1', [text], sub),
      message('m1', [tool('t2', 'Read')]),
      message('s2', [text], sub),
      message('m2', [text]),
    ];
    expect(live(...events).turns).toBe(2);
  });

  test('a message that reports an error is no turn', () => {
    expect(live(message('m1', [text]), message('a-b-c', [text], { error: 'server_error' })).turns).toBe(1);
  });
});

describe('tool in use', () => {
  test('a running hook is the tool in use until it has answered', () => {
    const hook = (subtype: string, hook_id: string) => ({
      type: 'system',
      subtype,
      hook_id,
      hook_event: 'SessionStart',
    });
    const start = [hook('hook_started', 'h1'), hook('hook_started', 'h2'), hook('hook_response', 'h1')];
    expect(live(...start).currentTool).toBe('SessionStart hook');
    expect(live(...start, hook('hook_response', 'h2')).currentTool).toBeNull();
  });

  test('the tool in use is the newest call without a result', () => {
    const start = [
      message('m1', [tool('t1', 'Bash', { command: 'npm test' })]),
      message('m1', [tool('t2', 'Read')]),
    ];
    expect(live(...start).currentTool).toBe('Read');
    expect(live(...start, results('t2')).currentTool).toBe('Bash: npm test');
    expect(live(...start, results('t1')).currentTool).toBe('Read');
    expect(live(...start, results('t1', 't2')).currentTool).toBeNull();
  });

  test('the tool in use may be a subagent’s', () => {
    const agent = message('m1', [tool('t1', 'Agent', { description: 'Look around' })]);
    const inner = message('s1', [tool('t2', 'Read', { file_path: '/a' })], { parent_tool_use_id: 't1' });
    expect(live(agent).currentTool).toBe('Agent: Look around');
    expect(live(agent, inner).currentTool).toBe('Read: /a');
    expect(live(agent, inner, results('t2')).currentTool).toBe('Agent: Look around');
  });

  test('no tool is in use after the result, even when a call never got its own', () => {
    const { live, open } = after(message('m1', [tool('t1', 'Bash')]), { type: 'result', subtype: 'success' });
    expect(live.currentTool).toBeNull();
    expect(open.size).toBe(0);
  });

  test('the tool in use is not confused by the result of an unknown call', () => {
    expect(live(results('t9'), message('m1', [tool('t1', 'Bash')]), results('t8')).currentTool).toBe('Bash');
  });
});

describe('a tool call in a few words', () => {
  const described = (name: string, input: object = {}) =>
    live(message('m', [tool('t', name, input)])).currentTool;

  test.each([
    ['Bash', { command: 'npm test', description: 'Run the tests' }, 'Bash: npm test'],
    ['Edit', { file_path: 'src/a.ts', old_string: 'a' }, 'Edit: src/a.ts'],
    ['Glob', { pattern: '**/*.ts' }, 'Glob: **/*.ts'],
    ['Grep', { pattern: 'TODO', path: 'src' }, 'Grep: src'],
    ['WebFetch', { url: 'https://example.com', prompt: 'p' }, 'WebFetch: https://example.com'],
    ['Agent', { description: 'Look', prompt: 'p' }, 'Agent: Look'],
    ['mcp__claude_bridge_code__bridge_send_update', { message: 'Half done' }, 'bridge_send_update'],
    ['mcp__a__b__c', {}, 'c'],
    ['ExitWorktree', {}, 'ExitWorktree'],
    ['Bash', { command: 17, file_path: null, description: 'odd types' }, 'Bash: odd types'],
  ])('a tool call %s %j is shown in a few words', (name, input, words) => {
    expect(described(name, input)).toBe(words);
  });

  test.each([
    ['/work/shop', 'Edit', { file_path: '/work/shop/src/a.ts' }, 'Edit: src/a.ts'],
    ['/work/shop/', 'Glob', { path: '/work/shop' }, 'Glob: .'],
    ['/work/shop', 'NotebookEdit', { notebook_path: '/work/shop//b.ipynb' }, 'NotebookEdit: b.ipynb'],
    ['/work/shop', 'Bash', { command: 'cd /work/shop/ && cat "/work/shop/a b"' }, 'Bash: cd . && cat "a b"'],
    ['/work/shop', 'Bash', { command: 'x --in=/work/shop/y:/work/shop' }, 'Bash: x --in=y:.'],
    ['/work/shop', 'Read', { file_path: '/work/shop-two/a.ts' }, 'Read: /work/shop-two/a.ts'],
    ['/work/shop', 'Read', { file_path: '/home/work/shop/a.ts' }, 'Read: /home/work/shop/a.ts'],
    ['/work/a.b', 'Read', { file_path: '/work/axb/c.ts' }, 'Read: /work/axb/c.ts'],
    ['C:\\work\\shop', 'Edit', { file_path: 'C:\\work\\shop\\src\\a.ts' }, 'Edit: src\\a.ts'],
    ['/', 'Read', { file_path: '/etc/hosts' }, 'Read: /etc/hosts'],
    [undefined, 'Read', { file_path: '/work/shop/a.ts' }, 'Read: /work/shop/a.ts'],
  ])('a tool call in the folder %s names what is in it from there: %s %j', (cwd, name, input, words) => {
    const init = { type: 'system', subtype: 'init', cwd };
    expect(live(init, message('m', [tool('t', name, input)])).currentTool).toBe(words);
  });

  test('a tool call is shown as one clean line', () => {
    const command = '\u001b[31mecho\u001b[0m \u0007one\r\n\t&& echo  two\u0000';
    expect(described('Bash', { command })).toBe('Bash: echo one && echo two');
  });

  test('a tool call is cut, even out of a command of megabytes', () => {
    expect(described('Bash', { command: 'x'.repeat(5_000_000) })).toBe(`Bash: ${'x'.repeat(94)}`);
    expect(described('Bash', { command: '\u001b['.repeat(2_000_000) })?.length).toBeLessThanOrEqual(100);
    expect(described('n'.repeat(5_000))).toHaveLength(100);
  });

  test('a tool call is cut into whole characters', () => {
    for (const pad of ['', '.']) {
      expect(described('Bash', { command: pad + '💡'.repeat(100) })?.isWellFormed()).toBe(true);
    }
  });
});

describe('Claude’s own list of steps', () => {
  const list = [todo('Read', 'completed'), todo('Write', 'in_progress'), todo('Check', 'pending')];

  test('the list of steps is counted, with the step under way', () => {
    expect(live(message('m', [todos(...list)]))).toMatchObject({
      todosDone: 1,
      todosTotal: 3,
      currentTodo: 'Write',
    });
  });

  test('the list of steps stays until it is rewritten', () => {
    const first = message('m1', [todos(...list)]);
    expect(live(first, results('todo'), message('m2', [text]))).toMatchObject({ todosTotal: 3 });
    const done = list.map(({ content }) => todo(content, 'completed'));
    expect(live(first, message('m2', [todos(...done)]))).toMatchObject({ todosDone: 3, currentTodo: null });
    expect(live(first, message('m2', [todos()]))).toMatchObject({
      todosDone: 0,
      todosTotal: 0,
      currentTodo: null,
    });
  });

  test('the list of steps is the newer one of two in a message', () => {
    expect(live(message('m', [todos(...list), todos(todo('Only', 'completed'))]))).toMatchObject({
      todosDone: 1,
      todosTotal: 1,
    });
  });

  test('the list of steps is not a subagent’s', () => {
    const sub = message('s', [todos(todo('Mine', 'in_progress'))], { parent_tool_use_id: 't1' });
    expect(live(message('m', [todos(...list)]), sub)).toMatchObject({ todosTotal: 3, currentTodo: 'Write' });
  });

  test('a list of steps of an unexpected shape changes nothing', () => {
    const odd = [
      tool('t', 'TodoWrite', { todos: 'none' }),
      tool('t', 'TodoWrite', { todos: [{ content: 1 }] }),
    ];
    expect(live(message('m', [todos(...list)]), message('m2', odd))).toMatchObject({ todosTotal: 3 });
  });

  test('the list of steps is one clean line a step, and cut', () => {
    const step = `\u001b[1mWrite\u001b[0m\n${'x'.repeat(500)}`;
    const { currentTodo } = live(message('m', [todos(todo(step, 'in_progress'))]));
    expect(currentTodo).toMatch(/^Write x+$/);
    expect(currentTodo).toHaveLength(100);
  });
});

describe('tasks that Claude adds and changes one by one', () => {
  const answer = (id: string, tool_use_result: unknown) => ({ ...results(id), tool_use_result });
  const create = (id: string, subject: string) => [
    message(`m${id}`, [tool(`c${id}`, 'TaskCreate', { subject, description: subject })]),
    answer(`c${id}`, { task: { id, subject } }),
  ];
  const update = (id: string, to: string, fields: object = {}) => [
    message(`u${id}${to}`, [tool(`u${id}`, 'TaskUpdate', { taskId: id, status: to, ...fields })]),
    answer(`u${id}`, {
      success: true,
      taskId: id,
      updatedFields: ['status'],
      statusChange: { from: '', to },
    }),
  ];
  const three = [...create('1', 'Read'), ...create('2', 'Write'), ...create('3', 'Check')];

  test('a task counts once it was added, and the one under way is named', () => {
    expect(live(...create('1', 'Read').slice(0, 1))).toMatchObject({ todosTotal: 0 });
    expect(live(...three)).toMatchObject({ todosDone: 0, todosTotal: 3, currentTodo: null });
    const events = [...three, ...update('1', 'completed'), ...update('2', 'in_progress')];
    expect(live(...events)).toMatchObject({ todosDone: 1, todosTotal: 3, currentTodo: 'Write' });
  });

  test('a task that is renamed or deleted is so here', () => {
    const renamed = live(...three, ...update('2', 'in_progress', { subject: 'Write it' }));
    expect(renamed.currentTodo).toBe('Write it');
    expect(live(...three, ...update('3', 'deleted'))).toMatchObject({ todosTotal: 2 });
  });

  test('a list of the tasks is the whole of them, also of those that an earlier run has added', () => {
    const tasks = [
      { id: '7', subject: 'Old', status: 'completed' },
      { id: '8', subject: 'New', status: 'in_progress' },
    ];
    const listing = [message('m', [tool('l', 'TaskList')]), answer('l', { tasks })];
    expect(live(...update('7', 'completed'))).toMatchObject({ todosTotal: 0 });
    expect(live(...listing)).toMatchObject({ todosDone: 1, todosTotal: 2, currentTodo: 'New' });
  });

  test('a call that failed, or was answered in an unexpected shape, changes no task', () => {
    const call = message('m9', [tool('c9', 'TaskCreate', { subject: 'Odd' })]);
    for (const odd of [undefined, 'Error: no', { task: 7 }, { task: { id: 4 } }])
      expect(live(...three, call, answer('c9', odd))).toMatchObject({ todosTotal: 3 });
    const refused = [
      message('m8', [tool('u8', 'TaskUpdate', { taskId: '1', status: 'completed' })]),
      answer('u8', { success: false, taskId: '1', updatedFields: [], error: 'a hook said no' }),
    ];
    expect(live(...three, ...refused)).toMatchObject({ todosDone: 0 });
  });

  test('a tool that is called like a part of every object changes no task', () => {
    const odd = message('m9', [tool('c9', 'constructor'), tool('c8', '__proto__')]);
    expect(live(...three, odd, answer('c9', {}), answer('c8', {}))).toMatchObject({ todosTotal: 3 });
  });
});

test('every readable line is a sign of life, and nothing else is', () => {
  expect(NO_PROGRESS.live).toEqual(EMPTY_LIVE_STATE);
  expect(live({ type: 'tool_progress', heartbeat: true })).toEqual({ ...EMPTY_LIVE_STATE, lastSignAt: NOW });
  expect(live({ type: 'user', uuid: 'u', isReplay: true, message: { content: 'hi' } }).lastSignAt).toBe(NOW);
  expect(live({ type: 'result' }).lastSignAt).toBe(NOW);
});

test('a later event does not change an earlier summary', () => {
  const before = after(message('m1', [tool('t1', 'Bash')]));
  const copy = structuredClone(before);
  const event = readEvent(JSON.stringify(results('t1')));
  if (event) advance(before, event, NOW);
  expect(before).toEqual(copy);
});
