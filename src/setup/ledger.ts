/** What setup changed in which file, kept in the state folder so that it can be undone. */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { CODE_SERVER } from '../claude/command-line.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import { configFile } from '../state-folder.ts';

const fileRecord = z.object({
  path: z.string(),
  /** Claude Desktop's file, our own config.json, or a command of Claude Code. */
  owner: z.enum(['desktop', 'bridge', 'command']),
  /** Fingerprint of what we last wrote. */
  written: z.string(),
  /** We created the file. */
  created: z.boolean(),
  /** Folders we created for it, outermost first. */
  folders: z.array(z.string()),
  /** A copy of the file before us; null when there was none. */
  backup: z.object({ path: z.string(), fingerprint: z.string() }).nullable(),
  /** Nobody else changed the file between our changes, so restoring the backup loses nothing. */
  undisturbed: z.boolean(),
  /** What we set and what was there before, in order. */
  settings: z.array(
    z.object({ path: z.array(z.string()), value: z.unknown(), before: z.unknown().optional() }),
  ),
  /** Objects we created for a setting. */
  objects: z.array(z.array(z.string())),
});

const records = z.object({
  /** One for each path. */
  files: z.array(fileRecord),
  /** The entry that Claude Code had under the name of our server for the loop before us. */
  code: z.object({ before: z.record(z.string(), z.unknown()) }).optional(),
  /** The same of our other servers, by their names. */
  code_toolsets: z.record(z.string(), z.object({ before: z.record(z.string(), z.unknown()) })).optional(),
});

type Records = z.output<typeof records>;

/** An entry of a client's configuration. */
export type ClientEntry = Readonly<Record<string, unknown>>;

export type FileRecord = Readonly<z.output<typeof fileRecord>>;

/** The ledger's file. */
export function ledgerFile(stateDir: string): string {
  return join(stateDir, 'setup.json');
}

/**
 * All records; none when the ledger is missing or not ours: our entries can still be removed. The record of config.json
 * is about the one beside the ledger, also where the folder was moved or copied.
 */
export async function readRecords(stateDir: string): Promise<readonly FileRecord[]> {
  const { files } = await readAll(stateDir);
  return files.map((file) => (file.owner === 'bridge' ? { ...file, path: configFile(stateDir) } : file));
}

/** The entries that Claude Code had under our names before us, by these names. */
export async function readFormerEntries(stateDir: string): Promise<Readonly<Record<string, ClientEntry>>> {
  const { code, code_toolsets } = await readAll(stateDir);
  const others = Object.entries(code_toolsets ?? {}).map(([name, { before }]) => [name, before]);
  return Object.fromEntries(code === undefined ? others : [[CODE_SERVER, code.before], ...others]);
}

/** Replaces the record of one file; null removes it. */
export async function writeRecord(stateDir: string, path: string, record: FileRecord | null): Promise<void> {
  const others = (await readRecords(stateDir)).filter((other) => other.path !== path);
  const files = record === null ? others : [...others, record];
  await writeAll(stateDir, { ...(await readAll(stateDir)), files });
}

/** Keeps the entry that Claude Code had under one of our names; undefined forgets it. */
export async function writeFormerEntry(
  stateDir: string,
  name: string,
  before: ClientEntry | undefined,
): Promise<void> {
  const former = await readFormerEntries(stateDir);
  if (isDeepStrictEqual(before, former[name])) return;
  const all = await readAll(stateDir);
  const entry = before === undefined ? undefined : { before };
  if (name === CODE_SERVER) return writeAll(stateDir, { ...all, code: entry });
  const others = Object.entries({ ...all.code_toolsets, [name]: entry }).filter(
    ([, one]) => one !== undefined,
  );
  await writeAll(stateDir, {
    ...all,
    code_toolsets: others.length === 0 ? undefined : (Object.fromEntries(others) as Records['code_toolsets']),
  });
}

async function readAll(stateDir: string): Promise<Records> {
  try {
    return records.parse(JSON.parse(await readFile(ledgerFile(stateDir), 'utf8')));
  } catch {
    return { files: [] };
  }
}

async function writeAll(stateDir: string, { files, code, code_toolsets }: Records): Promise<void> {
  if (files.length === 0 && code === undefined && code_toolsets === undefined)
    return rm(ledgerFile(stateDir), { force: true });
  await writeAtomically(
    ledgerFile(stateDir),
    `${JSON.stringify({ files, code, code_toolsets }, null, 2)}\n`,
    0o600,
  );
}
