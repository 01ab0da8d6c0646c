/** Folders that are kept elsewhere, or that another program copies elsewhere while they are used. */
import { statfs } from 'node:fs/promises';
import { sep } from 'node:path';
import { platform } from './platform.ts';

/** The file system of a folder that is not, or may not be, on a disk of this machine. */
export interface ForeignDisk {
  /** For a sentence: "a network drive". */
  readonly title: string;
  /** It may also be a local disk behind a program: an encrypted home, the layers of a container. */
  readonly maybe: boolean;
}

/**
 * Undefined for a disk of this machine, and where that is unknown. Linux has a number for it
 * (https://man7.org/linux/man-pages/man2/statfs.2.html); on Windows the path shows it.
 */
export async function foreignDisk(path: string): Promise<ForeignDisk | undefined> {
  if (platform === 'windows' && /^[\\/]{2}[^?.]/.test(path))
    return { title: 'a network drive', maybe: false };
  if (platform !== 'linux') return undefined;
  const { type } = await statfs(path);
  const title = KINDS.get(type);
  return title === undefined ? undefined : { title, maybe: type === FUSE };
}

const FUSE = 0x65735546;

const KINDS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'a network file system (NFS)'],
  [0xff534d42, 'a network drive (CIFS)'],
  [0xfe534d42, 'a network drive (SMB)'],
  [0x517b, 'a network drive (SMB)'],
  [0x01021997, 'a folder of the host (9P)'],
  [FUSE, 'a file system of a program (FUSE)'],
  [0x00c36400, 'a network file system (Ceph)'],
  [0x5346414f, 'a network file system (AFS)'],
  [0x0bd00bd0, 'a network file system (Lustre)'],
  [0x786f4256, 'a shared folder of VirtualBox'],
  [0xbacbacbc, 'a shared folder of VMware'],
]);

/** Names that these programs give to the folders they synchronise, or to a folder above them. */
const SYNCED: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/^OneDrive( - .+)?$/i, 'OneDrive'],
  [/^(com~apple~CloudDocs|iCloud ?Drive)$/i, 'iCloud'],
  [/^Dropbox( \(.+\))?$/i, 'Dropbox'],
  [/^(Google ?Drive|GoogleDrive-.+|DriveFS)$/i, 'Google Drive'],
  [/^(Nextcloud|ownCloud|pCloudDrive|MEGA|Box Sync)$/i, 'a program for cloud storage'],
];

/** The program that copies this folder elsewhere, judged by the path; undefined when none is known. */
export function syncedBy(path: string): string | undefined {
  const names = path.split(sep);
  return SYNCED.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
}
