/** Whether what a run says can be kept: the folder of the runs takes files, and there is room for them. */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { freeSpace } from '../machine/disk.ts';
import { makePrivateFolder } from '../make-folder.ts';
import { runsFolder } from '../state-folder.ts';

/** A run leaves two files, and Claude writes some of its own. */
const FILES_NEEDED = 32;

/** What hinders, in one line that stays the same while it lasts; undefined when nothing does. */
export async function whyNoRoom(stateDir: string, minMb: number): Promise<string | undefined> {
  const folder = runsFolder(stateDir);
  try {
    await makeRunsFolder(stateDir);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const path of [stateDir, folder]) {
      const { bytes, files } = await freeSpace(path);
      // In steps, so that the reason does not change with every megabyte.
      if (bytes < minMb * 1e6)
        return `less than ${minMb} MB are free where ${path} is; make room, or lower disk_min_mb`;
      if (files !== null && files < FILES_NEEDED)
        return `less than ${FILES_NEEDED} more files (inodes) fit where ${path} is; remove some`;
    }
    return undefined;
  } catch (error) {
    return `${folder}, where the output of runs is kept, cannot be used: ${(error as Error).message}`;
  }
}

/** Throws the system's error. */
export async function makeRunsFolder(stateDir: string): Promise<void> {
  makePrivateFolder(runsFolder(stateDir));
}
