/** Checks that the output of a run can be kept: the folder of the runs takes files, and the disk has room. */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { freeSpace } from '../machine/disk.ts';
import { makePrivateFolder } from '../make-folder.ts';
import { runsFolder } from '../state-folder.ts';

/** A run leaves two files, and Claude writes more of its own. */
const FILES_NEEDED = 32;

/** Why output cannot be kept, in one line that stays the same while the cause lasts; undefined when it can. */
export async function whyNoRoom(stateDir: string, minMb: number): Promise<string | undefined> {
  const folder = runsFolder(stateDir);
  try {
    await makeRunsFolder(stateDir);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const path of [stateDir, folder]) {
      const { bytes, files } = await freeSpace(path);
      // The limit, not the free space, so that the reason does not change with every megabyte.
      if (bytes < minMb * 1e6)
        return `less than ${minMb} MB are free on the disk of ${path}; free some space, or lower disk_min_mb`;
      if (files !== null && files < FILES_NEEDED)
        return `the disk of ${path} has room for less than ${FILES_NEEDED} more files (inodes); remove some`;
    }
    return undefined;
  } catch (error) {
    return `${folder}, where the output of runs is kept, cannot be used: ${(error as Error).message}`;
  }
}

/** Creates the folder of the runs where it does not exist. Throws the system's error. */
export async function makeRunsFolder(stateDir: string): Promise<void> {
  makePrivateFolder(runsFolder(stateDir));
}
