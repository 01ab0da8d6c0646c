/** What is written and kept: our logs and the output of runs, and what Claude Code keeps for itself. */

import { constants, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openPlainFile } from '../machine/plain-file.ts';
import { logFile, runsFolder, startLogFile } from '../state-folder.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, warning } from './finding.ts';
import { sizeText } from './measure.ts';
import { folderSize, type Size } from './sizes.ts';

export function logsGroup(patient: Patient): Group {
  return {
    name: 'logs',
    title: 'Logs',
    checks: [
      { name: 'log', subject: 'loop.log', look: () => ownLog(patient) },
      { name: 'runs', subject: 'runs/', look: (signal) => runs(patient, signal) },
      { name: 'output', subject: "the supervisor's own output", look: () => output(patient) },
      { name: 'claude', subject: "Claude's own files", look: (signal) => ofClaude(patient, signal) },
    ],
  };
}

/** More than rotation allows means that it does not work. */
const TOLERANCE = 1.5;

async function ownLog({ home, config }: Patient): Promise<Observation> {
  const { log_max_mb, log_files } = await config();
  const names = (await readdir(home).catch(() => [])).filter((name) => /^loop\.log(\.\d+)?$/.test(name));
  const bytes = await sizeOf(names.map((name) => join(home, name)));
  const most = log_max_mb * 1e6 * (log_files + 1);
  const file = logFile(home);
  if (bytes > most * TOLERANCE)
    return warning(
      file,
      `loop.log with its older parts takes ${sizeText(bytes)}; meant are ${sizeText(most)}.`,
      {
        fix: 'bridge-supervisor restart, and remove older parts by hand.',
      },
    );
  return ok(file, `loop.log takes ${sizeText(bytes)} of at most ${sizeText(most)}`);
}

async function runs({ home, config, clock }: Patient, signal: AbortSignal): Promise<Observation> {
  const { keep_runs_mb, keep_runs_days } = await config();
  const folder = runsFolder(home);
  const size = await folderSize(folder, clock, signal);
  if (size.bytes > keep_runs_mb * 1e6 * TOLERANCE)
    return warning(
      folder,
      `The output of runs takes ${words(size)}; meant are ${sizeText(keep_runs_mb * 1e6)}.`,
      {
        fix: 'Approve or cancel what is open: only the output of closed projects is removed.',
      },
    );
  return ok(folder, `The output of runs takes ${words(size)}; it is kept for ${keep_runs_days} days`);
}

const LARGE_OUTPUT = 10_000_000;

/** What it prints before there is a log, and as it dies: in the background, or as a service. */
async function output({ home, service }: Patient): Promise<Observation[]> {
  const own = service?.manager.ownOutput(0, false);
  const background = startLogFile(home);
  const found: Observation[] = [];
  for (const file of [background, ...(own?.kind === 'file' ? [own.path] : [])]) {
    const bytes = await sizeOf([file]);
    const last = file === background ? await lastLine(file) : '';
    if (bytes < LARGE_OUTPUT && last === '') continue;
    const message =
      last === ''
        ? `${file} has grown to ${sizeText(bytes)}.`
        : `A supervisor in the background has ended with: ${last}`;
    found.push(
      warning(file, message, {
        fix: `Read ${file}; bridge-supervisor doctor --fix empties it.`,
        mend: () => empty(file),
      }),
    );
  }
  return found.length > 0 ? found : [ok('output', 'No supervisor has ended with an error')];
}

/** Whoever writes to it appends, and goes on at the new end. */
async function empty(file: string): Promise<string> {
  await using handle = await openPlainFile(file, constants.O_RDWR);
  await handle.truncate();
  return `Emptied ${file}.`;
}

const LAST_BYTES = 2_000;

async function lastLine(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - LAST_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LAST_BYTES), 0, LAST_BYTES, from);
    return buffer.toString('utf8', 0, bytesRead).replaceAll('\0', '').trim().split('\n').at(-1) ?? '';
  } finally {
    await handle.close();
  }
}

/** Claude removes what is older than `cleanupPeriodDays` at its start (https://code.claude.com/docs/en/settings). */
const LARGE_CLAUDE = 5_000_000_000;

async function ofClaude(patient: Patient, signal: AbortSignal): Promise<Observation> {
  const folder = await patient.claudeFolder();
  const parts = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = parts.filter((part) => part.isDirectory()).map(({ name }) => name);
  const sizes = await Promise.all(
    folders.map(async (name) => ({
      name,
      size: await folderSize(join(folder, name), patient.clock, signal),
    })),
  );
  const all: Size = {
    bytes: sizes.reduce((sum, { size }) => sum + size.bytes, 0),
    files: sizes.reduce((sum, { size }) => sum + size.files, 0),
    cut: sizes.some(({ size }) => size.cut),
  };
  const largest = sizes
    .filter(({ size }) => size.bytes > 0)
    .sort((a, b) => b.size.bytes - a.size.bytes)
    .slice(0, 3)
    .map(({ name, size }) => `${name} ${words(size)}`);
  const text = `Claude keeps ${words(all)} in ${folder}${largest.length > 0 ? ` (${largest.join(', ')})` : ''}`;
  if (all.bytes < LARGE_CLAUDE) return ok(folder, text);
  return warning(folder, `${text}.`, {
    fix: 'Set a smaller "cleanupPeriodDays" in its settings.json; sessions of paused work are lost with it.',
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

function words({ bytes, cut }: Size): string {
  return `${cut ? 'at least ' : ''}${sizeText(bytes)}`;
}
