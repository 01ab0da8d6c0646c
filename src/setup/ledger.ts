/** What setup has done to which file, kept in the state folder so that it can be undone. */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { writeAtomically } from '../machine/atomic-file.ts';
import { configFile } from '../state-folder.ts';

const fileRecord = z.object({
  path: z.string(),
  /** Claude Desktop's file, or our own config.json. */
  owner: z.enum(['desktop', 'bridge']),
  /** Fingerprint of what we wrote last. */
  written: z.string(),
  /** There was no such file before us. */
  created: z.boolean(),
  /** Folders we made for it, the outer ones first. */
  folders: z.array(z.string()),
  /** The file as it was before us; null when there was none. */
  backup: z.object({ path: z.string(), fingerprint: z.string() }).nullable(),
  /** Nobody else changed the file between our changes: what was before us is all there is to go back to. */
  undisturbed: z.boolean(),
  /** What we set, and what was there before; in the order in which it was set. */
  settings: z.array(
    z.object({ path: z.array(z.string()), value: z.unknown(), before: z.unknown().optional() }),
  ),
  /** Objects we made on the way to a setting. */
  objects: z.array(z.array(z.string())),
});

const records = z.object({
  /** By their path. */
  files: z.array(fileRecord),
  /** What Claude Code had under our name before us. */
  code: z.object({ before: z.record(z.string(), z.unknown()) }).optional(),
});

type Records = z.output<typeof records>;

/** An entry of a client's configuration. */
export type ClientEntry = Readonly<Record<string, unknown>>;

export type FileRecord = Readonly<z.output<typeof fileRecord>>;

/** The file that holds the records. */
export function recordFile(home: string): string {
  return join(home, 'setup.json');
}

/**
 * All records; none when there is no file of them, or one that is not ours: what we set can still be taken out. The one
 * of config.json is about the config.json beside it, also where the folder was moved or copied.
 */
export async function readRecords(home: string): Promise<readonly FileRecord[]> {
  const { files } = await readAll(home);
  return files.map((file) => (file.owner === 'bridge' ? { ...file, path: configFile(home) } : file));
}

/** What Claude Code had under our name before us; undefined when that was nothing. */
export async function readCodeBefore(home: string): Promise<ClientEntry | undefined> {
  return (await readAll(home)).code?.before;
}

/** Puts one record in the place of the former one of that file; null drops it. */
export async function keepRecord(home: string, path: string, record: FileRecord | null): Promise<void> {
  const others = (await readRecords(home)).filter((other) => other.path !== path);
  const files = record === null ? others : [...others, record];
  await writeAll(home, { ...(await readAll(home)), files });
}

/** Remembers what Claude Code had under our name; undefined forgets it. */
export async function keepCodeBefore(home: string, before: ClientEntry | undefined): Promise<void> {
  const { files, code } = await readAll(home);
  if (isDeepStrictEqual(before, code?.before)) return;
  await writeAll(home, before === undefined ? { files } : { files, code: { before } });
}

async function readAll(home: string): Promise<Records> {
  try {
    return records.parse(JSON.parse(await readFile(recordFile(home), 'utf8')));
  } catch {
    return { files: [] };
  }
}

async function writeAll(home: string, { files, code }: Records): Promise<void> {
  if (files.length === 0 && code === undefined) return rm(recordFile(home), { force: true });
  await writeAtomically(recordFile(home), `${JSON.stringify({ files, code }, null, 2)}\n`, 0o600);
}
