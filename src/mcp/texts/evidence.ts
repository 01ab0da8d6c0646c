/** What was measured of a round, in words and facts that fit into an answer. What others wrote is quoted. */
import type { MeasuredRound } from '../../bridge/measured-round.ts';
import type { CheckResult, Evidence } from '../../project/evidence.ts';
import { type EvidenceEntry, type EvidencePart, partsOf } from '../../project/evidence-parts.ts';
import { describeUnreviewed, figuresOf, summarizeEvidence } from '../../project/evidence-text.ts';
import { describeLandingPlan } from '../../project/landing-plan.ts';
import { hasPassed, treeOf } from '../../project/measured.ts';
import { describeRound } from '../../project/oid.ts';
import { asCode, quote } from '../../project/quotation.ts';
import type { RecordedEvidence } from '../../project/review.ts';
import { describeRevision } from '../../project/revision-text.ts';
import { suggestedRules } from '../../project/suggested-rule.ts';
import { cleanLine, cleanText, plural } from '../../project/text.ts';
import { toWireEvidence } from '../../wire/evidence.ts';
import type { ToolEvidence } from '../../wire/schemas/tool-evidence.ts';
import { cut, fitting } from '../fit.ts';

/** The weightiest parts that fit into `bytes`, what an approval does, and what a rejection costs. */
export function measuredLines(
  { measured, landing, revision, round }: MeasuredRound,
  bytes: number,
): string[] {
  const approval = [
    ...(landing ? [describeLandingPlan(landing, asCode)] : []),
    ...(revision ? [describeRevision(revision)] : []),
    ...(landing && measured ? permitLines(measured) : []),
  ];
  if (!measured) return [`Round ${round} was not measured.`, ...approval];
  return [headOf(measured), ...partLines(partsOf(measured.evidence), measured, bytes), ...approval];
}

/** How a call that was refused is permitted, where a rule for it can be named. */
function permitLines({ evidence }: RecordedEvidence): string[] {
  const rules = suggestedRules(evidence.denied);
  if (rules.length === 0) return [];
  return [
    `Claude was refused calls. To permit some for this project as the work goes back: bridge_reject with allow, such as ${rules.map(asCode).join(', ')}.`,
  ];
}

function headOf({ evidence, round }: RecordedEvidence): string {
  return `Measured of ${describeRound(round, treeOf(evidence))}: ${summarizeEvidence(figuresOf(evidence))}.`;
}

function partLines(parts: readonly EvidencePart[], { projectId }: RecordedEvidence, bytes: number): string[] {
  const lines: string[] = [];
  let left = bytes;
  for (const { title, entries } of parts) {
    lines.push(`${title}:`);
    for (const [index, entry] of entries.entries()) {
      const block = entryLines(entry);
      left -= Buffer.byteLength(JSON.stringify(block));
      if (left < 0) {
        const rest = entries.length - index;
        const where = `bridge_get_evidence with project_id ${projectId}, or \`bridge-supervisor evidence ${projectId}\``;
        return [...lines, `- … ${plural(rest, 'more line')} and what follows: ${where}`];
      }
      lines.push(...block);
    }
  }
  return lines;
}

const NAMES_BYTES = 1_000;
const WORDS_BYTES = 1_500;

function entryLines({ text, names = [], words = '', finding = '' }: EvidenceEntry): string[] {
  const named = names.length === 0 ? '' : `: ${someNames(names).join(', ')}`;
  const said = finding === '' ? tailOf(words, WORDS_BYTES) : headText(finding, WORDS_BYTES);
  // The empty line ends the quotation.
  return [`- ${text}${named}`, ...(said === '' ? [] : [quote(said), ''])];
}

function someNames(names: readonly string[]): string[] {
  const shown = fitting(names.map(asCode), (name) => name, NAMES_BYTES);
  const rest = names.length - shown.length;
  return rest === 0 ? shown : [...shown, `and ${rest} more`];
}

