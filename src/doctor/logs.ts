/** Disk use of our logs, of the output of runs, and of Claude's own files. */

import { constants, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderSize, folderSize } from '../machine/folder-size.ts';
import { openPlainFile } from '../machine/open-file.ts';
import { lastLineOf } from '../machine/program-output.ts';
import { logFile, runsFolder, startLogFile } from '../state-folder.ts';
import { type CheckGroup, type FindingFacts, ok, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import { sizeText } from './wording.ts';

export function logsGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'logs',
    title: 'Logs',
    checks: [
      { name: 'log', subject: 'loop.log', run: () => ownLog(context) },
      { name: 'runs', subject: 'runs/', run: (signal) => runs(context, signal) },
      { name: 'output', subject: 'output of the supervisor', run: () => output(context) },
      { name: 'claude', subject: "Claude's own files", run: (signal) => ofClaude(context, signal) },
    ],
  };
}

/** More than this many times the limit shows that rotation or retention does not work. */
const TOLERANCE = 1.5;

async function ownLog({ stateDir, config }: DoctorContext): Promise<FindingFacts> {
  const { log_max_mb, log_files } = await config();
  const names = (await readdir(stateDir).catch(() => [])).filter((name) => /^loop\.log(\.\d+)?$/.test(name));
  const bytes = await sizeOf(names.map((name) => join(stateDir, name)));
  const max = log_max_mb * 1e6 * (log_files + 1);
  const file = logFile(stateDir);
  if (bytes > max * TOLERANCE)
    return warning(
      file,
      `loop.log and its rotated files use ${sizeText(bytes)}; expected at most ${sizeText(max)}.`,
      {
        hint: 'Run bridge-supervisor restart, and remove rotated files by hand.',
      },
    );
  return ok(file, `loop.log uses ${sizeText(bytes)} of at most ${sizeText(max)}`);
}

async function runs({ stateDir, config, clock }: DoctorContext, signal: AbortSignal): Promise<FindingFacts> {
  const { keep_runs_mb, keep_runs_days } = await config();
  const folder = runsFolder(stateDir);
  const size = await folderSize(folder, clock, signal);
  if (size.bytes > keep_runs_mb * 1e6 * TOLERANCE)
    return warning(
      folder,
      `The output of runs uses ${text(size)}; expected at most ${sizeText(keep_runs_mb * 1e6)}.`,
      {
        hint: 'Approve or cancel open projects; only the output of closed ones is removed.',
      },
    );
  return ok(folder, `The output of runs uses ${text(size)}; it is kept for ${keep_runs_days} days`);
}

const MAX_OUTPUT_BYTES = 10_000_000;

/** A supervisor prints before it has a log, and as it dies: in the background, or as a service. */
async function output({ stateDir, service }: DoctorContext): Promise<FindingFacts[]> {
  const own = service?.manager.ownOutput(0, false);
  const background = startLogFile(stateDir);
  const found: FindingFacts[] = [];
  for (const file of [background, ...(own?.kind === 'file' ? [own.path] : [])]) {
    const bytes = await sizeOf([file]);
    const last = file === background ? await lastLine(file) : '';
    if (bytes < MAX_OUTPUT_BYTES && last === '') continue;
    const message =
      last === ''
        ? `${file} has grown to ${sizeText(bytes)}.`
        : `A background supervisor printed before it ended: ${last}`;
    found.push(
      warning(file, message, {
        hint: `Read ${file}; bridge-supervisor doctor --fix empties it.`,
        fix: () => empty(file),
      }),
    );
  }
  return found.length > 0 ? found : [ok('output', 'No supervisor printed an error')];
}

/** Writers append, so they continue at the new end. */
async function empty(file: string): Promise<string> {
  await using handle = await openPlainFile(file, constants.O_RDWR);
  await handle.truncate();
  return `Emptied ${file}.`;
}

const TAIL_BYTES = 2_000;

async function lastLine(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, from);
    return lastLineOf(buffer.toString('utf8', 0, bytesRead).replaceAll('\0', ''));
  } finally {
    await handle.close();
  }
}

/** At its start Claude removes what is older than `cleanupPeriodDays` (https://code.claude.com/docs/en/settings). */
const MAX_CLAUDE_BYTES = 5_000_000_000;

async function ofClaude(context: DoctorContext, signal: AbortSignal): Promise<FindingFacts> {
  const folder = await context.claudeFolder();
  const parts = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = parts.filter((part) => part.isDirectory()).map(({ name }) => name);
  const sizes = await Promise.all(
    folders.map(async (name) => ({
      name,
      size: await folderSize(join(folder, name), context.clock, signal),
    })),
  );
  const all: FolderSize = {
    bytes: sizes.reduce((sum, { size }) => sum + size.bytes, 0),
    files: sizes.reduce((sum, { size }) => sum + size.files, 0),
    cut: sizes.some(({ size }) => size.cut),
  };
  const largest = sizes
    .filter(({ size }) => size.bytes > 0)
    .sort((a, b) => b.size.bytes - a.size.bytes)
    .slice(0, 3)
    .map(({ name, size }) => `${name} ${text(size)}`);
  const message = `Claude's files use ${text(all)} in ${folder}${largest.length > 0 ? ` (${largest.join(', ')})` : ''}`;
  if (all.bytes < MAX_CLAUDE_BYTES) return ok(folder, message);
  return warning(folder, `${message}.`, {
    hint: 'Set a smaller "cleanupPeriodDays" in its settings.json. Paused projects older than that lose their session.',
  });
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function text({ bytes, cut }: FolderSize): string {
  return `${cut ? 'at least ' : ''}${sizeText(bytes)}`;
}
