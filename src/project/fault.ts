/**
 * Whose fault the end of a run is: the one rule that decides what stops. What the service, the machine, the login or the
 * configuration did stops everybody, who then wait for one probe and burn no try; what one project or its workspace did
 * stops that one alone. Pure.
 */
import type { OutcomeKind } from './run.ts';

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
  /**
   * The model has answered a run in another workspace after this project's last run that failed like this, and has not
   * failed others since this one began. Of a model that is not known, only its own answers count.
   */
  readonly othersAnswered: boolean;
  /** So many different projects, this one included, ended alike before their first answer, with no answer to anybody between. */
  readonly projectsAlike: number;
  /** It is the plan, or the session as it began, that asks for what was refused, and not what all share. */
  readonly ownModel: boolean;
}

/** From this many projects on that end alike before their first answer, the cause is not theirs. */
export const ALIKE_ENOUGH = 3;

/**
 * How a kind of outcome is judged.
 *
 * `nobody`    no fault at all
 * `project`   always the project's
 * `everybody` always everybody's
 * `outside`   everybody's, unless others are answered meanwhile and this run never was
 * `model`     as `outside`, but the project's where the model is its own
 * `unclear`   the project's, unless several projects end alike before their first answer
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
  session_missing: 'project',
  prompt_too_long: 'project',
  workspace_missing: 'project',
  claude_too_old: 'project',
  tool_denied: 'project',
  wrong_folder: 'project',
  timed_out: 'project',
  output_too_large: 'project',
  max_turns: 'project',
  budget_spent: 'project',
  refused: 'project',
};

/** Whose fault it is that a run ended like this. */
export function faultOf(kind: OutcomeKind, evidence: Evidence): Fault {
  const { answered, othersAnswered, projectsAlike, ownModel } = evidence;
  const judgement = JUDGEMENTS[kind];
  switch (judgement) {
    case 'model':
      return ownModel || (othersAnswered && !answered) ? 'project' : 'everybody';
    case 'outside':
      return othersAnswered && !answered ? 'project' : 'everybody';
    case 'unclear':
      return !answered && projectsAlike >= ALIKE_ENOUGH ? 'everybody' : 'project';
    default:
      return judgement;
  }
}
