/** Reports what the supervisor and Claude do, in order: from the history, and from Claude's requests to the model. */
import {
  alike,
  type EventTable,
  type HistoryEvent,
  present,
  type UnknownEvent,
} from '../../project/event.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { plainLines } from '../terminal/text.ts';
import type { Excerpt, Reporter, Who } from './reporter.ts';

export function reportEvent(reporter: Reporter, event: HistoryEvent): void {
  const sentence = present(event, SENTENCES, unknownSentence);
  if (sentence) reporter.say(...sentence);
}

type Sentence = readonly [who: Who, text: string] | undefined;

/** What Desktop does is reported by the step that does it; the rest happens in no demo, or is of no interest there. */
const SENTENCES: EventTable<Sentence> = {
  ...alike(() => undefined),
  'project.claimed': () => ['Supervisor', 'takes the plan out of the queue'],
  'project.updated': ({ message }) => ['Claude', `reports: ${message}`],
  'project.submitted': ({ round, summary }) => ['Claude', `submits round ${round}: ${summary}`],
  'project.revision_started': ({ round }) => ['Supervisor', `takes up the revision: round ${round} begins`],
  'project.completed': () => ['Supervisor', 'completes the project'],
  'run.started': ({ kind, sessionId }) => {
    const session = sessionId.slice(0, 8);
    return kind === 'revise'
      ? ['Supervisor', `resumes session ${session} with your reason`]
      : ['Supervisor', `opens session ${session}`];
  },
  'run.spawned': ({ pid }) => ['Supervisor', `starts claude, pid ${pid}`],
  'run.ready': ({ claudeVersion }) => [
    'Claude',
    `is ready: Claude Code ${claudeVersion}, connected to our tools`,
  ],
  'run.ended': ({ outcome }) => ['Supervisor', `sees that claude has ended: ${describeOutcome(outcome)}`],
};

function unknownSentence({ raw }: UnknownEvent): Sentence {
  return ['Supervisor', raw.type];
}

/** One tool that Claude has used, as its next request to the model shows. */
export interface UsedTool {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: string;
  readonly failed: boolean;
}

export function usedTools({ messages, toolResults }: ScriptTurn): UsedTool[] {
  const calls = messages.flatMap(({ content }) => content).filter(({ type }) => type === 'tool_use');
  return toolResults.flatMap(({ toolUseId, text, isError }) => {
    const call = calls.find(({ id }) => id === toolUseId);
    const input = typeof call?.input === 'object' && call.input !== null ? call.input : {};
    return [{ name: String(call?.name ?? ''), input: { ...input }, output: text, failed: isError }];
  });
}

/** Tools that Claude Code brings along; ours show in the history. */
export function reportTool(reporter: Reporter, { name, input, output }: UsedTool): void {
  if (name.startsWith('mcp__')) return;
  if (name === 'Bash') {
    reporter.say('Claude', `Bash: ${input.command}`, printed(output));
    return;
  }
  const file = String(input.file_path ?? '').replace(/^.*[\\/]/, '');
  const size = typeof input.content === 'string' ? `, ${input.content.trim().split('\n').length} lines` : '';
  reporter.say('Claude', `${name}: ${file}${size}`);
}

export function printed(output: string): Excerpt {
  return { kind: 'output', lines: plainLines(output.trimEnd()) };
}
