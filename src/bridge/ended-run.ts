/** How a run ended, and what follows. */
import type { Hold } from '../project/hold.ts';
import type { Outcome } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import type { LiveState, Run, RunCost } from '../project/run.ts';

export interface Ending {
  readonly cost: RunCost;
  readonly live: LiveState;
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
}

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
