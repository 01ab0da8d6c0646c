/**
 * Ids as types: one cannot stand where another is meant. An id is made at an edge only: read from a row, newly drawn, or
 * checked after a person or a model named it.
 */
import { cleanLine } from './text.ts';

declare const project: unique symbol;
declare const run: unique symbol;
declare const schedule: unique symbol;
declare const request: unique symbol;
declare const lease: unique symbol;
declare const machine: unique symbol;

export type ProjectId = string & { readonly [project]: true };
export type ScheduleId = string & { readonly [schedule]: true };
export type RunId = string & { readonly [run]: true };
/** Names what Claude Code has asked a person. */
export type RequestId = string & { readonly [request]: true };
/** Names one holding of the supervisor's lease. */
export type LeaseToken = string & { readonly [lease]: true };

/** Names a machine whose supervisor works from the store. */
export type MachineId = string & { readonly [machine]: true };

/** The machine of a store that one machine alone can open. */
export const LOCAL_MACHINE = 'local' as MachineId;

/** The account that pays for runs with the login of their machine. */
export const OWN_ACCOUNT = '';

/** Project ids are 12 lower-case hex digits. Anything else cannot name a project, nor a file. */
export function isProjectId(text: string): text is ProjectId {
  return /^[0-9a-f]{12}$/.test(text);
}

/** The refusal of an id that names no project. */
export function unknownProject(text: string): string {
  return `project not found: ${cleanLine(text.slice(0, 100))}`;
}

/** An id of ours as our own program wrote it down: in an environment, in the name of a file. */
export function asProjectId(text: string): ProjectId {
  return text as ProjectId;
}

/** Request ids look like project ids. */
export function isRequestId(text: string): text is RequestId {
  return /^[0-9a-f]{12}$/.test(text);
}

/** @param text Random, and never used before. */
export function asRequestId(text: string): RequestId {
  return text as RequestId;
}

/** Schedule ids look like project ids. */
export function isScheduleId(text: string): text is ScheduleId {
  return /^[0-9a-f]{12}$/.test(text);
}

/** @param text Random, and never used before. */
export function asScheduleId(text: string): ScheduleId {
  return text as ScheduleId;
}

/** An id of ours as our own program wrote it down: in an environment, in the name of a file. */
export function asRunId(text: string): RunId {
  return text as RunId;
}

/** @param text Random, and never used before. */
export function asLeaseToken(text: string): LeaseToken {
  return text as LeaseToken;
}
