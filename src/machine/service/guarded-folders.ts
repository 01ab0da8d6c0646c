/**
 * Folders that macOS guards (TCC): a program asks the person before it reads them, and one that launchd started has
 * nobody to ask. There it gets EPERM, or waits for ever, though the same command works in a terminal.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Platform } from '../platform.ts';

/**
 * Why a service may not be able to work in this folder, and what to do, as a sentence; null when nothing guards it.
 * Links are followed; the folder need not exist.
 *
 * @param homeDir Of the account the service runs as.
 */
export async function guardedBy(platform: Platform, homeDir: string, path: string): Promise<string | null> {
  if (platform !== 'macos') return null;
  const guards = guardsOf(homeDir);
  // As it is written first: what is guarded is better not even looked at.
  const guard = guardOver(path, guards) ?? guardOver(await realPathOf(path), await realGuards(guards));
  return guard ? sentence(path, guard) : null;
}

interface Guard {
  readonly folder: string;
  /** As a person knows it. */
  readonly name: string;
}

/** https://support.apple.com/guide/mac-help/control-access-to-files-and-folders-on-mac-mchld5a35146/mac */
function guardsOf(homeDir: string): readonly Guard[] {
  return [
    { folder: join(homeDir, 'Desktop'), name: 'the Desktop folder' },
    { folder: join(homeDir, 'Documents'), name: 'the Documents folder' },
    { folder: join(homeDir, 'Downloads'), name: 'the Downloads folder' },
    { folder: join(homeDir, 'Library', 'Mobile Documents'), name: 'iCloud Drive' },
    { folder: join(homeDir, 'Library', 'CloudStorage'), name: 'cloud storage' },
    { folder: '/Volumes', name: 'external and network disks' },
  ];
}

/** The home may be reached through a link as well. */
async function realGuards(guards: readonly Guard[]): Promise<readonly Guard[]> {
  return Promise.all(guards.map(async ({ folder, name }) => ({ folder: await realPathOf(folder), name })));
}

function guardOver(path: string, guards: readonly Guard[]): Guard | undefined {
  return guards.find(({ folder }) => isWithin(comparable(path), comparable(folder)));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Mac disks take `documents` for `Documents`, and show the data volume in a second place. */
function comparable(path: string): string {
  return resolve(path)
    .normalize('NFC')
    .toLowerCase()
    .replace(/^\/system\/volumes\/data(?=\/)/, '');
}

/** Of what is not there, or may not be looked at, the part above counts. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return dirname(path) === path ? path : join(await realPathOf(dirname(path)), basename(path));
  }
}

function sentence(path: string, { name }: Guard): string {
  return (
    `macOS guards ${name}, so a service cannot work in ${path} although a terminal can. Move the folder elsewhere ` +
    'in your home, or add node under System Settings, Privacy & Security, Full Disk Access.'
  );
}
