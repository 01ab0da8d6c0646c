/**
 * Whose fault the end of a run is: the one rule that decides what stops. What the service, the machine, the login or the
 * configuration did stops everybody, who then wait for one probe and burn no try; what one project or its workspace did
 * stops that one alone. Pure.
 */
import type { OutcomeKind } from './outcome.ts';

export type Fault =
  /** Nobody's: the run did its part, or a person or the supervisor ended it. */
  | 'nobody'
  /** The project's or its workspace's: the others go on. */
  | 'project'
  /** Everybody would meet it. */
  | 'everybody';

/** What is known besides the outcome. */
export interface Evidence {
  /** The model has answered this run at least once: Claude, the login, the service and the model were well. */
  readonly answered: boolean;
  /** So many runs of this project in a row, this one included, were answered, soon failed like this, and did no more. */
  readonly answeredInVain: number;
  /**
   * The last run in this workspace failed like this one, and since then the model has answered in another workspace, and
   * has not failed others since this one began. Of what hangs on the model, only its own answers count.
   */
  readonly othersAnswered: boolean;
  /** So many different projects, this one included, ended alike before their first answer, with no answer to anybody between. */
  readonly projectsAlike: number;
  /** The same, however they ended. */
  readonly projectsFailing: number;
  /** It is the plan, or the session as it began, that asks for what was refused, and not what all share. */
  readonly ownModel: boolean;
}

/** From this many projects on that end alike before their first answer, the cause is not theirs. */
export const MIN_PROJECTS_ALIKE = 3;
/** From this many on it is not theirs however they end: one cause may show in many ways. */
export const MIN_PROJECTS_FAILING = 5;
/** From this many runs on that were answered in vain, while others are answered, the cause is the project's. */
export const MIN_RUNS_IN_VAIN = 3;

/**
 * How a kind of outcome is judged.
 *
 * `nobody`    no fault at all
 * `project`   always the project's
 * `everybody` always everybody's
 * `outside`   everybody's, unless others are answered meanwhile, and this run never was or again in vain
 * `model`     as `outside`, but the project's where the model is its own
 * `unclear`   the project's, unless several projects end before their first answer while nobody else is answered
 */
type Judgement = 'nobody' | 'project' | 'everybody' | 'outside' | 'model' | 'unclear';

export const JUDGEMENTS: Record<OutcomeKind, Judgement> = {
  submitted: 'nobody',
  cancelled: 'nobody',
  interrupted: 'nobody',
  lost: 'project',
  // The account's, and it says itself until when.
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
  // A drive with all workspaces, the version of Claude or the person's own settings may be behind these.
  workspace_missing: 'unclear',
  wrong_folder: 'unclear',
  tool_denied: 'unclear',
  claude_too_old: 'unclear',
  session_missing: 'project',
  prompt_too_long: 'project',
  timed_out: 'project',
  output_too_large: 'project',
  max_turns: 'project',
  budget_spent: 'project',
  refused: 'project',
};

/** Whose fault it is that a run ended like this. */
export function faultOf(kind: OutcomeKind, evidence: Evidence): Fault {
  const judgement = JUDGEMENTS[kind];
  switch (judgement) {
    case 'model':
      return evidence.ownModel || onlyHere(evidence) ? 'project' : 'everybody';
    case 'outside':
      return onlyHere(evidence) ? 'project' : 'everybody';
    case 'unclear':
      return everywhere(evidence) ? 'everybody' : 'project';
    default:
      return judgement;
  }
}

function onlyHere({ answered, answeredInVain, othersAnswered }: Evidence): boolean {
  return othersAnswered && (!answered || answeredInVain >= MIN_RUNS_IN_VAIN);
}

function everywhere({ answered, othersAnswered, projectsAlike, projectsFailing }: Evidence): boolean {
  const enough = projectsAlike >= MIN_PROJECTS_ALIKE || projectsFailing >= MIN_PROJECTS_FAILING;
  return enough && !answered && !othersAnswered;
}

/** Whether such an end may be the doing of what all share. */
export function mayBeShared(kind: OutcomeKind): boolean {
  return !['nobody', 'project'].includes(JUDGEMENTS[kind]);
}

/** Whether the cause of such an end is most likely outside, also when the run had been answered before. */
export function isFromOutside(kind: OutcomeKind): boolean {
  return ['everybody', 'outside', 'model'].includes(JUDGEMENTS[kind]);
}
