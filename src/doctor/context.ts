/** What the doctor looks at: all that depends on the machine is given to it, and what several checks need is read once. */

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
import type { DatabaseLook } from '../store/sqlite/look.ts';
import { Unknowable } from './finding.ts';

export interface Machine {
  /** Of who asks. */
  readonly env: Environment;
  /** The state folder. */
  readonly home: string;
  /** The person's own home folder. */
  readonly personHome: string;
  /** Of who asks; null where files have no owner to compare. */
  readonly uid: number | null;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly run: RunProgram;
  /** The program and arguments that start our command line. */
  readonly entry: readonly string[];
  /** The one that is installed for this state folder. */
  readonly service: FoundService | null;
  /** What `install` would write for it now, in this environment. */
  readonly serviceFiles: (service: FoundService, env: Environment) => readonly ServiceFile[];
  /** What holds a folder when it is no disk of this machine. */
  readonly foreignDisk: typeof foreignDisk;
  /** Where Claude Desktop's configuration may lie. */
  readonly desktopConfigs: readonly string[];
}

/** The environment in which a supervisor works, or would. */
export interface Setting {
  readonly env: Environment;
  /** For a sentence: "in the environment of the service". */
  readonly words: string;
  readonly ofService: boolean;
}

export interface Patient extends Machine, AsyncDisposable {
  /** Throws Unknowable when it cannot be used. */
  config(): Promise<Config>;
  /** Throws Unknowable when the service's environment cannot be read. */
  setting(): Promise<Setting>;
  /** Throws Unknowable when it is not found. */
  claude(): Promise<string>;
  locateClaude(): Promise<Located>;
  /** Claude's own folder. */
  claudeFolder(): Promise<string>;
  /** The store, opened to be read alone; undefined when there is none yet. Throws StoreError. */
  openStore(): Promise<DatabaseLook | undefined>;
  /** The same for checks of other things. Throws Unknowable when there is none, or it cannot be read. */
  store(): Promise<DatabaseLook>;
}

export function admit(machine: Machine): Patient {
  const patient: Patient = {
    ...machine,
    config: once(async () => {
      const { env } = await patient.setting();
      try {
        return loadConfig(machine.home, env);
      } catch (error) {
        if (error instanceof ConfigError)
          throw new Unknowable('The configuration cannot be used; see there.');
        throw error;
      }
    }),
    setting: once(async () => {
      const { service, env, home } = machine;
      if (!service) return { env, words: 'in this environment', ofService: false };
      const ofService = await serviceEnvironment(service.manager, home).catch((error: Error) => {
        throw new Unknowable(`The environment of the service is not known: ${error.message}.`);
      });
      return { env: ofService, words: 'in the environment of the service', ofService: true };
    }),
    locateClaude: once(async () => {
      const { claude } = await patient.config();
      return locateClaude(claude, (await patient.setting()).env);
    }),
    async claude() {
      const located = await patient.locateClaude();
      if (!located.found) throw new Unknowable('The claude program is not there.');
      return located.path;
    },
    async claudeFolder() {
      return claudeFolder((await patient.setting()).env, machine.personHome);
    },
    openStore: once(async () => {
      // Loaded now: that its driver cannot be loaded is one of the findings.
      const { lookAtDatabase } = await import('../store/sqlite/look.ts');
      return lookAtDatabase(machine.home);
    }),
    async store() {
      const look = await patient.openStore().catch(() => {
        throw new Unknowable('The database cannot be read; see there.');
      });
      if (!look) throw new Unknowable('There is no database yet: the first plan or start makes it.');
      if (look.damage !== null) throw new Unknowable('The database is damaged; see there.');
      return look;
    },
    async [Symbol.asyncDispose]() {
      await (await patient.openStore().catch(() => undefined))?.close();
    },
  };
  return patient;
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read();
    return known;
  };
}
