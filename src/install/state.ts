/**
 * What an installation reads and writes in the state folder. For another user, a process of that user does it: in that
 * user's folder, a link could lead root to any file of the machine.
 */

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { loadConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { prepareStateFolder } from '../control/prepare-state-folder.ts';
import type { Environment } from '../environment.ts';
import { messageOf } from '../error-message.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import {
  EnvironmentFileError,
  environmentFileOf,
  writeEnvironmentFile,
} from '../machine/service/environment-file.ts';
import { ok, type Result, refuse } from '../result.ts';

export const stateLook = z.object({
  /** The text of service.env; null when there is none. */
  environment: z.string().nullable(),
  /** The configuration names the program of Claude, or is invalid. */
  namesClaude: z.boolean(),
});

export type StateLook = Readonly<z.output<typeof stateLook>>;

/** Changes nothing. Throws EnvironmentFileError when service.env cannot be read. */
export async function lookAtState(stateDir: string, env: Environment): Promise<StateLook> {
  return {
    environment: await environmentIn(environmentFileOf(stateDir)),
    namesClaude: namesClaude(stateDir, env),
  };
}

async function environmentIn(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new EnvironmentFileError(`cannot read ${path}: ${message}`);
  }
}

function namesClaude(stateDir: string, env: Environment): boolean {
  try {
    return loadConfig(stateDir, env).claude !== undefined;
  } catch (error) {
    if (error instanceof ConfigError) return true;
    throw error;
  }
}

export const statePreparation = z.object({
  /** For service.env; null leaves the file as it is. */
  environment: z.string().nullable(),
});

/** Creates the folder and writes service.env; a former one is kept as service.env.bak. */
export async function prepareState(
  stateDir: string,
  { environment }: z.output<typeof statePreparation>,
): Promise<Result<void>> {
  const prepared = await prepareStateFolder(stateDir);
  if (!prepared.ok || environment === null) return prepared;
  const path = environmentFileOf(stateDir);
  try {
    const before = await environmentIn(path);
    if (before !== null && before !== environment) await writeAtomically(`${path}.bak`, before, 0o600);
    await writeEnvironmentFile(path, environment);
    return ok(undefined);
  } catch (error) {
    return refuse(`${path} could not be written: ${messageOf(error)}`);
  }
}

/** Reads what the installing process wrote to our stdin. */
export async function preparationFrom(
  input: NodeJS.ReadableStream,
): Promise<z.output<typeof statePreparation>> {
  return statePreparation.parse(JSON.parse(await text(input)));
}
