/** Whether the folder of a run under way is still there. Without it Claude's shell goes on in the home folder (2.1.329). */
import type { Clock } from '../../clock.ts';
import { answers } from '../../machine/answering.ts';
import { type FolderFate, folderFate } from '../../machine/folder-identity.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { RunContext } from './context.ts';

/** Why the run is to be ended; undefined while its folder is there, or on a network drive that does not answer. */
export async function lostWorkspace(
  { run: { workspace }, workspaceIdentity }: Pick<RunContext, 'run' | 'workspaceIdentity'>,
  clock: Clock,
): Promise<Outcome | undefined> {
  const look: { fate: FolderFate } = { fate: 'there' };
  await answers(workspace, clock, async (path) => {
    look.fate = await folderFate(path, workspaceIdentity);
  });
  return look.fate === 'there'
    ? undefined
    : { kind: 'workspace_missing', message: WHAT_HAPPENED[look.fate](workspace) };
}

const WHAT_HAPPENED = {
  gone: (folder: string) =>
    `the folder ${folder} is gone: it was renamed or deleted while Claude worked in it, so Claude was ended. Put it back, then retry`,
  replaced: (folder: string) =>
    `the folder ${folder} is gone: something else has taken its place while Claude worked in it, so Claude was ended. Look which of them is to be there, then retry`,
};
