/**
 * Reads the configuration: `config.json` in the state folder, then the environment variables `BRIDGE_<KEY>` over it. An
 * invalid value is refused with the key and what is allowed.
 */

import { readFileSync, statSync } from 'node:fs';
import type * as z from 'zod';
import { cut } from './characters.ts';
import { ConfigError } from './config-error.ts';
import { explain, oneLine } from './config-explanation.ts';
import { type Config, schema, variableOf } from './config-schema.ts';
import type { Environment } from './environment.ts';
import { configFile } from './state-folder.ts';

export { type Config, configJsonSchema, configVariables } from './config-schema.ts';

/** Reads the configuration of a state folder. Throws ConfigError; a missing file is an empty one. */
export function loadConfig(stateDir: string, env: Environment): Config {
  const file = configFile(stateDir);
  return configOfText(readText(file), file, env);
}

/** Parses the text of `file`; null stands for a missing file. Throws ConfigError. */
export function configOfText(text: string | null, file: string, env: Environment): Config {
  const read = schema.safeParse({ ...settingsOf(text, file), ...overrides(env) });
  if (!read.success)
    throw new ConfigError(read.error.issues.map((issue) => explain(issue, file, env)).join('; '));
  const { $schema: _, ...config } = read.data;
  return config;
}

function readText(file: string): string | null {
  try {
    // Reading a pipe would wait for ever.
    if (!statSync(file).isFile()) throw new Error('it is not a file');
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** The schema would silently ignore this key. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error("'__proto__' cannot be a name");
  return value;
}

function settingsOf(text: string | null, file: string): Record<string, unknown> {
  if (text === null) return {};
  try {
    const settings: unknown = JSON.parse(text.replace(/^\uFEFF/, ''), refuseProto);
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) {
      return settings as Record<string, unknown>;
    }
  } catch (error) {
    throw new ConfigError(
      `${file} is not valid JSON: ${oneLine((error as Error).message)}. Correct it, or move it away to start from defaults.`,
    );
  }
  throw new ConfigError(`${file} must hold one JSON object, like {"concurrency": 2}.`);
}

/** The one rule for environment overrides: `BRIDGE_<KEY>`; anything but a plain string is written as JSON. */
function overrides(env: Environment): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    const text = env[variableOf(key)];
    if (text !== undefined && text !== '') settings[key] = isText(key) ? text : parseJson(key, text);
  }
  return settings;
}

/** Keys whose value is written as plain text: a check of the schema itself, so that a new key needs no second list. */
function isText(key: string): boolean {
  const shape: Record<string, z.ZodType> = schema.shape;
  const accepts = (value: unknown) =>
    shape[key]?.safeParse(value).error?.issues.every((issue) => issue.code !== 'invalid_type') ?? true;
  return accepts('text');
}

const SHOWN_LENGTH = 20;

function parseJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text, refuseProto);
  } catch {
    // Enough to recognise the value; the rest may hold the token of an MCP server.
    const shown = oneLine(text.length > SHOWN_LENGTH ? `${cut(text, SHOWN_LENGTH)}…` : text);
    throw new ConfigError(
      `${variableOf(key)}: '${shown}' is not valid JSON; ${key} is not plain text, write it as in config.json.`,
    );
  }
}
