/** What was measured of a round, in the order in which a person reads it: facts, then Claude's words, then what follows. */
import type { MeasuredRound } from '../../bridge/measured-round.ts';
import { type EvidenceEntry, type EvidencePart, partsOf } from '../../project/evidence-parts.ts';
import { describeLandingPlan } from '../../project/landing-plan.ts';
import { TONE_FORMATS } from '../views/evidence-text.ts';
import type { Excerpt, ExcerptLine } from './reporter.ts';

/** @param name How a path is shown. */
export function evidenceExcerpt(
  { measured, completion, landing }: MeasuredRound,
  name: (path: string) => string,
): Excerpt {
  const parts = measured ? partsOf(measured.evidence) : [];
  const said = completion?.summary ?? '';
  return {
    kind: 'evidence',
    lines: [
      ...parts.flatMap(partLines),
      { text: 'Claude says', format: 'bold' },
      `  ${said}`,
      ...(landing ? [{ text: describeLandingPlan(landing, name), format: 'cyan' } as const] : []),
    ],
  };
}

function partLines({ title, tone, entries }: EvidencePart): ExcerptLine[] {
  return [{ text: title, format: TONE_FORMATS[tone] }, ...entries.map(entryLine)];
}

function entryLine({ text, names = [] }: EvidenceEntry): string {
  return `  ${text}${names.length === 0 ? '' : `: ${names.join(', ')}`}`;
}
