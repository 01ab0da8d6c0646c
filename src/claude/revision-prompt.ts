/** Builds the prompt of a fresh session that revises rejected work. Its text is in `prompts/`. */
import { cut, withoutHidden } from '../characters.ts';
import type { Evidence } from '../project/evidence.ts';
import { type EvidenceEntry, partsOf } from '../project/evidence-parts.ts';
import { figuresOf, summarizeEvidence } from '../project/evidence-text.ts';
import { asCode, quote, quoteExactly } from '../project/quotation.ts';
import type { Completion } from '../project/review.ts';
import { MAX_CHANGES_CHARACTERS } from '../project/revision.ts';
import { fillTemplate } from '../template.ts';

/** The submission that was rejected. */
export interface RejectedWork {
  readonly completion: Pick<Completion, 'summary' | 'caveats'> | undefined;
  /** Undefined: nothing was measured. */
  readonly evidence: Evidence | undefined;
  /** The changes as a patch; null where it is not known. */
  readonly patch: string | null;
}

/**
 * The plan as for any first run, the reason, and what was rejected: quoted where a program or a model wrote it.
 *
 * @param execute The prompt of a first run.
 */
export function revisionPrompt({
  execute,
  reason,
  completion,
  evidence,
  patch,
}: RejectedWork & { readonly execute: string; readonly reason: string }): string {
  return fillTemplate('prompts/revision-fresh.md', {
    execute,
    reason,
    submitted: completion ? submittedText(completion) : 'Nothing is known of it.',
    measured: evidence ? measuredText(evidence) : 'Nothing was measured.',
    changes: patch === null ? 'The patch is not kept: look at the folder.' : changesText(patch, evidence),
  });
}

const MAX_SAID_CHARACTERS = 4_000;

function submittedText({ summary, caveats }: Pick<Completion, 'summary' | 'caveats'>): string {
  const said = caveats === '' ? summary : `${summary}\n\nCaveats: ${caveats}`;
  return quote(cut(said, MAX_SAID_CHARACTERS));
}

const MAX_ENTRIES = 30;
const MAX_NAMES = 20;
const MAX_WORDS_CHARACTERS = 1_500;

/** The figures, and what asks for a closer look. */
function measuredText(evidence: Evidence): string {
  const entries = partsOf(evidence)
    .filter(({ tone }) => tone === 'bad' || tone === 'care')
    .flatMap(({ title, entries }) => entries.map((entry) => entryText(title, entry)));
  return [`${summarizeEvidence(figuresOf(evidence))}.`, ...entries.slice(0, MAX_ENTRIES)].join('\n\n');
}

function entryText(title: string, { text, names = [], words = '', finding = '' }: EvidenceEntry): string {
  const named = names.length === 0 ? '' : `: ${names.slice(0, MAX_NAMES).map(asCode).join(', ')}`;
  // A program says last what went wrong, a model first.
  const said = finding === '' ? words.slice(-MAX_WORDS_CHARACTERS) : cut(finding, MAX_WORDS_CHARACTERS);
  const line = `- ${title}: ${text}${named}`;
  return said.trim() === '' ? line : `${line}\n\n${quote(said)}`;
}

/** As much of the patch as is told, up to the end of a line. */
function changesText(patch: string, evidence: Evidence | undefined): string {
  const clean = withoutHidden(patch);
  const told = cut(clean, MAX_CHANGES_CHARACTERS);
  if (told === clean && evidence?.diff?.truncated !== true) return quoteExactly(clean);
  const whole = told === clean ? told : told.slice(0, told.lastIndexOf('\n') + 1);
  return `${quoteExactly(whole)}\n\nThis is not all of it: look at the folder for the rest.`;
}
