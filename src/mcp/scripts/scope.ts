import type { ScriptAsker } from '../../bridge/script-runs.ts';
import type { ScriptJobs } from './jobs.ts';

/** What the tools of scripts stand on. */
export interface ScriptScope {
  /** The run of the supervisor that this server belongs to; undefined: a session of a person. */
  readonly asker: ScriptAsker | undefined;
  readonly jobs: ScriptJobs;
}
