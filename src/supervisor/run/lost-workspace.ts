/**
 * Checks that the folder of an active run still exists. Without it the shell of Claude continues in the home folder
 * (seen in 2.1.329).
 */
import type { Clock } from '../../clock.ts';
import { answers } from '../../machine/answering.ts';
import { type FolderFate, folderFate } from '../../machine/folder-identity.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { RunContext } from './context.ts';

/** Why to stop the run; undefined while its folder exists, or is on a network drive that does not respond. */
export async function lostWorkspace(
  { run: { workspace }, workspaceIdentity }: Pick<RunContext, 'run' | 'workspaceIdentity'>,
  clock: Clock,
): Promise<Outcome | undefined> {
  const seen: { fate: FolderFate } = { fate: 'there' };
  await answers(workspace, clock, async (path) => {
    seen.fate = await folderFate(path, workspaceIdentity);
  });
  return seen.fate === 'there'
    ? undefined
    : { kind: 'workspace_missing', message: MESSAGES[seen.fate](workspace) };
}

const MESSAGES = {
  gone: (folder: string) =>
    `the folder ${folder} is gone: it was renamed or deleted while Claude worked in it, so Claude was stopped. Put it back, then retry`,
  replaced: (folder: string) =>
    `the folder ${folder} was replaced by another one while Claude worked in it, so Claude was stopped. Check which of them should be there, then retry`,
};
