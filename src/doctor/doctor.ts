/**
 * Looks at every thing that can be wrong and says one line about each. Its promise: it changes nothing, it always comes
 * to its end, whatever hangs or breaks, and it leaves no process behind. Mending is a second step, and does only what
 * cannot hurt.
 */

import type { Clock } from '../clock.ts';
import { messageOf } from '../error-message.ts';
import { redact } from '../redaction.ts';
import { type Finding, type Observation, problem, skipped, Unknowable } from './finding.ts';

export interface Check {
  /** Within its group, such as `login`. */
  readonly name: string;
  /** What it looks at, for the line that says it took too long. */
  readonly subject: string;
  /** How long it may take, in milliseconds. */
  readonly limitMs?: number;
  /** How long it may take to put away what it has started when that time is over. */
  readonly graceMs?: number;
  /** @param signal Aborts when the time is over; what was started is then to be ended. */
  look(signal: AbortSignal): Promise<Observation | readonly Observation[]>;
}

export interface Group {
  /** The word by which a person asks for it. */
  readonly name: string;
  readonly title: string;
  readonly checks: readonly Check[];
}

export interface Examination {
  readonly clock: Clock;
  /** Ends the examination early: what was found so far is returned. */
  readonly signal: AbortSignal;
  /** Whether what can be mended without harm is mended, before the next group is looked at. */
  readonly mending: boolean;
  /** Told each group with its findings as soon as they are there. */
  readonly tell: (group: Group, findings: readonly Finding[]) => Promise<void> | void;
}

/** Goes through the groups in their order; the checks of a group are made side by side. Never throws for a check. */
export async function examine(groups: readonly Group[], examination: Examination): Promise<Finding[]> {
  const all: Finding[] = [];
  for (const group of groups) {
    if (examination.signal.aborted) break;
    const found = (await Promise.all(group.checks.map((check) => perform(group, check, examination)))).flat();
    // What is seen of something that is being broken off tells nothing.
    if (examination.signal.aborted) break;
    const now = examination.mending ? await mendAll(found, examination) : found;
    await examination.tell(group, now);
    all.push(...now);
  }
  return all;
}

/** One after the other. What cannot be mended stays as it is, and says why. */
async function mendAll(findings: readonly Finding[], examination: Examination): Promise<Finding[]> {
  const after: Finding[] = [];
  for (const finding of findings) {
    const { verdict, mend } = finding;
    const mends = mend !== undefined && (verdict === 'warning' || verdict === 'problem');
    after.push(mends ? await tryToMend(finding, mend, examination) : finding);
  }
  return after;
}

const USUAL_LIMIT_MS = 10_000;
const USUAL_GRACE_MS = 5_000;

async function perform(group: Group, check: Check, { clock, signal }: Examination): Promise<Finding[]> {
  const { name, subject, limitMs = USUAL_LIMIT_MS, graceMs = USUAL_GRACE_MS } = check;
  const late = problem(
    subject,
    `${subject}: no answer within ${limitMs / 1_000} s, so nothing is known about it.`,
  );
  const time = { limitMs, graceMs, clock, signal };
  const observed = await within(time, (limit) => check.look(limit), late).catch((error: unknown) =>
    failed(subject, error),
  );
  return [observed].flat().map((observation) => ({
    check: `${group.name}.${name}`,
    ...observation,
    message: shortened(observation.message),
  }));
}

/** It may quote another program, which may have no end of a line, and may print a secret. */
const LONGEST_MESSAGE = 2_000;

function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return redact(message);
  return `${redact(message.slice(0, 2 * LONGEST_MESSAGE)).slice(0, LONGEST_MESSAGE)}…`;
}

function failed(subject: string, error: unknown): Observation {
  const message = messageOf(error);
  if (error instanceof Unknowable) return skipped(subject, message);
  return problem(subject, `${subject}: this could not be looked at: ${message}`);
}

async function tryToMend(
  finding: Finding,
  work: () => Promise<string>,
  { clock, signal }: Examination,
): Promise<Finding> {
  const { check, subject } = finding;
  try {
    const time = { limitMs: USUAL_LIMIT_MS, graceMs: 0, clock, signal };
    const done = await within(time, work, undefined);
    if (done !== undefined) return { check, subject, verdict: 'mended', message: done };
    return { ...finding, message: `${finding.message} Mending it took too long.` };
  } catch (error) {
    const why = messageOf(error);
    return { ...finding, message: `${finding.message} It could not be mended: ${why}` };
  }
}

interface Time {
  readonly limitMs: number;
  readonly graceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What `work` resolves with, or `late` when that is not there in time. What hangs even then is not waited for. */
async function within<T, L>(
  { limitMs, graceMs, clock, signal }: Time,
  work: (signal: AbortSignal) => Promise<T>,
  late: L,
): Promise<T | L> {
  const over = new AbortController();
  const ended = new AbortController();
  const result = work(AbortSignal.any([signal, over.signal]));
  const time = clock.sleep(limitMs, AbortSignal.any([signal, ended.signal])).then(async () => {
    over.abort();
    await Promise.race([result.catch(() => undefined), clock.sleep(graceMs, ended.signal)]);
    return late;
  });
  try {
    return await Promise.race([result, time]);
  } finally {
    ended.abort();
  }
}
