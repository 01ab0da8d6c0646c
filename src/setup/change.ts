/** Plans what one file becomes, so that it can be shown before anything is written. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { encode, fingerprint, type JsonFile } from './json-file.ts';
import { type JsonPath, removeValue, setValue, valueAt } from './json-text.ts';
import type { FileRecord } from './ledger.ts';

/** A value and its place in a JSON file. */
export interface JsonSetting {
  readonly path: JsonPath;
  readonly value: unknown;
}

/** What becomes of one file. */
export interface FilePlan {
  readonly owner: FileRecord['owner'];
  readonly file: JsonFile;
  /** The text it will have; null when it will be removed. */
  readonly text: string | null;
  /** Null when it will be removed. */
  readonly bytes: Buffer | null;
  /** Path of the copy that is made before the change; null when none is due. */
  readonly backup: string | null;
  /** Its record in the ledger so far. */
  readonly former: FileRecord | null;
  /** Its record from now on; null removes it. */
  readonly record: FileRecord | null;
}

/** Whether there is anything to write. */
export function isChange({ file, bytes }: FilePlan): boolean {
  if (file.bytes === null || bytes === null) return file.bytes !== bytes;
  return !file.bytes.equals(bytes);
}

/** What a file is to hold, and what is known of earlier changes. */
export interface WantedSettings {
  readonly owner: FileRecord['owner'];
  readonly settings: readonly JsonSetting[];
  readonly former: FileRecord | undefined;
  /** False: the reader of the file accepts no byte order mark, and an existing one is removed. */
  readonly mayHaveBom: boolean;
}

/** Plans the settings that are missing or different. */
export async function applySettings(
  file: JsonFile,
  { owner, settings, former, mayHaveBom }: WantedSettings,
): Promise<FilePlan> {
  const missing = settings.filter(({ path, value }) => !isDeepStrictEqual(valueAt(file.text, path), value));
  const known = former ?? null;
  if (missing.length === 0 && (mayHaveBom || !file.hasBom))
    return { owner, file, text: file.text, bytes: file.bytes, backup: null, former: known, record: known };
  const text = missing.reduce((before, { path, value }) => setValue(before, path, value), file.text);
  const bytes = encode(text, file.hasBom && mayHaveBom);
  const start = await startRecord(file, owner, former);
  const record: FileRecord = {
    ...start.record,
    written: fingerprint(bytes),
    settings: mergeSettings(start.record.settings, file.text, missing),
    objects: [...start.record.objects, ...missingObjects(file.text, missing)],
  };
  const backup = start.isNewBackup ? (record.backup?.path ?? null) : null;
  return { owner, file, text, bytes, backup, former: known, record };
}

/**
 * Plans the way back. Restores the backup where nobody else has changed the file since; otherwise undoes only what we
 * set, and only where it is still as we set it.
 *
 * @param ours Paths whose values are undone whatever they are now: restored to what was before us, or removed.
 */
export async function undoSettings(
  file: JsonFile,
  owner: FileRecord['owner'],
  record: FileRecord | undefined,
  ours: readonly JsonPath[],
): Promise<FilePlan> {
  const whole = { owner, file, backup: null, former: record ?? null, record: null };
  if (file.bytes === null) return { ...whole, text: null, bytes: null };
  if (record && isAsWeLeftIt(file, record)) {
    if (record.created) return { ...whole, text: null, bytes: null };
    const bytes = await originalOf(record);
    if (bytes) return { ...whole, text: bytes.toString('utf8').replace(/^\uFEFF/, ''), bytes };
  }
  const undone = ours.reduce((left, path) => restore(left, path, record), undoOwn(file.text, record));
  const text = removeEmpty(undone, record?.objects ?? []);
  const isNothing = record?.created === true && isDeepStrictEqual(valueAt(text, []), {});
  if (isNothing) return { ...whole, text: null, bytes: null };
  return { ...whole, text, bytes: text === file.text ? file.bytes : encode(text, file.hasBom) };
}

/**
 * Plans the way back for some paths alone: what was there before us, or nothing. The rest of what we set stays, and is
 * still known.
 */
