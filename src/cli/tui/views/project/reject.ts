/** Sending work back: what should change, what Claude may do from now on, and in which session it goes on. */
import { MAX_ALLOWED_RULES } from '../../../../project/allowed-rules.ts';
import { isPermissionRule, RULE_FORM } from '../../../../project/permission-rule.ts';
import { chooseRevision, REVISE_IN, type ReviseIn, type RevisionCost } from '../../../../project/revision.ts';
import { describeChoice } from '../../../../project/revision-text.ts';
import type { WireDecided, WireProjectAnswer } from '../../../../wire/schemas/http.ts';
import { clip } from '../../../terminal/text.ts';
import type { ConfirmDialog, Tui } from '../../context.ts';
import type { Action } from '../../live/use-action.ts';

interface Rejected {
  readonly answer: Pick<WireProjectAnswer, 'project' | 'revision'>;
  readonly bound: { readonly round: number; readonly tree?: string };
  /** The project and what was measured of its round, in a line. */
  readonly what: string;
}

/** The name of the reason that is being written. */
export function reasonDraft(id: string, round: number): string {
  return `${id}/r${round}/reject`;
}

/** Asks for the reason, then shows all that would be sent. What was written is kept until it was sent. */
export function askRejection({ answer, bound, what }: Rejected, tui: Tui, action: Action): void {
  const { project, revision } = answer;
  const { round } = bound;
  const { drafts } = tui;
  const reasonName = reasonDraft(project.id, round);
  const rulesName = `${project.id}/r${round}/rules`;
  const sessionName = `${project.id}/r${round}/session`;
  const askReason = () =>
    tui.ask({
      kind: 'write',
      title: `Reject round ${round}`,
      label: 'What should change? Claude is told this word for word.',
      draft: reasonName,
      onSend: confirm,
    });
  const askRules = () =>
    tui.ask({
      kind: 'write',
      title: 'What Claude may do from now on, in this project alone',
      label:
        'One rule a line, such as Bash(npm test *). What the policy denies stays denied. Nothing: no rule.',
      draft: rulesName,
      mayBeEmpty: true,
      onSend(text) {
        const problem = problemIn(rulesIn(text));
        if (problem === undefined) return confirm();
        askRules();
        tui.say(problem, true);
      },
    });
  const confirm = () => {
    const reason = drafts.get(reasonName) ?? '';
    const allow = rulesIn(drafts.get(rulesName) ?? '');
    const reviseIn = REVISE_IN.find((one) => one === drafts.get(sessionName));
    const about: ConfirmDialog['about'] = [
      what,
      `“${clip(reason, 400)}”`,
      sessionText(revision, reviseIn),
    ].map((text) => ({ text, isDoubt: false }));
    const allowed = allow.map((rule) => ({ text: `It may use ${rule} from now on.`, isDoubt: true }));
    tui.ask({
      kind: 'confirm',
      about: [...about, ...allowed],
      question: `Reject round ${round} with these words?`,
      more: [
        {
          key: 'o',
          does: 'another session',
          act() {
            drafts.set(sessionName, nextSession(reviseIn) ?? '');
            confirm();
          },
        },
        { key: 'w', does: 'allow something', act: askRules },
        { key: 'r', does: 'write on', act: askReason },
      ],
      onYes: () => void send({ reason, allow, reviseIn }),
    });
  };
  const send = async ({ reason, allow, reviseIn }: Given) => {
    const answered = await action.run<WireDecided>(
      `POST /projects/${project.id}/reject`,
      {
        ...bound,
        reason,
        ...(allow.length > 0 && { allow }),
        ...(reviseIn !== undefined && { revise_in: reviseIn }),
      },
      `Round ${round} is rejected.`,
    );
    if (answered?.ok) for (const name of [reasonName, rulesName, sessionName]) drafts.delete(name);
  };
  askReason();
}

interface Given {
  readonly reason: string;
  readonly allow: readonly string[];
  readonly reviseIn: ReviseIn | undefined;
}

function rulesIn(text: string): string[] {
  return text
    .split('\n')
    .map((rule) => rule.trim())
    .filter(Boolean);
}

function problemIn(rules: readonly string[]): string | undefined {
  const wrong = rules.find((rule) => !isPermissionRule(rule));
  if (wrong !== undefined) return `“${clip(wrong, 60)}” is no rule: it must be ${RULE_FORM}.`;
  return rules.length > MAX_ALLOWED_RULES ? `At most ${MAX_ALLOWED_RULES} rules may be given.` : undefined;
}

/** As configured comes after the last. */
function nextSession(present: ReviseIn | undefined): ReviseIn | undefined {
  return present === undefined ? REVISE_IN[0] : REVISE_IN[REVISE_IN.indexOf(present) + 1];
}

const UNKNOWN: RevisionCost = { session: null, fresh: null };

/** In which session it goes on, and what either costs to begin with where that is known. */
function sessionText(revision: WireProjectAnswer['revision'], asked: ReviseIn | undefined): string {
  if (asked === undefined && revision === null)
    return 'It goes on in the session that the configuration says.';
  const cost = revision === null ? UNKNOWN : costOf(revision);
  const choice =
    asked === undefined && revision !== null
      ? { ...revision, cost }
      : chooseRevision({ asked: asked ?? 'session', by: 'decision' }, cost);
  return `It goes on ${describeChoice(choice)}.`;
}

function costOf({ cost: { session, fresh } }: NonNullable<WireProjectAnswer['revision']>): RevisionCost {
  if (session === null) return { session, fresh };
  const { cached_until: cachedUntil, ...reading } = session;
  return { session: { ...reading, cachedUntil }, fresh };
}
