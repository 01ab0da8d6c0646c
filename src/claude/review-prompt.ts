/** Builds the prompt of a reviewer. Its text is in `prompts/`. */
import { withoutHidden } from '../characters.ts';
import type { Change, Evidence } from '../project/evidence.ts';
import { planBody } from '../project/plan.ts';
import { asCode, inQuotes, quote, quoteExactly } from '../project/quotation.ts';
import { fillTemplate } from '../template.ts';

/** A longer patch is read from its file, in parts. */
export const MAX_PATCH_BYTES_IN_PROMPT = 100_000;
const MAX_NAMES = 500;

export interface ReviewPromptFacts {
  readonly title: string;
  /** The plan. */
  readonly markdown: string;
  /** What the reviewer is to look for; null: as prompts/review.md says. */
  readonly instructions: string | null;
  /** Why the round before was rejected; null in the first round. */
  readonly reason: string | null;
  readonly diff: NonNullable<Evidence['diff']>;
  readonly patch:
    | { readonly text: string }
    /** The file that holds it. */
    | { readonly file: string };
}

/** The plan and the changes as quotations, and what is asked. What the owner wrote is no quotation. */
export function reviewPrompt(facts: ReviewPromptFacts): string {
  const { title, markdown, instructions, reason } = facts;
  return fillTemplate('prompts/review-request.md', {
    instructions: instructions ?? fillTemplate('prompts/review.md', {}),
    title: inQuotes(title),
    plan: quote(planBody(markdown)),
    rejection:
      reason === null
        ? ''
        : `The person rejected the round before this one, for this reason:\n\n${quote(reason)}`,
    changes: changesText(facts),
  });
}

function changesText({ diff, patch }: ReviewPromptFacts): string {
  if ('text' in patch) return quoteExactly(withoutHidden(patch.text));
  const names = diff.changes.slice(0, MAX_NAMES).map(changeLine);
  const rest = diff.files - names.length;
  return [
    `They are too long to be shown here. The patch is in ${asCode(patch.file)}: read the parts you need. It changes ${diff.files} files:`,
    '',
    ...names,
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    ...(diff.truncated ? ['', 'The patch itself is cut off: look at the files for the rest.'] : []),
  ].join('\n');
}

function changeLine({ status, path, oldPath, insertions, deletions, binary }: Change): string {
  const name = oldPath === undefined ? asCode(path) : `${asCode(oldPath)} → ${asCode(path)}`;
  return `- ${status} ${name}, ${binary ? 'binary' : `+${insertions} −${deletions}`}`;
}
