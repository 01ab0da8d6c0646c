/** The service that follows from the configuration: `install` writes it, and the doctor expects it. */

import * as z from 'zod';
import { loadConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import type { Environment } from '../environment.ts';
import { environmentFileOf } from '../machine/service/environment-file.ts';
import type { ServiceDefinition } from '../machine/service/service.ts';
import { namedWorkspaces } from '../project/workspace.ts';
import { VERSION } from '../version.ts';
import { STOP_MARGIN_MS, stopTimeout } from './stop-timeout.ts';

interface DefinitionInput {
  readonly stateDir: string;
  /** The program and arguments that start this command line, also later. */
  readonly selfCommand: readonly string[];
  readonly hardened: boolean;
  readonly settings: ServiceSettings;
}

export const serviceSettings = z.object({
  writable: z.array(z.string()).readonly(),
  stopMs: z.int().min(0),
});

/** The part of the configuration that goes into the service. */
export type ServiceSettings = Pick<ServiceDefinition, 'writable' | 'stopMs'>;

/** Pure. */
export function serviceDefinition(circumstances: DefinitionInput): ServiceDefinition {
  const { selfCommand, stateDir, hardened, settings } = circumstances;
  const command = [...selfCommand, 'run', '--quiet', '--environment', environmentFileOf(stateDir)];
  return { version: VERSION, command, stateDir, hardened, ...settings };
}

/**
 * The settings from the configuration, or defaults where it is invalid: another check reports that, and then nothing is
 * installed.
 *
 * @param env The environment of the service.
 * @param homeDir Of the account the service runs as.
 */
export function settingsOf(stateDir: string, env: Environment, homeDir: string): ServiceSettings {
  try {
    const config = loadConfig(stateDir, env);
    const { workspaces, workspace_roots } = config;
    // Claude keeps its login and its memory in the home folder.
    const writable = [homeDir, ...namedWorkspaces(workspaces).map(({ path }) => path), ...workspace_roots];
    return { writable: [...new Set(writable)], stopMs: stopTimeout(config) };
  } catch (error) {
    if (error instanceof ConfigError) return withoutConfiguration(homeDir);
    throw error;
  }
}

/** The settings where the configuration is invalid or unknown. */
export function withoutConfiguration(homeDir: string): ServiceSettings {
  return { writable: [homeDir], stopMs: STOP_MARGIN_MS };
}
