/**
 * The operating system's own supervisor, which starts ours at boot or login and again when it dies: systemd, launchd or
 * Task Scheduler. One interface for the three. Its promise: what it writes it says beforehand (`files`), what it did
 * not write it leaves alone, and a failure is a `ServiceError` that says what to do.
 */

import type { Clock } from '../../clock.ts';
import { ExpectedError } from '../../expected-error.ts';
import type { RunProgram } from '../program.ts';

type ServiceKind = 'systemd' | 'launchd' | 'task-scheduler';

/** `system`: a unit of the machine, started at boot without anybody logging in; systemd only. */
export type ServiceScope = 'user' | 'system';

/** What is to run, and how. All paths are absolute. */
export interface ServiceDefinition {
  /** Of the program that is installed. */
  readonly version: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly stateDir: string;
  /** Folders beside the state folder that runs write to: workspaces, the home of the user. */
  readonly writable: readonly string[];
  /** How long an orderly stop may take, in milliseconds; the manager waits longer before it kills. */
  readonly stopMs: number;
  /** With the hardened drop-in (systemd system units only). */
  readonly hardened: boolean;
}

export interface ServiceFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

export interface InstalledService {
  readonly version: string;
  readonly stateDir: string;
  /** With the hardened drop-in. */
  readonly hardened: boolean;
  /** The files of ours that are there, as they are there. */
  readonly files: readonly ServiceFile[];
}

export type ServiceState =
  | 'stopped'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'waiting' // it ended and will be started again after a pause
  | 'failed' // it ended, and the manager does not start it again: a wrong configuration (78) or another end for good
  | 'gave-up'; // it ended too often: the start limit is reached

export interface ServiceStatus {
  readonly state: ServiceState;
  readonly pid: number | null;
  /** When the manager starts it without being asked; null: only when asked. */
  readonly startsAt: 'boot' | 'login' | null;
  /** Why it is not well; null when it is, or nothing is known. Its words are in control/service-advice.ts. */
  readonly cause: ServiceCause | null;
}

export type ServiceCause =
  /** It ended, for example by `exit code 1` or `SIGKILL`. `starts`: how often it was started so far, where that is known. */
  | { readonly kind: 'exited'; readonly end: string; readonly starts?: number }
  /** It ended with exit code 78: a restart will not help. */
  | { readonly kind: 'permanent-failure' }
  /** It ended too often for the manager to start it again. */
  | { readonly kind: 'start-limit'; readonly end: string }
  /** It ended too often, or for good, by its own count (`run --give-up`). `why` is a clause or a sentence. */
  | { readonly kind: 'gave-up'; readonly at: string; readonly why: string }
  /** The manager could not start the program: a file is gone or not allowed. */
  | { readonly kind: 'not-startable' }
  /** The files are there, and the manager does not know the service any more. */
  | { readonly kind: 'unregistered' }
  /** A person switched it off at the manager. */
  | { readonly kind: 'disabled' };

export type OwnOutput =
  | { readonly kind: 'program'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'none'; readonly why: string };

export interface ServiceManager {
  readonly kind: ServiceKind;
  readonly scope: ServiceScope;
  /** The service's name at the manager, such as `bridge-supervisor`. */
  readonly name: string;
  /** As a person calls it: "systemd user service bridge-supervisor". */
  readonly title: string;
  /** Why this manager cannot be used here and what to do instead; null when it can. */
  unavailable(): Promise<string | null>;
  /** Every file that `install` writes, as it would be written. Pure. */
  files(definition: ServiceDefinition): readonly ServiceFile[];
  /** What is installed under this name; null when nothing is. Throws ServiceError when a file is there that is not ours. */
  installed(): Promise<InstalledService | null>;
  /** Writes the files and registers the service to be started at boot or login. Does not start it. Idempotent. */
  install(definition: ServiceDefinition): Promise<void>;
  /** Takes the service away, with its files; the service is stopped already. Idempotent. */
  uninstall(): Promise<void>;
  /** Starts it and resolves when the manager has done so; forgets an earlier start limit. Idempotent. */
  start(): Promise<void>;
  /**
   * Stops it in good order, for now: it is still started at the next boot or login. Resolves when it has ended.
   *
   * @param ask Asks the supervisor to stop, and waits; for managers that could only kill it.
   */
  stop(ask: () => Promise<void>): Promise<void>;
  status(): Promise<ServiceStatus>;
  /** What a service of this manager is given for an environment before anything of ours. */
  baseEnvironment(): Promise<Readonly<Record<string, string>>>;
  /** Where the manager keeps what the service prints: what happens before there is a log, and crashes. */
  ownOutput(lines: number, follow: boolean): OwnOutput;
  /** What a person must still do or know, each a sentence with the command; empty when nothing. */
  remarks(): Promise<readonly string[]>;
}

/** What every manager is given. */
export interface ManagerOptions {
  readonly name: string;
  readonly scope: ServiceScope;
  /** The account the service runs as. */
  readonly account: { readonly name: string; readonly uid: number; readonly homeDir: string };
  /** The environment of who asks. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: RunProgram;
  readonly clock: Clock;
}

/** The manager refused or failed; the message says what happened and what to do. */
export class ServiceError extends ExpectedError {
  override name = 'ServiceError';
}
