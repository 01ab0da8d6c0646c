/**
 * The steps that Claude notes for its work, and how far it is. It writes the whole list again each time (`TodoWrite`), or adds
 * and changes one at a time (`TaskCreate`, `TaskUpdate`, `TaskList`). 2.1.329 has the latter for older models, and for every
 * model where CLAUDE_CODE_ENABLE_TODO_TOOLS is set. Pure.
 */
import * as z from 'zod';
import type { LiveState } from '../project/run.ts';
import { shortLine } from './describe-tool.ts';
import type { ToolUse } from './stream.ts';

export interface Steps {
  /** By their ids, in order. */
  readonly list: ReadonlyMap<string, Step>;
  /** Calls that change it when they are answered, by id. */
  readonly open: ReadonlyMap<string, ToolUse>;
}

interface Step {
  readonly name: string;
  readonly status: string;
}

export const NO_STEPS: Steps = { list: new Map(), open: new Map() };

/** The steps after these calls. */
export function withCalls(steps: Steps, calls: readonly ToolUse[]): Steps {
  const whole = calls.flatMap((call) => (call.name === 'TodoWrite' ? (readTodos(call) ?? []) : [])).at(-1);
  const changing = calls.filter(({ name }) => Object.hasOwn(CHANGES, name));
  if (!whole && changing.length === 0) return steps;
  const open = new Map([...steps.open, ...changing.map((call) => [call.id, call] as const)]);
  return { list: whole ?? steps.list, open };
}

/**
 * The steps after a tool has answered.
 *
 * @param answer What it answered to programs; of several tools at once it is not known whose it is.
 */
export function withAnswer(steps: Steps, callIds: readonly string[], answer: unknown): Steps {
  const answered = callIds.flatMap((id) => steps.open.get(id) ?? []);
  const [call] = answered;
  if (!call) return steps;
  const open = new Map(steps.open);
  for (const { id } of answered) open.delete(id);
  const change = callIds.length === 1 ? CHANGES[call.name] : undefined;
  return { list: change?.(steps.list, answer, call) ?? steps.list, open };
}

/** How many there are, how many are done, and which is under way. */
export function progressOf({ list }: Steps): Pick<LiveState, 'todosDone' | 'todosTotal' | 'currentTodo'> {
  const all = [...list.values()];
  const current = all.find(({ status }) => status === 'in_progress');
  return {
    todosDone: all.filter(({ status }) => status === 'completed').length,
    todosTotal: all.length,
    currentTodo: current ? shortLine(current.name) : null,
  };
}

const todoList = z.object({ todos: z.array(z.object({ content: z.string(), status: z.string() })) });

function readTodos({ input }: ToolUse): Steps['list'] | undefined {
  const { data } = todoList.safeParse(input);
  return data && new Map(data.todos.map(({ content: name, status }, at) => [`${at}`, { name, status }]));
}

const created = z.object({ task: z.object({ id: z.string(), subject: z.string() }) });
const updated = z.object({
  success: z.literal(true),
  taskId: z.string(),
  statusChange: z.object({ to: z.string() }).optional(),
});
const listed = z.object({
  tasks: z.array(z.object({ id: z.string(), subject: z.string(), status: z.string() })),
});

/** What the answer to each tool makes of the list; undefined: nothing. */
const CHANGES: Readonly<
  Record<string, (list: Steps['list'], answer: unknown, call: ToolUse) => Steps['list'] | undefined>
> = {
  TaskCreate(list, answer) {
    const { data } = created.safeParse(answer);
    return data && new Map([...list, [data.task.id, { name: data.task.subject, status: 'pending' }]]);
  },
  TaskUpdate(list, answer, { input }) {
    const { data } = updated.safeParse(answer);
    const before = data && list.get(data.taskId);
    // One that an earlier run has noted: how many there are is known again with the next list.
    if (!data || !before) return undefined;
    const after = new Map(list);
    const { to: status = before.status } = data.statusChange ?? {};
    const name = typeof input.subject === 'string' ? input.subject : before.name;
    if (status === 'deleted') after.delete(data.taskId);
    else after.set(data.taskId, { name, status });
    return after;
  },
  TaskList(_, answer) {
    const { data } = listed.safeParse(answer);
    return data && new Map(data.tasks.map(({ id, subject: name, status }) => [id, { name, status }]));
  },
};
