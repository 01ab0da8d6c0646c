/**
 * Decides whose fault the end of a run is. A fault of the service, the machine, the login or the configuration holds
 * every project until a probe succeeds, and costs none a try. A fault of one project or its workspace stops that project
 * alone.
 */
import type { OutcomeKind } from './outcome.ts';

export type Fault =
  /** The run did its part, or a person or the supervisor ended it. */
  | 'nobody'
  /** The project or its workspace is to blame: other projects go on. */
  | 'project'
  /** Every project would meet it. */
  | 'everybody';

/** What is observed besides the outcome. */
export interface Symptoms {
  /** The model has answered this run: Claude, the login, the service and the model worked. */
  readonly answered: boolean;
  /** How many runs of this project in a row, this one included, were answered and soon failed like this one. */
  readonly answeredInVain: number;
  /**
   * The last run in this workspace failed like this one. Since then the model has answered in another workspace, and no
   * other run has failed like this one since it began. Where the model matters, only answers of the same model count.
   */
  readonly othersAnswered: boolean;
  /**
   * How many projects, this one included, failed alike before their first answer, since the model last answered any run.
   */
  readonly projectsAlike: number;
  /** The same for failures of any kind. */
  readonly projectsFailing: number;
  /** The plan or the session asks for the refused model; the configuration does not. */
  readonly ownModel: boolean;
}

/** From this many projects on that fail alike, the cause is not theirs. */
export const MIN_PROJECTS_ALIKE = 3;
/** From this many failing projects on, the cause is not theirs, alike or not: one cause may show in several ways. */
export const MIN_PROJECTS_FAILING = 5;
/** From this many runs on that were answered in vain, the cause is the project's. */
export const MIN_RUNS_IN_VAIN = 3;

/**
 * How a kind of outcome is judged.
 *
 * `nobody`    never a fault
 * `project`   always the project's
 * `everybody` always everybody's
 * `outside`   everybody's; the project's when others are answered and this run was not, or in vain too often
 * `model`     as `outside`; the project's when the model is its own
 * `unclear`   the project's; everybody's when several projects fail before their first answer and nobody is answered
 */
type Judgement = 'nobody' | 'project' | 'everybody' | 'outside' | 'model' | 'unclear';

export const JUDGEMENTS: Record<OutcomeKind, Judgement> = {
  submitted: 'nobody',
  deferred: 'nobody',
  deferral_lost: 'nobody',
  reviewed: 'nobody',
  no_review: 'nobody',
  tool_unexpected: 'nobody',
  cancelled: 'nobody',
  interrupted: 'nobody',
  lost: 'project',
  // The account's limit. The service says when it ends.
  usage_limit: 'everybody',
  claude_missing: 'everybody',
  machine_exhausted: 'everybody',
  throttled: 'outside',
  api_error: 'outside',
  not_logged_in: 'outside',
  billing: 'outside',
  tools_missing: 'outside',
  model_unknown: 'model',
  never_spawned: 'unclear',
  no_init: 'unclear',
  stalled: 'unclear',
  crashed: 'unclear',
  output_truncated: 'unclear',
  no_completion: 'unclear',
  request_refused: 'unclear',
  // The cause may be a drive with all workspaces, the version of Claude or the person's settings.
  workspace_missing: 'unclear',
  wrong_folder: 'unclear',
  tool_denied: 'unclear',
  claude_too_old: 'unclear',
  worktree_refused: 'project',
  prepare_failed: 'project',
  session_missing: 'project',
  prompt_too_long: 'project',
  timed_out: 'project',
  output_too_large: 'project',
  max_turns: 'project',
  budget_spent: 'project',
  refused: 'project',
};

/** Whose fault it is that a run ended with `kind`. */
export function faultOf(kind: OutcomeKind, symptoms: Symptoms): Fault {
  const judgement = JUDGEMENTS[kind];
  switch (judgement) {
    case 'model':
      return symptoms.ownModel || onlyHere(symptoms) ? 'project' : 'everybody';
    case 'outside':
      return onlyHere(symptoms) ? 'project' : 'everybody';
    case 'unclear':
      return everywhere(symptoms) ? 'everybody' : 'project';
    default:
      return judgement;
  }
}

function onlyHere({ answered, answeredInVain, othersAnswered }: Symptoms): boolean {
  return othersAnswered && (!answered || answeredInVain >= MIN_RUNS_IN_VAIN);
}

function everywhere({ answered, othersAnswered, projectsAlike, projectsFailing }: Symptoms): boolean {
  const enough = projectsAlike >= MIN_PROJECTS_ALIKE || projectsFailing >= MIN_PROJECTS_FAILING;
  return enough && !answered && !othersAnswered;
}

/** Whether an end of this kind can be everybody's fault. */
export function mayBeShared(kind: OutcomeKind): boolean {
  return !['nobody', 'project'].includes(JUDGEMENTS[kind]);
}

/** Whether the cause lies most likely outside the project, even after the model has answered the run. */
export function isFromOutside(kind: OutcomeKind): boolean {
  return ['everybody', 'outside', 'model'].includes(JUDGEMENTS[kind]);
}
