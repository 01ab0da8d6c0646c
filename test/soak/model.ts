/**
 * Plays the model for any number of projects. It remembers nothing: each answer follows from the conversation alone, so
 * that a session that was resumed goes on where its transcript says it stands. Each step of a round is visible outside:
 * as an update, or as a line with round, step and run appended to the project's own file.
 */

import { call, type MessageReply, say } from '../../src/simulator/reply.ts';
import { textOf } from '../../src/simulator/request.ts';
import type { ScriptTurn } from '../../src/simulator/turn.ts';
import { guardedCall, isToldInPrompt, questionOf, refusalKind } from './asking.ts';
import type { Journal } from './journal.ts';
import { moodFile, moodOf, toldAttempt } from './moods.ts';
import { randomStream } from './random.ts';

/** Put into a plan, it names the project. */
export function tagMark(tag: string): string {
  return `soak-project-${tag}`;
}

/** Put into a rejection, it names the round that it opens. */
export function roundMark(round: number): string {
  return `soak-round-${round}`;
}

export function steeringMark(number: number): string {
  return `soak-steering-${number}`;
}

/** The file, in the workspace, that a project's work is written to. */
export function workFile(tag: string): string {
  return `soak-${tag}.log`;
}

export interface Step {
  readonly kind: 'update' | 'write' | 'question' | 'guarded';
  readonly name: string;
}

/** The file, in the workspace, that a run writes to after it has submitted. */
export function afterFile(tag: string): string {
  return `soak-${tag}.after`;
}

/** Whether the calls of this project have ids that those of other conversations have too, as some proxies make them. */
export function repeatsIds(seed: number, tag: string): boolean {
  return randomStream(seed, `ids ${tag}`).chance(0.5);
}

/** Whether the model goes on after it has submitted this round. */
function goesOn(seed: number, tag: string, round: number): boolean {
  return randomStream(seed, `after ${tag} ${round}`).chance(0.4);
}

/** What is to be done in one round, before it is submitted. */
export function stepsOf(seed: number, tag: string, round: number): Step[] {
  const random = randomStream(seed, `steps ${tag} ${round}`);
  return Array.from({ length: random.whole(2, 5) }, (_, index) => ({
    kind: random.weighted({ write: 8, update: 4, question: 3, guarded: 5 }),
    name: `step${index + 1}`,
  }));
}

/** The model's answer to one request; undefined when the conversation is none of the soak's. */
export function modelAnswer(seed: number, journal: Journal, turn: ScriptTurn): MessageReply | undefined {
  const said = turn.userTexts.join('\n');
  const tag = tagOf(turn);
  if (tag === undefined) return undefined;
  for (const mark of steeringsIn(turn)) journal.heard.add(mark);
  const round = Math.max(1, ...[...said.matchAll(/soak-round-(\d+)/g)].map(([, number]) => Number(number)));
  const calls = callsIn(turn);
  note(journal, tag, calls);
  const attempt = attemptOf(turn, { tag, round, calls });
  const reply = nextStep(seed, journal, turn, { tag, round, calls, attempt });
  if (!reply.calls || !repeatsIds(seed, tag)) return reply;
  return { ...reply, calls: reply.calls.map((one) => ({ ...one, id: `toolu_${calls.length}` })) };
}

/** The project that a conversation is about; undefined when it is none of the soak's. */
export function tagOf({ userTexts }: ScriptTurn): string | undefined {
  return /soak-project-(\w+)/.exec(userTexts.join('\n'))?.[1];
}

interface Standing {
  readonly tag: string;
  readonly round: number;
  readonly calls: readonly PastCall[];
  /** How often the round was submitted before, and found red. */
  readonly attempt: number;
}

/** The checks tell which submission was red, unless they had no time to. */
function attemptOf(turn: ScriptTurn, { tag, round, calls }: Omit<Standing, 'attempt'>): number {
  const told = toldAttempt(turn.userTexts.join('\n'), tag, round);
  const last = calls.findLast(
    ({ mark, result }) => result === 'done' && mark.startsWith(submissionMark(tag, round)),
  );
  const isSentBack = last && last.at < lastRequest(turn) && REPAIR_REQUEST.test(turn.lastUserText);
  const silent = isSentBack ? Number(last.mark.split(' ').at(-1)) : -1;
  return Math.max(told ?? -1, silent) + 1;
}

const REPAIR_REQUEST = /ran the owner's checks on what you submitted, and these failed/;

/** With the number of the submission behind it. */
function submissionMark(tag: string, round: number): string {
  return `${tag} round ${round} submitted `;
}

