/** The folder of a run, right before Claude is started in it. */
import { mkdir, stat } from 'node:fs/promises';
import { ownWorkspace } from '../bridge/workspaces.ts';
import type { Run } from '../project/run.ts';

/** A project's own folder is made when it is first needed; any other must be there. Returns what is wrong with it. */
export async function prepareWorkspace(
  home: string,
  { projectId, workspace }: Run,
): Promise<string | undefined> {
  if (workspace === ownWorkspace(home, projectId)) await mkdir(workspace, { recursive: true, mode: 0o700 });
  try {
    return (await stat(workspace)).isDirectory() ? undefined : `${workspace} is not a folder`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${workspace} does not exist` : `${workspace} cannot be read (${code})`;
  }
}
