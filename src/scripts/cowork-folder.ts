/**
 * Reads the folder of a cowork-to-code bridge: which scripts it has, what it ran, and what still waits there. It is only
 * read. Nothing of it is trusted: links are not followed, what is no such file is counted, and secrets are left out.
 */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForeignScriptRun } from '../bridge/import-scripts.ts';
import { withoutHidden } from '../characters.ts';
import { isObject } from '../project/json-object.ts';
import { SCRIPT_LIMITS, type ScriptState } from '../project/script.ts';
import { cleanLine } from '../project/text.ts';
import { redact } from '../redaction.ts';

export interface CoworkFolder {
  /** Names below its folder of scripts, in their order. */
  readonly scripts: readonly string[];
  /** Oldest first; also commands that were never run. */
  readonly runs: readonly ForeignScriptRun[];
  /** Tasks that nobody has taken up. */
  readonly tasks: number;
  /** Files that could not be read, or are something else. */
  readonly unreadable: number;
}

/** Undefined: it is no such folder. Throws the error of the system. */
export async function readCoworkFolder(folder: string): Promise<CoworkFolder | undefined> {
  const info = await lstat(folder).catch(() => undefined);
  if (!info?.isDirectory()) return undefined;
  const names = await readdir(folder);
  if (!['queue', 'results'].every((name) => names.includes(name))) return undefined;
  const results = await documentsIn(join(folder, 'results'));
  const processed = await documentsIn(join(folder, 'processed'));
  const queued = await documentsIn(join(folder, 'queue'));
  const tasks = await documentsIn(join(folder, 'to_cowork'));
  const commands = new Map([...queued.documents, ...processed.documents]);
  const ids = new Set([...commands.keys(), ...results.documents.keys()]);
  const runs = [...ids].map((id) => runOf(id, commands.get(id) ?? {}, results.documents.get(id)));
  return {
    scripts: await scriptsIn(join(folder, 'scripts')),
    runs: runs.toSorted((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? '')),
    tasks: tasks.documents.size,
    unreadable: results.unreadable + processed.unreadable + queued.unreadable + tasks.unreadable,
  };
}

type Document = Readonly<Record<string, unknown>>;

const MAX_FILES = 20_000;
/** As large as a result of it can be: two streams of 64 KiB, each character escaped. */
const MAX_FILE_BYTES = 2_000_000;

async function documentsIn(
  folder: string,
): Promise<{ documents: Map<string, Document>; unreadable: number }> {
  const documents = new Map<string, Document>();
  let unreadable = 0;
  const isFolder = await lstat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  const names = isFolder ? (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted() : [];
  for (const name of names.slice(-MAX_FILES)) {
    const document = await documentOf(join(folder, name));
    if (document === undefined) unreadable += 1;
    else documents.set(name.slice(0, -'.json'.length), document);
  }
  return { documents, unreadable: unreadable + Math.max(0, names.length - MAX_FILES) };
}

async function documentOf(path: string): Promise<Document | undefined> {
  try {
    const info = await lstat(path);
    if (!info.isFile() || info.size > MAX_FILE_BYTES) return undefined;
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

async function scriptsIn(folder: string): Promise<string[]> {
  const info = await lstat(folder).catch(() => undefined);
  if (!info?.isDirectory()) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^\w[\w.-]*\.(?:sh|py)$/.test(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

/** What its exit codes mean, where they are none of the script's own. */
const STATES: Readonly<Record<number, Exclude<ScriptState, 'running'>>> = {
  [-1]: 'not_started',
  [-2]: 'timed_out',
  [-3]: 'not_started',
  [-4]: 'indeterminate',
  [-5]: 'cancelled',
  [-6]: 'cancelled',
};

/** @param result Undefined: it was never run. */
function runOf(id: string, command: Document, result: Document | undefined): ForeignScriptRun {
  const code = Number.isSafeInteger(result?.exit_code) ? Number(result?.exit_code) : null;
  const createdAt = timeOf(command.ts_submitted) ?? timeOf(result?.ts_completed);
  const state =
    result === undefined ? 'not_started' : code === null ? 'indeterminate' : (STATES[code] ?? 'ended');
  const [stdout, stderr] = [textOf(result?.stdout), textOf(result?.stderr)];
  return {
    foreignId: id,
    script: cleanLine(textOf(command.script).replace(/^scripts\//, '')).slice(0, 200) || 'unknown',
    args: (Array.isArray(command.args) ? command.args : [])
      .slice(0, SCRIPT_LIMITS.args)
      .map((arg) => textOf(String(arg)).slice(0, 1_000)),
    state,
    exitCode: state === 'ended' ? code : null,
    failure:
      result === undefined
        ? 'imported: it waited to be run'
        : state === 'not_started'
          ? cleanLine(textOf(result.error) || textOf(result.stderr)).slice(0, 1_000) || 'imported: rejected'
          : null,
    cancelReason:
      code === -6 ? 'it had expired' : cleanLine(textOf(result?.cancel_reason)).slice(0, 1_000) || null,
    stdout: tailOf(stdout),
    stderr: tailOf(stderr),
    stdoutBytes: bytesOf(result?.stdout_total_bytes, stdout),
    stderrBytes: bytesOf(result?.stderr_total_bytes, stderr),
    createdAt,
    endedAt: timeOf(result?.ts_completed) ?? createdAt,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? withoutHidden(redact(value)) : '';
}

function tailOf(text: string): string {
  const bytes = Buffer.from(text);
  // A character that is cut becomes a sign of its own.
  return bytes.length <= SCRIPT_LIMITS.outputBytes
    ? text
    : bytes
        .subarray(-SCRIPT_LIMITS.outputBytes)
        .toString('utf8')
        .replace(/^\ufffd+/, '');
}

function bytesOf(total: unknown, text: string): number {
  return Number.isSafeInteger(total) && Number(total) >= 0 ? Number(total) : Buffer.byteLength(text);
}

/** Seconds since 1970, or ISO 8601. */
function timeOf(value: unknown): string | null {
  const time =
    typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return time > 0 && time < 8e15 ? new Date(time).toISOString() : null;
}
