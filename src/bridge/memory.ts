/**
 * The shared memory: facts by key, written and read by agents and by the person. Its promise: no write is lost without a word;
 * whoever names the version that they have seen changes that one, or nothing; and what was there before can still be read.
 */
import { describeProblem } from '../project/channel.ts';
import {
  conflictMessage,
  keyProblem,
  type MemoryHead,
  type MemoryLimits,
  valueProblem,
} from '../project/memory.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader as Db, Writing } from '../store/database.ts';
import {
  deleteVersionsBeyond,
  findVersion,
  insertVersion,
  keysAfter,
  type MemoryVersion,
  memoryTotals,
  newestVersion,
  versionsOf,
} from '../store/memory.ts';
import { appendMemoryEvent, type MemoryWriter } from './memory-event.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

export type { MemoryHead, MemoryVersion, MemoryWriter };

interface Change {
  readonly key: string;
  /** Only where this is the newest version; 0: only where there is no such key. */
  readonly ifVersion?: number | undefined;
}

export interface SetChange extends Change {
  /** Of JSON. */
  readonly value: unknown;
}

export interface SetDone {
  readonly head: MemoryHead;
  /** It had this value already: nothing was changed. */
  readonly isUnchanged: boolean;
}

/** Writes a value under a key, as its next version. Throws StoreError. */
export async function setMemory(
  bridge: Bridge,
  limits: MemoryLimits,
  change: SetChange,
  writer: MemoryWriter,
): Promise<Result<SetDone>> {
  const problem = keyProblem(change.key) ?? valueProblem(change.value);
  if (problem) return refuse(describeProblem(problem));
  const value = JSON.stringify(change.value);
  return databaseOf(bridge).write<Result<SetDone>>(async (writing) => {
    const { trx } = writing;
    const now = await newestVersion(trx, change.key);
    if (isConflict(change, now)) return refuse(conflictMessage(change.key, change.ifVersion ?? 0, now));
    if (now?.value === value) return ok({ head: now, isUnchanged: true });
    const full = await whyNoRoom(trx, limits, now?.bytes ?? 0, Buffer.byteLength(value));
    if (full !== undefined) return refuse(full);
    const head = await write(writing, change.key, value, writer, limits);
    return ok({ head, isUnchanged: false });
  });
}

export interface DeleteDone {
  /** The version with which it was deleted; undefined: there was no such key. */
  readonly head: MemoryHead | undefined;
  /** It was there until now. */
  readonly isDeleted: boolean;
}

/** Deletes a key; its versions can still be read for a time. Throws StoreError. */
export async function deleteMemory(
  bridge: Bridge,
  limits: MemoryLimits,
  change: Change,
  writer: MemoryWriter,
): Promise<Result<DeleteDone>> {
  const problem = keyProblem(change.key);
  if (problem) return refuse(describeProblem(problem));
  return databaseOf(bridge).write<Result<DeleteDone>>(async (writing) => {
    const now = await newestVersion(writing.trx, change.key);
    if (now === undefined || now.isDeleted) return ok({ head: now, isDeleted: false });
    if (isConflict(change, now)) return refuse(conflictMessage(change.key, change.ifVersion ?? 0, now));
    return ok({ head: await write(writing, change.key, null, writer, limits), isDeleted: true });
  });
}

function isConflict({ ifVersion }: Change, now: MemoryHead | undefined): boolean {
  if (ifVersion === undefined) return false;
  if (now === undefined || now.isDeleted) return ifVersion !== 0 && ifVersion !== now?.version;
  return ifVersion !== now.version;
}

async function write(
  { trx, now }: Writing,
  key: string,
  value: string | null,
  writer: MemoryWriter,
  { keepVersions }: MemoryLimits,
): Promise<MemoryHead> {
  const head = await insertVersion(trx, { key, value, author: writer.actor, runId: writer.runId, now });
  await deleteVersionsBeyond(trx, key, keepVersions);
  const { version, bytes } = head;
  const happening =
    value === null
      ? ({ type: 'memory.deleted', data: { key, version } } as const)
      : ({ type: 'memory.set', data: { key, version, bytes } } as const);
  await appendMemoryEvent(trx, happening, writer, now);
  return head;
}

/** Why a value does not fit; undefined: it does. */
async function whyNoRoom(
  db: Db,
  { maxKeys, maxMb }: MemoryLimits,
  bytesBefore: number,
  bytes: number,
): Promise<string | undefined> {
  const all = await memoryTotals(db);
  const rest = 'Nothing was changed: delete keys that are done with, or set a higher limit in config.json.';
  if (bytesBefore === 0 && all.keys >= maxKeys)
    return `the memory has ${all.keys} keys, and no more fit (memory.max_keys). ${rest}`;
  if (bytes > bytesBefore && all.bytes - bytesBefore + bytes > maxMb * 1e6)
    return `the memory is full: with this value it would take more than ${maxMb} MB (memory.max_mb). ${rest}`;
  return undefined;
}

export interface MemoryRead {
  /** The version that was asked for, or the newest; undefined: there is none. */
  readonly entry: MemoryVersion | undefined;
  /** All versions of the key that are kept, the newest first. */
  readonly versions: readonly MemoryHead[];
}

/** Reads a key: its newest version, which may be that it was deleted, or an earlier one. Throws StoreError. */
export async function readMemory(bridge: Bridge, key: string, version?: number): Promise<MemoryRead> {
  const { read } = databaseOf(bridge);
  const entry =
    version === undefined ? await newestVersion(read, key) : await findVersion(read, key, version);
  return { entry, versions: await versionsOf(read, key) };
}

export interface MemoryList {
  /** By name. */
  readonly keys: readonly MemoryHead[];
  readonly hasMore: boolean;
  /** How many keys there are in all, and how many bytes their values take. */
  readonly total: { readonly keys: number; readonly bytes: number };
}

/** The keys there are: those that begin so, after one. Throws StoreError. */
export async function listMemory(
  bridge: Bridge,
  {
    prefix = '',
    after = '',
    limit,
  }: { prefix?: string | undefined; after?: string | undefined; limit: number },
): Promise<MemoryList> {
  const { read } = databaseOf(bridge);
  const keys = await keysAfter(read, prefix, after, limit + 1);
  const total = await memoryTotals(read);
  return { keys: keys.slice(0, limit), hasMore: keys.length > limit, total };
}
