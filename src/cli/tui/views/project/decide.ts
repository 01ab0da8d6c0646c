/** Deciding on a round: it sends the round and the tree that are shown, so that nothing else can be meant. */
import { plural } from '../../../../page/figures.ts';
import { approvalOf, boundTo, isPassed } from '../../../../page/review/verdict.ts';
import type { WireShownEvidence } from '../../../../wire/schemas/evidence.ts';
import type { WireDecided, WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import type { WireRound } from '../../../../wire/schemas/round.ts';
import { clip } from '../../../terminal/text.ts';
import type { ConfirmDialog, Keys, Tui } from '../../context.ts';
import type { Action } from '../../live/use-action.ts';
import { askRejection, reasonDraft } from './reject.ts';
import type { ShownEvidence } from './review-items.ts';

/** `a` and `r`; each says why where nothing can be decided. */
export function decisionKeys(
  answer: WireProjectAnswer,
  shown: WireRound | undefined,
  evidence: ShownEvidence,
  tui: Tui,
  action: Action,
): Keys {
  const refusal = whyNot(answer, shown, evidence);
  if (refusal !== undefined || !shown) {
    const words = shown && tui.drafts.get(reasonDraft(answer.project.id, shown.round));
    const tell = (more = '') => tui.say(`${refusal ?? 'Nothing was submitted yet.'}${more}`, true);
    return {
      a: () => tell(),
      r: () => tell(words ? ` You were writing, and it was not sent: “${words}”` : ''),
    };
  }
  const { project } = answer;
  const measured = evidence.value ?? null;
  const bound = boundTo(shown.round, measured);
  const { doubts } = approvalOf(measured);
  const about: ConfirmDialog['about'] = [
    { text: `${clip(project.title, 120)}: ${roundText(shown, measured)}`, isDoubt: false },
    ...doubts.map((text) => ({ text, isDoubt: true })),
  ];
  const approve = () =>
    action.run<WireDecided>(
      `POST /projects/${project.id}/approve`,
      bound,
      `Round ${shown.round} is approved.`,
    );
  return {
    a: () =>
      tui.ask({
        kind: 'confirm',
        about,
        question: `${shown.outline ? 'Approve this outline' : 'Approve'}${doubts.length > 0 ? ' all the same' : ''}?`,
        onYes: () => void approve(),
      }),
    r: () => askRejection({ answer, bound, what: about[0]?.text ?? '' }, tui, action),
  };
}

function whyNot(
  { project }: WireProjectAnswer,
  shown: WireRound | undefined,
  { value, problem }: ShownEvidence,
): string | undefined {
  if (!shown) return 'Nothing was submitted yet.';
  if (shown.decision !== null) return `Round ${shown.round} was already decided.`;
  if (project.round !== shown.round)
    return `Round ${shown.round} has passed: this is round ${project.round} now.`;
  if (project.status !== 'awaiting_approval') return 'It does not wait for a decision.';
  // What could not be read now is not what was never measured.
  if (!value && problem?.code !== 'not-measured')
    return 'What was measured could not be read yet: decide when it is shown.';
  return undefined;
}

/** `round 2 (9f3c1e0a): 5 of 6 checks passed, 7 files +212 −40`. */
function roundText({ round }: WireRound, evidence: WireShownEvidence | null): string {
  if (!evidence?.measured) return `round ${round}: not measured`;
  const { checks, diff } = evidence;
  const tree = boundTo(round, evidence).tree;
  const passed = checks.filter(isPassed).length;
  const told = [
    checks.length === 0 ? 'no checks' : `${passed} of ${plural(checks.length, 'check')} passed`,
    ...(diff ? [`${plural(diff.files, 'file')} +${diff.insertions} −${diff.deletions}`] : []),
  ];
  return `round ${round}${tree === undefined ? '' : ` (${tree.slice(0, 8)})`}: ${told.join(', ')}`;
}
