/** Runs checks, then fixes. Both always end, whatever hangs or throws. */

import { cut } from '../characters.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../error-message.ts';
import { redact } from '../redaction.ts';
import {
  type Check,
  type CheckGroup,
  type Finding,
  type FindingFacts,
  Inconclusive,
  problem,
  skipped,
} from './check.ts';

export interface RunChecksOptions {
  readonly clock: Clock;
  /** Ends the run early; the findings so far are returned. */
  readonly signal: AbortSignal;
  /** Whether to apply the safe fixes of a group before running the next one. */
  readonly fix?: boolean;
  /** Called with each group as soon as its findings are there. */
  readonly onGroup?: (group: CheckGroup, findings: readonly Finding[]) => Promise<void> | void;
}

/** Runs the groups in order, the checks of a group at the same time. */
export async function runChecks(
  groups: readonly CheckGroup[],
  options: RunChecksOptions,
): Promise<Finding[]> {
  const { signal, fix = false, onGroup } = options;
  const all: Finding[] = [];
  for (const group of groups) {
    if (signal.aborted) break;
    const found = (await Promise.all(group.checks.map((check) => runCheck(group, check, options)))).flat();
    // What an interrupted check returns means nothing.
    if (signal.aborted) break;
    const findings = fix ? await fixAll(found, options) : found;
    await onGroup?.(group, findings);
    all.push(...findings);
  }
  return all;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_GRACE_MS = 5_000;

async function runCheck(
  group: CheckGroup,
  check: Check,
  { clock, signal }: RunChecksOptions,
): Promise<Finding[]> {
  const { name, subject, timeoutMs = DEFAULT_TIMEOUT_MS, graceMs = DEFAULT_GRACE_MS } = check;
  const timedOut = problem(subject, `${subject}: timed out after ${timeoutMs / 1_000} s.`);
  const time = { timeoutMs, graceMs, clock, signal };
  const results = await within(time, (limit) => check.run(limit), timedOut).catch((error: unknown) =>
    resultOf(subject, error),
  );
  return [results].flat().map((result) => ({
    check: `${group.name}.${name}`,
    ...result,
    message: shortened(result.message),
  }));
}

function resultOf(subject: string, error: unknown): FindingFacts {
  const message = messageOf(error);
  if (error instanceof Inconclusive) return skipped(subject, message, { cause: error.cause });
  return problem(subject, `${subject}: check failed: ${message}`);
}

/** A message may quote another program, which may print secrets or a line without an end. */
const MAX_MESSAGE_CHARACTERS = 2_000;

function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE_CHARACTERS) return redact(message);
  return `${cut(redact(message.slice(0, 2 * MAX_MESSAGE_CHARACTERS)), MAX_MESSAGE_CHARACTERS)}…`;
}

/** Applies the fixes one after the other: one may depend on an earlier one. */
async function fixAll(findings: readonly Finding[], options: RunChecksOptions): Promise<Finding[]> {
  const after: Finding[] = [];
  for (const finding of findings) {
    const { verdict, fix } = finding;
    const isNeeded = fix !== undefined && (verdict === 'warning' || verdict === 'problem');
    after.push(isNeeded ? await applyFix(finding, fix, options) : finding);
  }
  return after;
}

async function applyFix(
  finding: Finding,
  fix: () => Promise<string>,
  { clock, signal }: RunChecksOptions,
): Promise<Finding> {
  const { check, subject } = finding;
  try {
    const time = { timeoutMs: DEFAULT_TIMEOUT_MS, graceMs: 0, clock, signal };
    const done = await within(time, fix, undefined);
    if (done !== undefined) return { check, subject, verdict: 'fixed', message: done };
    return { ...finding, message: `${finding.message} The fix timed out.` };
  } catch (error) {
    return { ...finding, message: `${finding.message} The fix failed: ${messageOf(error)}` };
  }
}

interface Time {
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves with the result of `work`, or with `timedOut`. What hangs even after the grace period is left alone. */
async function within<T, L>(
  { timeoutMs, graceMs, clock, signal }: Time,
  work: (signal: AbortSignal) => Promise<T>,
  timedOut: L,
): Promise<T | L> {
  const timeout = new AbortController();
  const ended = new AbortController();
  const result = work(AbortSignal.any([signal, timeout.signal]));
  const limit = clock.sleep(timeoutMs, AbortSignal.any([signal, ended.signal])).then(async () => {
    timeout.abort();
    await Promise.race([result.catch(() => undefined), clock.sleep(graceMs, ended.signal)]);
    return timedOut;
  });
  try {
    return await Promise.race([result, limit]);
  } finally {
    ended.abort();
  }
}
