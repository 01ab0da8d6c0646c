/** What setup has done to which file, kept in the state folder so that it can be undone. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../machine/atomic-file.ts';

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

/** The files by their path. */
const records = z.object({ files: z.array(fileRecord) });

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
  try {
    const { files } = records.parse(JSON.parse(await readFile(recordFile(home), 'utf8')));
    return files.map((file) =>
      file.owner === 'bridge' ? { ...file, path: join(home, 'config.json') } : file,
    );
  } catch {
    return [];
  }
}

/** Puts one record in the place of the former one of that file; null drops it. */
export async function keepRecord(home: string, path: string, record: FileRecord | null): Promise<void> {
  const others = (await readRecords(home)).filter((other) => other.path !== path);
  const files = record === null ? others : [...others, record];
  if (files.length === 0) return rm(recordFile(home), { force: true });
  await writeAtomically(recordFile(home), `${JSON.stringify({ files }, null, 2)}\n`, 0o600);
}
