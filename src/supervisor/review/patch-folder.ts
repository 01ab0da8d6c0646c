/** A long patch, where a reviewer may read it: what lies beside runs is out of its reach. */
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../error-message.ts';
import { makePrivateFolder } from '../../make-folder.ts';
import { reviewFolder, reviewsFolder } from '../../state-folder.ts';
import type { Context } from '../context.ts';

/** Copies it there, and returns its path. Throws the system's errors. */
export async function lendPatch(stateDir: string, projectId: string, patchFile: string): Promise<string> {
  const folder = reviewFolder(stateDir, projectId);
  makePrivateFolder(reviewsFolder(stateDir));
  makePrivateFolder(folder);
  const copy = join(folder, 'changes.patch');
  await copyFile(patchFile, copy);
  return copy;
}

/** Removes what a review of this project was lent. */
export async function takePatchBack(context: Context, projectId: string): Promise<void> {
  await remove(context, reviewFolder(context.bridge.stateDir, projectId));
}

/** Removes what reviews of a killed supervisor were lent. */
export async function takeAllPatchesBack(context: Context): Promise<void> {
  await remove(context, reviewsFolder(context.bridge.stateDir));
}

/** A copy that stays does no harm. */
async function remove({ log }: Context, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
    log.warn('review.patch_left', { folder }, messageOf(error)),
  );
}
