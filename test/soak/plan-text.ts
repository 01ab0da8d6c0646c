/** The plan of a project of the soak, with what its person says in the front matter. */
import { roundMark, tagMark } from './model.ts';

/** How long its questions wait before the plan decides; the shortest that a plan may say. */
const ANSWER_AFTER = '1m';

export function planText({
  tag,
  limitUsd,
  answersItself,
}: {
  readonly tag: string;
  readonly limitUsd: number | undefined;
  readonly answersItself: boolean;
}): string {
  const settings = [
    ...(limitUsd === undefined ? [] : [`budget_usd: ${limitUsd}`]),
    ...(answersItself ? [`answer_after: ${ANSWER_AFTER}`] : []),
  ];
  const front = settings.length === 0 ? '' : `---\n${settings.join('\n')}\n---\n`;
  return `${front}# Soak ${tag}\n\nDo the steps of ${tagMark(tag)}.`;
}

/** The plan that replaces it, and opens this round; what its front matter leaves out stays as it was. */
export function amendedText(tag: string, round: number): string {
  return `# Soak ${tag}\n\nDo the steps of ${tagMark(tag)}, now those of ${roundMark(round)}.`;
}
