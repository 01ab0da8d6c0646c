/** The machine as the checks see it, and what several of them need, read once. */

import { claudeFolder } from '../claude/files.ts';
import { type Located, locateClaude } from '../claude/locate.ts';
import type { Clock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import type { Environment } from '../environment.ts';
import type { foreignDisk } from '../machine/foreign-folder.ts';
import type { Platform } from '../machine/platform.ts';
import type { RunProgram } from '../machine/program.ts';
import { serviceEnvironment } from '../machine/service/environment-file.ts';
import type { FoundService } from '../machine/service/find.ts';
import type { ServiceFile } from '../machine/service/service.ts';
import type { InspectedDatabase } from '../store/sqlite/inspect.ts';
import { Inconclusive } from './check.ts';

export interface Machine {
  /** The caller's environment. */
  readonly env: Environment;
  readonly stateDir: string;
  readonly homeDir: string;
  /** The caller's user id; null where files have no owner to compare. */
  readonly uid: number | null;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly run: RunProgram;
  /** The program and arguments that start this command line again. */
  readonly selfCommand: readonly string[];
  /** The service that is installed for this state folder. */
  readonly service: FoundService | null;
  /** The environment of the service that `install` is about to write. */
  readonly plannedEnv?: Environment;
  /** The files that `install` would write for a service now. */
  readonly serviceFiles: (service: FoundService, env: Environment) => readonly ServiceFile[];
  /** Tells whether a folder is on a disk of another machine. */
  readonly foreignDisk: typeof foreignDisk;
  /** Where Claude Desktop's configuration may be. */
  readonly desktopConfigs: readonly string[];
}

/** The environment of the supervisor: that of the installed service, else the caller's. */
export interface SupervisorEnvironment {
  readonly env: Environment;
  /** For a sentence: "in the environment of the service". */
  readonly where: string;
  readonly isService: boolean;
}

export interface DoctorContext extends Machine, AsyncDisposable {
  /** The command by which a corrected setting takes effect. */
  readonly applyCommand: string;
  /** Throws Inconclusive when it is invalid. */
  config(): Promise<Config>;
  /** Throws Inconclusive when the service's environment cannot be read. */
  supervisorEnv(): Promise<SupervisorEnvironment>;
  /** Path of the claude program. Throws Inconclusive when it is not found. */
  claude(): Promise<string>;
  locateClaude(): Promise<Located>;
  /** Claude's own folder. */
  claudeFolder(): Promise<string>;
  /** Opens the store read-only; undefined when there is none yet. Throws StoreError. */
  openStore(): Promise<InspectedDatabase | undefined>;
  /** The store for checks of other things. Throws Inconclusive when there is none, or it is unreadable or damaged. */
  store(): Promise<InspectedDatabase>;
}

/** The caller disposes it after the checks: it may hold the store open. */
export function createContext(machine: Machine): DoctorContext {
  const context: DoctorContext = {
    ...machine,
    applyCommand: `bridge-supervisor ${machine.plannedEnv ? 'install' : 'restart'}`,
    config: once(async () => {
      const { env } = await context.supervisorEnv();
      try {
        return loadConfig(machine.stateDir, env);
      } catch (error) {
        if (error instanceof ConfigError)
          throw new Inconclusive('config_invalid', 'The configuration is invalid; see Configuration.');
        throw error;
      }
    }),
    supervisorEnv: once(async () => {
      const { service, env, stateDir, plannedEnv } = machine;
      if (plannedEnv) return { env: plannedEnv, where: OF_SERVICE, isService: true };
      if (!service) return { env, where: 'in this environment', isService: false };
      const ofService = await serviceEnvironment(service.manager, stateDir).catch((error: Error) => {
        throw new Inconclusive(
          'service_environment_unknown',
          `The environment of the service is unknown: ${error.message}.`,
        );
      });
      return { env: ofService, where: OF_SERVICE, isService: true };
    }),
    locateClaude: once(async () => {
      const { claude } = await context.config();
      return locateClaude(claude, (await context.supervisorEnv()).env);
    }),
    async claude() {
      const located = await context.locateClaude();
      if (!located.found) throw new Inconclusive('claude_missing', 'claude was not found.');
      return located.path;
    },
    async claudeFolder() {
      return claudeFolder((await context.supervisorEnv()).env, machine.homeDir);
    },
    openStore: once(async () => {
      // Loaded here because failing to load the driver is one of the findings.
      const { inspectDatabase } = await import('../store/sqlite/inspect.ts');
      return inspectDatabase(machine.stateDir);
    }),
    async store() {
      const database = await context.openStore().catch(() => {
        throw new Inconclusive('database_unreadable', 'The database cannot be read; see Database.');
      });
      if (!database) throw new Inconclusive('no_database', NO_DATABASE);
      if (database.damage !== null)
        throw new Inconclusive('database_damaged', 'The database is damaged; see Database.');
      return database;
    },
    async [Symbol.asyncDispose]() {
      await (await context.openStore().catch(() => undefined))?.close();
    },
  };
  return context;
}

const OF_SERVICE = 'in the environment of the service';

export const NO_DATABASE = 'There is no database yet; the first plan or start creates it.';

/** Calls `read` at most once. */
export function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read();
    return known;
  };
}
