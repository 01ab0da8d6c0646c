/**
 * Folders that macOS guards (TCC): the system asks the person before a program reads them. A program that launchd
 * started has nobody to ask, so it gets EPERM or waits for ever, although the same command works in a terminal.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Platform } from '../platform.ts';

/** A folder that macOS guards. */
export interface Guarded {
  readonly folder: string;
  /** As a person knows it: "the Documents folder". */
  readonly name: string;
}

/**
 * The guarded folder that holds this path; null when none does. Follows links; the path need not exist.
 *
 * @param homeDir Of the account the service runs as.
 */
export async function guardedBy(platform: Platform, homeDir: string, path: string): Promise<Guarded | null> {
  if (platform !== 'macos') return null;
  const guards = guardsOf(homeDir);
  // The path as it is written comes first: looking into a guarded folder may already wait for an answer.
  return guardOver(path, guards) ?? guardOver(await realPathOf(path), await realGuards(guards)) ?? null;
}

/** Why a service cannot work in this path, and what to do, as sentences. */
export function guardAdvice(path: string, { name }: Guarded): string {
  return (
    `macOS guards ${name}, so a service cannot work in ${path} although a terminal can. Move the folder elsewhere ` +
    'in your home, or add node under System Settings, Privacy & Security, Full Disk Access.'
  );
}

/** https://support.apple.com/guide/mac-help/control-access-to-files-and-folders-on-mac-mchld5a35146/mac */
function guardsOf(homeDir: string): readonly Guarded[] {
  return [
    { folder: join(homeDir, 'Desktop'), name: 'the Desktop folder' },
    { folder: join(homeDir, 'Documents'), name: 'the Documents folder' },
    { folder: join(homeDir, 'Downloads'), name: 'the Downloads folder' },
    { folder: join(homeDir, 'Library', 'Mobile Documents'), name: 'iCloud Drive' },
    { folder: join(homeDir, 'Library', 'CloudStorage'), name: 'cloud storage' },
    { folder: '/Volumes', name: 'external and network disks' },
  ];
}

/** The home itself may lie behind a link. */
async function realGuards(guards: readonly Guarded[]): Promise<readonly Guarded[]> {
  return Promise.all(guards.map(async ({ folder, name }) => ({ folder: await realPathOf(folder), name })));
}

function guardOver(path: string, guards: readonly Guarded[]): Guarded | undefined {
  return guards.find(({ folder }) => isWithin(comparable(path), comparable(folder)));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Mac disks ignore case, and show the data volume in a second place. */
function comparable(path: string): string {
  return resolve(path)
    .normalize('NFC')
    .toLowerCase()
    .replace(/^\/system\/volumes\/data(?=\/)/, '');
}

/** Where the path does not exist, or may not be read, the part above it counts. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return dirname(path) === path ? path : join(await realPathOf(dirname(path)), basename(path));
  }
}
