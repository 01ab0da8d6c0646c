/** How a run ended, and what follows. */
import type { Hold } from '../project/hold.ts';
import type { RequestId } from '../project/ids.ts';
import type { Outcome } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import { EMPTY_LIVE_STATE, type LiveState, type Run, type RunCost } from '../project/run.ts';
import type { SessionContext } from '../project/session-context.ts';

/** What is known of a run's end besides its outcome. */
export interface Ending {
  readonly cost: RunCost;
  readonly live: LiveState;
  /** How large its conversation is; null when it was never answered, or nobody knows. */
  readonly context: SessionContext | null;
  /** In [0, 1): spreads the back-off. */
  readonly random: number;
  /** What the workspace looks like now; null when nobody looked. */
  readonly fingerprint: string | null;
  /** `HH:MM` local time before which no usage limit ends, if the owner wants that. */
  readonly resumeNotBefore: string | null;
  /** The model that the configuration names. */
  readonly configuredModel: string | null;
  /** What the run had taken in as it was killed, and perhaps not kept: `all`, or these messages. None unless given. */
  readonly unkept?: 'all' | readonly string[];
  /** Requests whose calls it was let make, and of which it showed no result. None unless given. */
  readonly cutOff?: readonly RequestId[];
}

/**
 * How a run ended of which no more is known than `known`: it cost nothing, did nothing, and nobody looked at its
 * workspace. The only place where the facts that are not known have a value.
 *
 * @param random In [0, 1): spreads the back-off.
 */
export function createEnding(random: number, known: Partial<Omit<Ending, 'random'>> = {}): Ending {
  return {
    cost: { usd: 0, basis: 'reported' },
    live: EMPTY_LIVE_STATE,
    context: null,
    fingerprint: null,
    resumeNotBefore: null,
    configuredModel: null,
    ...known,
    random,
  };
}

/** What followed from the end of a run: for its project, for the queue, and for other projects. */
export interface EndedRun {
  readonly outcome: Outcome;
  /** What the project waits for now. */
  readonly project: Project;
  readonly hold: Hold | undefined;
  /** Other projects that needed a person for what turned out not to be theirs, as they are now. */
  readonly takenBack?: readonly Project[];
}

export interface EndedRunInput {
  readonly run: Run;
  readonly project: Project;
  readonly outcome: Outcome;
  readonly ending: Ending;
}
