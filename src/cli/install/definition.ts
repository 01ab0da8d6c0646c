/** The service as it follows from the configuration: what `install` writes, and what the doctor expects to be written. */
import { ConfigError, type Environment, loadConfig } from '../../config.ts';
import { environmentFileOf } from '../../machine/service/environment-file.ts';
import type { ServiceDefinition } from '../../machine/service/service.ts';
import { VERSION } from '../../version.ts';

interface Circumstances {
  /** Of the account the service runs as. */
  readonly account: { readonly home: string };
  readonly stateFolder: string;
  /** The program and arguments that start this command line, now and later. */
  readonly entry: readonly string[];
  /** What the service will have. */
  readonly env: Environment;
  readonly hardened: boolean;
}

export function serviceDefinition(circumstances: Circumstances): ServiceDefinition {
  const { entry, stateFolder, hardened } = circumstances;
  const command = [...entry, 'run', '--quiet', '--environment', environmentFileOf(stateFolder)];
  return { version: VERSION, command, stateFolder, hardened, ...settingsOf(circumstances) };
}

/** Beside the time that the owner gives to runs under way, what ending them may take. */
const STOP_MARGIN_MS = 60_000;

/** A configuration that cannot be used is a problem of its own, and then nothing of this is installed. */
function settingsOf({
  stateFolder,
  account,
  env,
}: Circumstances): Pick<ServiceDefinition, 'writable' | 'stopMs'> {
  try {
    const { workspaces, workspace_roots, drain_timeout } = loadConfig(stateFolder, env);
    // Claude keeps its login and its memory in the home folder.
    const writable = [account.home, ...Object.values(workspaces), ...workspace_roots];
    return { writable: [...new Set(writable)], stopMs: drain_timeout + STOP_MARGIN_MS };
  } catch (error) {
    if (error instanceof ConfigError) return { writable: [account.home], stopMs: STOP_MARGIN_MS };
    throw error;
  }
}
