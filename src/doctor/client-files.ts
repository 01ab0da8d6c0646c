/** The files in which Claude Desktop and Claude Code are told of their servers, as far as they can be read. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { parseJson } from '../machine/program-output.ts';
import { type FindingFacts, problem } from './check.ts';

/** A file in which a client is told of its servers. */
export interface ClientFile {
  readonly path: string;
  /** By name; empty where the file cannot be read. */
  readonly servers: Readonly<Record<string, unknown>>;
  /** Why the client cannot read it; undefined: it can. */
  readonly problem: FindingFacts | undefined;
  readonly hasBom: boolean;
}

/** Those of these that are there, each read once. */
export async function clientFiles(paths: readonly string[]): Promise<ClientFile[]> {
  return Promise.all(paths.filter((path) => existsSync(path)).map(readClientFile));
}

async function readClientFile(path: string): Promise<ClientFile> {
  const unreadable = (what: string, hint: string) => problem(path, `${path} ${what}`, { hint });
  // A pipe would block the reader for ever.
  if (!(await stat(path)).isFile())
    return {
      path,
      servers: {},
      hasBom: false,
      problem: unreadable('is not a file, so the client cannot read it.', 'Move it away.'),
    };
  const text = await readFile(path, 'utf8');
  const config = clientConfig.safeParse(parseJson(text.replace(/^\uFEFF/, ''))).data;
  const isBroken = text.trim() !== '' && config === undefined;
  return {
    path,
    servers: config?.mcpServers ?? {},
    hasBom: text.startsWith('\uFEFF'),
    problem: isBroken
      ? unreadable(
          'is not valid JSON, so the client cannot read it.',
          'Correct it by hand, then run: bridge-supervisor setup',
        )
      : undefined,
  };
}

const clientConfig = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()).optional() });
