/** Reports what the supervisor and Claude do, in order: from the history, and from Claude's requests to the model. */
import {
  alike,
  type EventTable,
  type HistoryEvent,
  present,
  type UnknownEvent,
} from '../../project/event.ts';
import { shortOid } from '../../project/oid.ts';
import type { RunKind } from '../../project/run.ts';
import { branchName } from '../../project/worktree.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { plainLines } from '../terminal/text.ts';
import type { Excerpt, Reporter, Who } from './reporter.ts';
import { CHECK } from './work.ts';

export function reportEvent(reporter: Reporter, event: HistoryEvent): void {
  const sentence = present(event, SENTENCES, unknownSentence);
  if (sentence) reporter.say(...sentence);
}

type Sentence = readonly [who: Who, text: string] | undefined;

/** What Desktop does and hears is reported by the step that has it do so; the rest happens in no demo, or is of no interest there. */
const SENTENCES: EventTable<Sentence> = {
  ...alike(() => undefined),
  'worktree.added': () => ['Supervisor', 'makes a worktree for it; your folder stays as it is'],
  'run.started': ({ kind, sessionId }) => {
    const session = sessionId.slice(0, 8);
    const why = WHY_RESUMED[kind];
    return [
      'Supervisor',
      why === undefined ? `opens session ${session}` : `resumes session ${session} ${why}`,
    ];
  },
  'run.spawned': ({ pid }) => ['Supervisor', `starts claude, pid ${pid}`],
  'run.ready': ({ claudeVersion }) => [
    'Claude',
    `is ready: Claude Code ${claudeVersion}, connected to our tools`,
  ],
  'project.updated': ({ message }) => ['Claude', `reports: ${message}`],
  'project.submitted': ({ round, attempt, summary }) => [
    'Claude',
    `submits round ${round}${attempt > 1 ? ' again' : ''}: ${summary}`,
  ],
  'project.checking': () => ['Supervisor', `runs your check: ${CHECK}`],
  'project.checks_failed': ({ repair }) => [
    'Supervisor',
    `sees it fail, and sends that back: repair ${repair}`,
  ],
  'project.landed': ({ target, oid }) => [
    'Supervisor',
    `moves ${branchName(target)} to commit ${shortOid(oid)}, and reads it back`,
  ],
  'project.completed': () => ['Supervisor', 'completes the project'],
};

const WHY_RESUMED: Readonly<Record<RunKind, string | undefined>> = {
  execute: undefined,
  outline: undefined,
  repair: 'with what the check printed',
  revise: 'with your reason',
  answer: 'with your answer',
  resume: 'where it was cut short',
  review: undefined,
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

/** Tools that Claude Code brings along, and what it is answered; all else of ours shows in the history. */
export function reportTool(reporter: Reporter, { name, input, output }: UsedTool): void {
  if (name.endsWith('__bridge_ask')) reporter.say('Claude', `hears: ${answerIn(output)}`);
  if (name.startsWith('mcp__')) return;
  if (name === 'Bash') {
    reporter.say('Claude', `Bash: ${input.command}`, printed(output));
    return;
  }
  const file = String(input.file_path ?? '').replace(/^.*[\\/]/, '');
  const size = typeof input.content === 'string' ? `, ${input.content.trim().split('\n').length} lines` : '';
  reporter.say('Claude', `${name}: ${file}${size}`);
}

/** As Claude gets it; whole where it is something else. */
function answerIn(output: string): string {
  return /^\{"answer":"(.*)"\}$/.exec(output.trim())?.[1] ?? output;
}

/** What Claude is told, without the paragraphs around it that are the same every time. */
export function promptExcerpt(prompt: string): Excerpt {
  const paragraphs = prompt.split(/\n{2,}/).slice(1, -1);
  return { kind: 'text', lines: paragraphs.flatMap(plainLines) };
}

export function printed(output: string): Excerpt {
  return { kind: 'output', lines: plainLines(output.trimEnd()) };
}
