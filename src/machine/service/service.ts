/**
 * The operating system's service manager, which starts our supervisor at boot or login and restarts it: systemd,
 * launchd or Task Scheduler. One interface for the three. It shows beforehand what it writes (`files`), leaves alone
 * what it did not write, and reports a failure as a `ServiceError` that says what to do.
 */

import type { Clock } from '../../clock.ts';
import { ExpectedError } from '../../expected-error.ts';
import type { RunProgram } from '../program.ts';

type ServiceKind = 'systemd' | 'launchd' | 'task-scheduler';

/** `system`: a service of the whole machine, started at boot without a login; systemd only. */
export type ServiceScope = 'user' | 'system';

/** What to run, and how. All paths are absolute. */
export interface ServiceDefinition {
  /** The version of the program that installs it. */
  readonly version: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly stateDir: string;
  /** Folders beside the state folder that runs write to: workspaces and the user's home folder. */
  readonly writable: readonly string[];
  /** How long an orderly stop may take, in milliseconds. The manager waits longer before it kills. */
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
  /** Our files as they are on disk. */
  readonly files: readonly ServiceFile[];
}

export type ServiceState =
  | 'stopped'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'waiting' // it ended, and the manager restarts it after a pause
  | 'failed' // it ended, and the manager does not restart it: an invalid configuration (78) or another final end
  | 'gave-up'; // it ended too often and reached the start limit

export interface ServiceStatus {
  readonly state: ServiceState;
  readonly pid: number | null;
  /** When the manager starts it by itself; null: never. */
  readonly startsAt: 'boot' | 'login' | null;
  /** Why it does not run; null when it does, or the cause is unknown. control/service-advice.ts makes the sentences. */
  readonly cause: ServiceCause | null;
}

export type ServiceCause =
  /** It ended, for example with `exit code 1` or `SIGKILL`. `starts`: the number of starts so far, where known. */
  | { readonly kind: 'exited'; readonly end: string; readonly starts?: number }
  /** It ended with exit code 78: a restart will not help. */
  | { readonly kind: 'permanent-failure' }
  /** It ended too often, and the manager does not restart it. */
  | { readonly kind: 'start-limit'; readonly end: string }
  /** It gave up by its own count (`run --give-up`). `why` is a clause or a sentence. */
  | { readonly kind: 'gave-up'; readonly at: string; readonly why: string }
  /** The manager could not start the program: a file is missing or not allowed. */
  | { readonly kind: 'not-startable' }
  /** The files exist, but the manager no longer knows the service. */
  | { readonly kind: 'unregistered' }
  /** A person disabled it at the manager. */
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
  /** For people: "systemd user service bridge-supervisor". */
  readonly title: string;
  /** Why this manager cannot be used here and what to do instead; null when it can. */
  unavailable(): Promise<string | null>;
  /** Every file as `install` would write it. Pure. */
  files(definition: ServiceDefinition): readonly ServiceFile[];
  /** What is installed under this name; null when nothing is. Throws ServiceError when a file is not ours. */
  installed(): Promise<InstalledService | null>;
  /** Writes the files and registers the service to start at boot or login. Does not start it. Idempotent. */
  install(definition: ServiceDefinition): Promise<void>;
  /** Removes the stopped service and its files. Idempotent. */
  uninstall(): Promise<void>;
  /** Resolves when the manager has started it; resets the start limit. Idempotent. */
  start(): Promise<void>;
  /**
   * Stops it in an orderly way until the next boot or login. Resolves when it has ended.
   *
   * @param ask Asks the supervisor to stop and waits, for managers that could only kill it.
   */
  stop(ask: () => Promise<void>): Promise<void>;
  status(): Promise<ServiceStatus>;
  /** The environment that this manager gives to a service, without our variables. */
  baseEnvironment(): Promise<Readonly<Record<string, string>>>;
  /** Where the manager keeps what the service prints: crashes, and errors before there is a log. */
  ownOutput(lines: number, follow: boolean): OwnOutput;
  /** What a person must still do or know: sentences with commands; empty when nothing. */
  remarks(): Promise<readonly string[]>;
}

/** What every manager needs. */
export interface ManagerOptions {
  readonly name: string;
  readonly scope: ServiceScope;
  /** The account the service runs as. */
  readonly account: { readonly name: string; readonly uid: number; readonly homeDir: string };
  /** The caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: RunProgram;
  readonly clock: Clock;
}

/** The manager refused or failed; the message says what happened and what to do. */
export class ServiceError extends ExpectedError {
  override name = 'ServiceError';
}
