import * as z from 'zod';
import type { MeasuredRound } from '../../bridge/measured-round.ts';
import { withoutHidden } from '../../characters.ts';
import { isOutline } from '../../project/outline.ts';
import { quoteExactly } from '../../project/quotation.ts';
import type { RecordedEvidence } from '../../project/review.ts';
import { type Result, refuse } from '../../result.ts';
import { type Answer, answer, type Call, defineTool, type Facts } from '../define-tool.ts';
import { cut, ROOM_BYTES } from '../fit.ts';
import { projectId } from '../input.ts';
import { choiceFacts } from '../texts/choices.ts';
import { evidenceFacts, measuredLines } from '../texts/evidence.ts';
import { projectFacts, projectLine } from '../texts/project.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';
import { completionFacts, completionLines } from '../texts/review.ts';

const PARTS = ['summary', 'diff', 'checks'] as const;

export const evidenceTool = defineTool({
  name: 'bridge_get_evidence',
  title: 'Show what was measured',
  description:
    'Shows what was measured of a round: how the checks ended, warnings, what changed, what it cost, what an approval would do and a rejection would cost (summary); the changes themselves (diff); or what the checks printed (checks).',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    project_id: projectId,
    round: z.int().min(1).max(1_000_000).optional().describe('Default: the newest.'),
    part: z.enum(PARTS).optional().describe('Default: summary.'),
    path: z
      .string()
      .max(10_000)
      .optional()
      .describe('Of the diff: this file alone. Of the checks: the one of this name, whole.'),
    offset: z.int().min(0).max(100_000_000).optional().describe("'next_offset' of the answer before."),
  }),
  async run({ project_id, round, part = 'summary', path, offset = 0 }, call) {
    const found = await call.verbs.measuredRound(project_id, round);
    if (!found.ok) return found;
    if (part === 'summary') return summary(found.value, call);
    const { measured } = found.value;
    if (!measured) return refuse(`round ${found.value.round} was not measured.`);
    const text = await (part === 'diff'
      ? call.verbs.readPatch(measured, path)
      : checksText(measured, path, call));
    return text.ok ? page(found.value, part, text.value, offset) : text;
  },
});

const EVIDENCE_BYTES = 8_000;
const COMPLETION_BYTES = 4_000;

function summary(shown: MeasuredRound, call: Call): Answer {
  call.shown.noteRound(shown);
  const { project, measured, completion } = shown;
  return answer(
    [
      projectLine(project),
      QUOTED_NOTE,
      ...measuredLines(shown, EVIDENCE_BYTES),
      ...(completion
        ? ['', ...completionLines(completion, COMPLETION_BYTES, isOutline(project, completion.round))]
        : []),
    ],
    {
      ...projectFacts(project),
      part: 'summary',
      ...(measured ? { evidence: evidenceFacts(measured, EVIDENCE_BYTES) } : {}),
      ...choiceFacts(shown),
      ...(completion ? { completion: completionFacts(completion, COMPLETION_BYTES) } : {}),
      note: QUOTED_NOTE,
      next: measured
        ? 'For the changes themselves, call again with part diff; for what the checks printed, with part checks.'
        : 'Nothing was measured of this round: look at the work in the workspace.',
    },
  );
}

/** What the checks printed last, or all that one of them did. */
async function checksText(
  measured: RecordedEvidence,
  name: string | undefined,
  { verbs }: Call,
): Promise<Result<string>> {
  const outputs = await verbs.readCheckOutputs(measured, name);
  if (!outputs.ok) return outputs;
  const texts = outputs.value.map((output) => `${output.name}:\n${output.text ?? '(no longer kept)'}`);
  return { ok: true, value: texts.join('\n') };
}

/** A part of a long text, up to the end of a line where there is one. */
function page(
  { project, round }: MeasuredRound,
  part: (typeof PARTS)[number],
  whole: string,
  offset: number,
): Answer {
  const text = withoutHidden(whole);
  const { text: fits, left } = cut(text.slice(offset), ROOM_BYTES);
  const lines = left > 0 ? fits.lastIndexOf('\n') + 1 : 0;
  const shown = lines > 0 ? fits.slice(0, lines) : fits;
  const end = offset + shown.length;
  const isEnd = end >= text.length;
  const rest: Facts = isEnd ? {} : { next_offset: end };
  return answer(
    [
      projectLine(project),
      `${part === 'diff' ? 'Changes' : 'Output of the checks'} of round ${round}, characters ${offset} to ${end} of ${text.length}. ${QUOTED_NOTE}`,
      quoteExactly(shown),
    ],
    {
      ...projectFacts(project),
      part,
      text: shown,
      ...rest,
      note: QUOTED_NOTE,
      next: isEnd
        ? 'This is the end of it.'
        : `There is more: call again with part ${part} and offset ${end}.`,
    },
  );
}
