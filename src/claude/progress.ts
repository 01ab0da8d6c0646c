/** Folds the events of Claude into what it is doing now. Pure: the time of each line is passed in. */

import { EMPTY_LIVE_STATE, type LiveState } from '../project/run.ts';
import { describeTool, shortLine } from './describe-tool.ts';
import { NO_STEPS, progressOf, type Steps, withAnswer, withCalls } from './steps.ts';
import type { ClaudeEvent } from './stream.ts';

export interface Progress {
  readonly live: LiveState;
  /** Tool calls and hooks without a result yet, by id. */
  readonly open: ReadonlyMap<string, string>;
  /** The API message that was last counted as a turn; its blocks arrive as several events. */
  readonly messageId: string;
  /** What Claude has noted of its work. */
  readonly steps: Steps;
  /** Where Claude works, as it says; undefined before it does. */
  readonly folder: string | undefined;
}

/** The progress before the first event. */
export const NO_PROGRESS: Progress = {
  live: EMPTY_LIVE_STATE,
  open: new Map(),
  messageId: '',
  steps: NO_STEPS,
  folder: undefined,
};

/** The progress after one more event, which was written at `at` (ISO 8601). */
export function advance(progress: Progress, event: ClaudeEvent, at: string): Progress {
  const alive: Progress = { ...progress, live: { ...progress.live, lastSignAt: at } };
  switch (event.kind) {
    case 'init':
      return { ...alive, folder: event.init.cwd };
    case 'assistant': {
      const open = new Map(progress.open);
      for (const use of event.toolUses) open.set(use.id, describeTool(use, progress.folder));
      const isOwn = !event.ofSubagent;
      // An error is a message of its own and not a turn of the model.
      const isNew = isOwn && event.error === undefined && event.messageId !== progress.messageId;
      const turns = progress.live.turns + (isNew ? 1 : 0);
      const steps = isOwn ? withCalls(progress.steps, event.toolUses) : progress.steps;
      const live = { ...alive.live, ...progressOf(steps), turns, currentTool: newest(open) };
      return { ...alive, live, open, messageId: isNew ? event.messageId : progress.messageId, steps };
    }
    case 'tool_results': {
      const open = new Map(progress.open);
      for (const id of event.toolUseIds) open.delete(id);
      const steps = withAnswer(progress.steps, event.toolUseIds, event.answer);
      const live = { ...alive.live, ...progressOf(steps), currentTool: newest(open) };
      return { ...alive, live, open, steps };
    }
    case 'hook': {
      const open = new Map(progress.open);
      if (event.runs) open.set(event.id, shortLine(`${event.name} hook`));
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