/** The end of a text: programs say last what went wrong. */
function tailOf(text: string, bytes: number): string {
  const clean = cleanText(text);
  if (cut(clean, bytes).left === 0) return clean;
  const lines = clean.split('\n').reverse();
  const tail = fitting(lines, (line) => line, bytes).reverse();
  return `…\n${cut(tail.join('\n'), bytes).text}`;
}

/** The beginning of a text: a model says first what is wrong. */
function headText(text: string, bytes: number): string {
  const { text: head, left } = cut(cleanText(text), bytes);
  return left === 0 ? head : `${head} …`;
}

const MAX_LISTED = 100;

/** The same as facts. */
export function evidenceFacts(recorded: RecordedEvidence, bytes: number): ToolEvidence {
  const wire = toWireEvidence(recorded.evidence);
  const { round, attempt, outline, made_at, measured, checks_passed, repairs, cost, diff, git } = wire;
  const share = bytes / 6;
  const some = <T>(items: readonly T[]): T[] => fitting(items.slice(0, MAX_LISTED), (item) => item, share);
  const names = (paths: readonly string[]) => some(paths.map(cleanLine));
  const warnings = wire.warnings.map(({ kind, paths, detail }) => ({
    kind,
    paths: fitting(paths.map(cleanLine), (path) => path, share / 2),
    detail: cleanLine(detail),
  }));
  return {
    round,
    attempt,
    outline,
    made_at,
    tree: treeOf(recorded.evidence),
    summary: summarizeEvidence(figuresOf(recorded.evidence)),
    measured,
    ...(wire.cause ? { cause: { ...wire.cause, detail: tailOf(wire.cause.detail, share) } } : {}),
    checks_passed,
    checks: some(recorded.evidence.checks.map((check) => checkFacts(check, share / 2))),
    repairs,
    warnings: some(warnings),
    claims: {
      missing: names(wire.claims.missing),
      undeclared: names(wire.claims.undeclared),
      misfiled: names(wire.claims.misfiled),
      ignored: names(wire.claims.ignored),
    },
    ...(git
      ? {
          base: {
            base_ref: git.base_ref,
            base_state: git.base_state,
            mergeable: git.mergeable,
            conflicts: names(git.conflicts),
          },
        }
      : {}),
    ...(diff
      ? {
          diff: {
            files: diff.files,
            insertions: diff.insertions,
            deletions: diff.deletions,
            changes: some(diff.changes.map(changeFacts)),
          },
        }
      : {}),
    denied: some(wire.denied.map((one) => ({ ...one, what: cleanLine(one.what) }))),
    requests: some(wire.requests),
    ...(wire.review
      ? {
          review: {
            model: wire.review.model,
            ...notReviewed(recorded.evidence.review),
            cost_usd: wire.review.cost_usd,
            findings: some(wire.review.findings.map((one) => ({ ...one, text: headText(one.text, share) }))),
          },
        }
      : {}),
    cost,
  };
}

function notReviewed(review: Evidence['review']): { not_reviewed?: string } {
  return review?.cause ? { not_reviewed: describeUnreviewed(review.cause) } : {};
}

function checkFacts(check: CheckResult, bytes: number): ToolEvidence['checks'][number] {
  const { name, exitCode, timedOut, durationMs, outputTail } = check;
  return {
    name,
    exit_code: exitCode,
    timed_out: timedOut,
    duration_ms: durationMs,
    ...(hasPassed(check) ? {} : { output_tail: tailOf(outputTail, bytes) }),
  };
}

type WireChange = NonNullable<ReturnType<typeof toWireEvidence>['diff']>['changes'][number];

function changeFacts({ path, old_path, status, insertions, deletions, binary }: WireChange) {
  return {
    path: cleanLine(path),
    ...(old_path === undefined ? {} : { old_path: cleanLine(old_path) }),
    status,
    insertions,
    deletions,
    binary,
  };
}
