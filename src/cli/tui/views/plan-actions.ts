/** Plans that a person writes in the terminal: a new one, or another for a project or a schedule. */
import type { WireCheckedPlan } from '../../../wire/schemas/plan-rules.ts';
import type { WireAmendedPlan, WireSentPlan } from '../../../wire/schemas/project-details.ts';
import type { WireSentSchedule } from '../../../wire/schemas/schedule.ts';
import { clip } from '../../terminal/text.ts';
import { type ConfirmDialog, may, type Tui } from '../context.ts';
import type { Action } from '../live/use-action.ts';

/** Asks for the plan, lets the server look at it, and says what would become of it before it is sent. */
export function sendPlan(tui: Tui, action: Action): void {
  if (!mayPlan(tui)) return;
  const { drafts } = tui;
  const [planName, workspaceName] = ['plan/new', 'plan/workspace'];
  const target = () => {
    const workspace = (drafts.get(workspaceName) ?? '').trim();
    return workspace === '' ? {} : { workspace };
  };
  const askPlan = () =>
    tui.ask({
      kind: 'write',
      title: 'Send a plan',
      label: 'In Markdown. Settings may stand above it, between two lines of three dashes.',
      draft: planName,
      isLong: true,
      onSend: (markdown) => void confirm(markdown),
    });
  const askWorkspace = (markdown: string) =>
    tui.ask({
      kind: 'write',
      title: 'Where Claude works',
      label: 'A workspace of the configuration, or a folder. Nothing: as the plan says.',
      draft: workspaceName,
      isOneLine: true,
      mayBeEmpty: true,
      onSend: () => void confirm(markdown),
    });
  const confirm = async (markdown: string) => {
    const about = await looked(markdown, target(), tui, askPlan);
    if (!about) return;
    const { workspace } = target();
    tui.ask({
      kind: 'confirm',
      about: [
        ...about,
        {
          text:
            workspace === undefined
              ? 'It works where the plan says.'
              : `It works in ${clip(workspace, 200)}.`,
          isDoubt: false,
        },
      ],
      question: 'Send this plan?',
      more: [
        { key: 'w', does: 'another workspace', act: () => askWorkspace(markdown) },
        { key: 'r', does: 'write on', act: askPlan },
      ],
      onYes: () => void send(markdown),
    });
  };
  const send = async (markdown: string) => {
    const body = { ...target(), markdown };
    const turn = tui.turn();
    const sent = await action.run<WireSentPlan | WireSentSchedule>('POST /projects', body, 'Sent.');
    if (!sent?.ok) return;
    for (const name of [planName, workspaceName]) drafts.delete(name);
    if (tui.turn() === turn)
      tui.goTo('schedule' in sent.value ? { view: 'queue' } : { view: 'project', id: sent.value.project.id });
  };
  askPlan();
}

interface Amended {
  /** Of the project or the schedule, in the API. */
  readonly path: string;
  /** Which one it is, for whoever checks the plan. */
  readonly target: Readonly<Record<string, string>>;
  readonly markdown: string;
  /** What becomes of it. */
  readonly label: string;
}

/** Asks for another plan, beginning with the present one. */
export function amendPlan({ path, target, markdown, label }: Amended, tui: Tui, action: Action): void {
  if (!mayPlan(tui)) return;
  const draft = `${path}/plan`;
  const askPlan = () =>
    tui.ask({
      kind: 'write',
      title: 'Amend the plan',
      label,
      draft,
      present: markdown,
      isLong: true,
      onSend: (text) => void confirm(text),
    });
  const confirm = async (text: string) => {
    const about = await looked(text, target, tui, askPlan);
    if (!about) return;
    tui.ask({
      kind: 'confirm',
      about: [...about, { text: label, isDoubt: false }],
      question: 'Amend the plan?',
      more: [{ key: 'r', does: 'write on', act: askPlan }],
      onYes: () => void send(text),
    });
  };
  const send = async (text: string) => {
    const body = { markdown: text };
    const amended = await action.run<WireAmendedPlan>(`PUT ${path}/plan`, body, 'The plan was amended.');
    if (amended?.ok) tui.drafts.delete(draft);
  };
  askPlan();
}

function mayPlan(tui: Tui): boolean {
  if (may(tui, 'admin')) return true;
  tui.say('To send and amend plans a terminal needs the role admin.', true);
  return false;
}

/**
 * What the server says of a plan; undefined where it would refuse it, which is said, and the person writes on, and where
 * they have gone elsewhere meanwhile: nothing is asked there.
 */
async function looked(
  markdown: string,
  target: Readonly<Record<string, string>>,
  tui: Tui,
  writeOn: () => void,
): Promise<ConfirmDialog['about'] | undefined> {
  const turn = tui.turn();
  const checked = await tui.client.call<WireCheckedPlan>('POST /plans/check', {
    body: { ...target, markdown },
  });
  if (tui.turn() !== turn) {
    tui.say(
      'The plan was not sent, as you went elsewhere while it was checked. It is kept where you wrote it.',
      true,
    );
    return undefined;
  }
  const problems = checked.ok ? checked.value.problems : [checked.problem.detail];
  if (!checked.ok || problems.length > 0) {
    writeOn();
    tui.say(problems.join(' '), true);
    return undefined;
  }
  const { title, not_used: unused } = checked.value;
  return [
    { text: `It would be accepted${title === null ? '' : ` as “${clip(title, 200)}”`}.`, isDoubt: false },
    ...(unused.length > 0
      ? [{ text: `Keys of other tools, which say nothing here: ${unused.join(', ')}`, isDoubt: true }]
      : []),
  ];
}
