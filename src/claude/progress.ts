/** Folds the events of Claude into what it is doing now. Pure: the time of each line is passed in. */

import * as z from 'zod';
import { cut } from '../characters.ts';
import { EMPTY_LIVE_STATE, type LiveState } from '../project/run.ts';
import { cleanLine } from '../project/text.ts';
import type { ClaudeEvent, ToolUse } from './stream.ts';

export interface Progress {
  readonly live: LiveState;
  /** Tool calls and hooks without a result yet, by id. */
  readonly open: ReadonlyMap<string, string>;
  /** The API message that was last counted as a turn; its blocks arrive as several events. */
  readonly messageId: string;
}

/** The progress before the first event. */
export const NO_PROGRESS: Progress = { live: EMPTY_LIVE_STATE, open: new Map(), messageId: '' };

/** The progress after one more event, which was written at `at` (ISO 8601). */
export function advance(progress: Progress, event: ClaudeEvent, at: string): Progress {
  const alive: Progress = { ...progress, live: { ...progress.live, lastSignAt: at } };
  switch (event.kind) {
    case 'assistant': {
      const open = new Map(progress.open);
      for (const use of event.toolUses) open.set(use.id, describeTool(use));
      const isOwn = !event.ofSubagent;
      // An error is a message of its own and not a turn of the model.
      const isNew = isOwn && event.error === undefined && event.messageId !== progress.messageId;
      const turns = progress.live.turns + (isNew ? 1 : 0);
      const steps = isOwn ? todos(event.toolUses) : {};
      const live = { ...alive.live, ...steps, turns, currentTool: newest(open) };
      return { live, open, messageId: isNew ? event.messageId : progress.messageId };
    }
    case 'tool_results': {
      const open = new Map(progress.open);
      for (const id of event.toolUseIds) open.delete(id);
      return { ...alive, live: { ...alive.live, currentTool: newest(open) }, open };
    }
    case 'hook': {
      const open = new Map(progress.open);
      if (event.runs) open.set(event.id, short(`${event.name} hook`));
      else open.delete(event.id);
      return { ...alive, live: { ...alive.live, currentTool: newest(open) }, open };
    }
    case 'result':
      return { ...alive, live: { ...alive.live, currentTool: null }, open: new Map() };
    default:
      return alive;
  }
}

function newest(open: ReadonlyMap<string, string>): string | null {
  return [...open.values()].at(-1) ?? null;
}

const MAX_DESCRIPTION_LENGTH = 100;
/** The length that is cleaned: a command may be a whole file. */
const MAX_SUBJECT_LENGTH = 1_000;

function short(text: string): string {
  return cut(cleanLine(cut(text, MAX_SUBJECT_LENGTH)), MAX_DESCRIPTION_LENGTH);
}

/** `Bash: npm test`, `Edit: src/a.ts`: the tool and the one argument a person would name. */
export function describeTool({ name, input }: Pick<ToolUse, 'name' | 'input'>): string {
  const subject = [
    input.command,
    input.file_path,
    input.path,
    input.pattern,
    input.description,
    input.url,
  ].find((value) => typeof value === 'string');
  const tool = name.replace(/^mcp__.+__/, '');
  return short(typeof subject === 'string' ? `${tool}: ${subject}` : tool);
}

const todoList = z.object({
  todos: z.array(z.object({ content: z.string(), status: z.string() })),
});

/** The list of steps that Claude keeps; empty when it keeps none. */
function todos(uses: readonly ToolUse[]): Partial<LiveState> {
  const list = uses
    .filter(({ name }) => name === 'TodoWrite')
    .flatMap(({ input }) => todoList.safeParse(input).data ?? [])
    .at(-1)?.todos;
  if (!list) return {};
  const current = list.find(({ status }) => status === 'in_progress');
  return {
    todosDone: list.filter(({ status }) => status === 'completed').length,
    todosTotal: list.length,
    currentTodo: current ? short(current.content) : null,
  };
}