export function undoSome(
  file: JsonFile,
  owner: FileRecord['owner'],
  record: FileRecord | undefined,
  paths: readonly JsonPath[],
): FilePlan {
  const former = record ?? null;
  const same = { owner, file, text: file.text, bytes: file.bytes, backup: null, former, record: former };
  if (paths.length === 0) return same;
  const text = paths.reduce((left, path) => restore(left, path, record), file.text);
  const bytes = encode(text, file.hasBom);
  const isLeft = ({ path }: FileRecord['settings'][number]) =>
    !paths.some((gone) => isDeepStrictEqual(gone, path));
  const left = record && {
    ...record,
    settings: record.settings.filter(isLeft),
    ...(isAsWeLeftIt(file, record) ? { written: fingerprint(bytes) } : {}),
  };
  return { ...same, text, bytes, record: left ?? null };
}

interface StartRecord {
  readonly record: Omit<FileRecord, 'written'>;
  readonly isNewBackup: boolean;
}

/** The record that this change continues: the former one, or a first one. */
async function startRecord(
  file: JsonFile,
  owner: FileRecord['owner'],
  former: FileRecord | undefined,
): Promise<StartRecord> {
  if (former && file.bytes && fingerprint(file.bytes) === former.written)
    return { record: former, isNewBackup: false };
  const backup = file.bytes && {
    path: await freeName(file.path, file.bytes),
    fingerprint: fingerprint(file.bytes),
  };
  const isNewBackup = backup !== null && !existsSync(backup.path);
  const first: StartRecord['record'] = {
    path: file.path,
    owner,
    created: file.bytes === null,
    folders: missingFolders(dirname(file.target)),
    backup,
    undisturbed: true,
    settings: [],
    objects: [],
  };
  // After a crash before our write, or when somebody removed the file, this is a first time again.
  const isAsBefore = former?.backup ? former.backup.fingerprint === backup?.fingerprint : backup === null;
  if (!former || isAsBefore || backup === null) return { record: first, isNewBackup };
  return { record: { ...former, backup, undisturbed: false }, isNewBackup };
}

/** A name beside the file that is free, or already holds these bytes. */
async function freeName(path: string, bytes: Buffer): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${path}.bridge-backup${number === 1 ? '' : `-${number}`}`;
    if (!existsSync(name) || (await readFile(name).catch(() => null))?.equals(bytes)) return name;
  }
}

/** Folders that have to be made for it, outermost first. */
export function missingFolders(folder: string): string[] {
  return existsSync(folder) ? [] : [...missingFolders(dirname(folder)), folder];
}

/** Keeps what was there before our first change. */
function mergeSettings(
  former: FileRecord['settings'],
  text: string,
  settings: readonly JsonSetting[],
): FileRecord['settings'] {
  const merged = new Map(former.map((setting) => [JSON.stringify(setting.path), setting]));
  for (const { path, value } of settings) {
    const key = JSON.stringify(path);
    const before = merged.has(key) ? merged.get(key)?.before : valueAt(text, path);
    merged.set(key, { path: [...path], value, ...(before === undefined ? {} : { before }) });
  }
  return [...merged.values()];
}

function missingObjects(text: string, settings: readonly JsonSetting[]): string[][] {
  const parents = settings.map(({ path }) => path.slice(0, -1)).filter((path) => path.length > 0);
  const missing = parents.filter((path) => valueAt(text, path) === undefined);
  return [...new Map(missing.map((path) => [JSON.stringify(path), path])).values()];
}

function isAsWeLeftIt(file: JsonFile, record: FileRecord): boolean {
  return record.undisturbed && file.bytes !== null && fingerprint(file.bytes) === record.written;
}

async function originalOf({ backup }: FileRecord): Promise<Buffer | null> {
  const bytes = backup && (await readFile(backup.path).catch(() => null));
  return bytes && fingerprint(bytes) === backup.fingerprint ? bytes : null;
}

function undoOwn(text: string, record: FileRecord | undefined): string {
  return (record?.settings ?? []).toReversed().reduce((left, { path, value, before }) => {
    if (!isDeepStrictEqual(valueAt(left, path), value)) return left;
    return before === undefined ? removeValue(left, path) : setValue(left, path, before);
  }, text);
}

function restore(text: string, path: JsonPath, record: FileRecord | undefined): string {
  const setting = record?.settings.find((one) => isDeepStrictEqual(one.path, path));
  if (setting?.before === undefined) return removeValue(text, path);
  return isDeepStrictEqual(valueAt(text, path), setting.before) ? text : setValue(text, path, setting.before);
}

function removeEmpty(text: string, objects: readonly JsonPath[]): string {
  return objects.reduce(
    (left, path) => (isDeepStrictEqual(valueAt(left, path), {}) ? removeValue(left, path) : left),
    text,
  );
}