function nextStep(
  seed: number,
  journal: Journal,
  turn: ScriptTurn,
  { tag, round, calls, attempt }: Standing,
): MessageReply {
  const isSettled = ({ result }: PastCall) => result === 'done' || result === 'denied';
  const done = new Set(calls.filter(isSettled).map(({ mark }) => mark));
  const submission = `${submissionMark(tag, round)}${attempt}`;
  if (done.has(submission))
    return goesOn(seed, tag, round) ? oneMore(journal, tag, round, calls) : say('It is submitted.');
  if (failuresInARow(callsIn(turn, lastRequest(turn))) >= MAX_FAILURES)
    return say('The tools do not work; I stop here.');
  // What was found red was done by then.
  for (const { kind, name } of attempt > 0 ? [] : stepsOf(seed, tag, round)) {
    const mark = `${tag} round ${round} ${name}`;
    if (done.has(mark)) continue;
    if (kind === 'update') return reported(journal, 'bridge_send_update', { message: mark });
    if (kind === 'guarded') return guardedCall(seed, tag, mark);
    if (kind === 'question') {
      if (isToldInPrompt(turn.userTexts.join('\n'), mark)) continue;
      return reported(journal, 'bridge_ask', questionOf(seed, mark));
    }
    return call('Bash', { command: noted(tag, round, name), description: mark });
  }
  const mood = `${tag} round ${round} mood${attempt}`;
  if (!done.has(mood)) {
    const feel = `echo "${moodOf(seed, tag, round, attempt)}" > ${moodFile(tag)}`;
    return call('Bash', { command: `${feel}; ${noted(tag, round, `mood${attempt}`)}`, description: mood });
  }
  return reported(journal, 'bridge_send_completion', { summary: submission });
}

/** The command that leaves a trace of a step. */
function noted(tag: string, round: number, step: string): string {
  return `echo "${round} ${step} $BRIDGE_RUN_ID" >> ${workFile(tag)}`;
}

/** Not asked for by anybody: the model writes on, and now and then reports it. */
function oneMore(journal: Journal, tag: string, round: number, calls: readonly PastCall[]): MessageReply {
  journal.wentOn.add(`${tag} round ${round}`);
  const more = calls.filter(({ mark }) => mark.startsWith(`${tag} round ${round} more`)).length;
  if (more >= CALLS_AFTER_SUBMISSION) return say('Now it is enough.');
  const mark = `${tag} round ${round} more${more + 1}`;
  if (more % 5 === 4) return reported(journal, 'bridge_send_update', { message: mark });
  const command = `echo "$(date +%s%3N) $BRIDGE_RUN_ID" >> ${afterFile(tag)}; sleep 0.3`;
  return call('Bash', { command, description: mark });
}

const CALLS_AFTER_SUBMISSION = 200;

/** The messages that the conversation brings. */
export function steeringsIn({ userTexts }: ScriptTurn): string[] {
  return userTexts.join('\n').match(/soak-steering-\d+/g) ?? [];
}

/** Whose report to our server this answer asks for, if it does. */
export function reportOf({ calls }: MessageReply): string | undefined {
  const [first] = calls ?? [];
  if (!first?.name.startsWith(OUR_TOOLS)) return undefined;
  return markOf(first.input).split(' ')[0];
}

const OUR_TOOLS = 'mcp__claude_bridge_code__';
const MAX_FAILURES = 3;

function reported(journal: Journal, tool: string, input: Readonly<Record<string, unknown>>): MessageReply {
  journal.said.add(markOf(input));
  return call(`${OUR_TOOLS}${tool}`, input);
}

interface PastCall {
  readonly id: string;
  readonly tool: string;
  /** Which step it was for. */
  readonly mark: string;
  readonly result: 'none' | 'failed' | 'denied' | 'again' | 'done';
  /** What came back. */
  readonly text: string;
  /** The number of its message in the conversation. */
  readonly at: number;
}

function callsIn(turn: ScriptTurn, from = 0): PastCall[] {
  const blocks = turn.messages
    .slice(from)
    .flatMap(({ content }, index) => content.map((block) => ({ block, at: from + index })));
  const results = new Map(
    blocks.flatMap(({ block }) =>
      block.type === 'tool_result' ? [[String(block.tool_use_id), block] as const] : [],
    ),
  );
  return blocks
    .filter(({ block }) => block.type === 'tool_use')
    .map(({ block, at }) => {
      const input = (block.input ?? {}) as Record<string, unknown>;
      const result = results.get(String(block.id));
      const text = result ? textOf([result]) : '';
      const refused = result?.is_error === true ? refusalKind(text) : 'done';
      return {
        id: String(block.id),
        tool: String(block.name),
        mark: markOf(input),
        result: result ? refused : 'none',
        text,
        at,
      };
    });
}

/** Which step a call is for. */
function markOf({ message, summary, question, description }: Readonly<Record<string, unknown>>): string {
  return String(message ?? summary ?? question ?? description ?? '');
}

/** Where the newest prompt stands: what failed before it was another run's trouble. */
function lastRequest({ messages }: ScriptTurn): number {
  const isOwn = (block: { readonly type: string; readonly text?: unknown }) =>
    block.type === 'text' && !String(block.text).trimStart().startsWith('<system-reminder>');
  return messages.findLastIndex(({ role, content }) => role === 'user' && content.some(isOwn));
}

/** A result that the model has seen is an acknowledgement. */
function note(journal: Journal, tag: string, calls: readonly PastCall[]): void {
  for (const { id, tool, mark, result, text } of calls) {
    if (result !== 'done') continue;
    if (tool.endsWith('bridge_ask')) journal.told.set(`${tag} ${id}`, { question: mark, text });
    const round = Number(/ round (\d+) /.exec(mark)?.[1]);
    const reported = { id, tag, text: mark, round };
    if (tool.endsWith('bridge_send_update')) journal.updates.set(`${tag} ${id}`, reported);
    if (tool.endsWith('bridge_send_completion')) journal.completions.set(`${tag} ${id}`, reported);
  }
}

function failuresInARow(calls: readonly PastCall[]): number {
  const last = calls.findLastIndex(({ result }) => result !== 'failed');
  return calls.length - 1 - last;
}
