/**
 * Diagnoses an installation. Its promise: checks change nothing, always end and leave no process behind; `--fix` applies
 * only fixes that cannot hurt.
 *
 * To add a check: open the file of its group below, add an entry to the group's `checks`, and write a function that takes
 * the `DoctorContext` (context.ts) and returns `ok`, `warning`, `problem` or `skipped` (check.ts). Then break its subject
 * in test/doctor/broken.test.ts. A new group is one more file and one more line below.
 */

import type { CheckGroup } from './check.ts';
import { claudeGroup } from './claude.ts';
import { clockGroup } from './clock-and-zone.ts';
import { configurationGroup } from './configuration.ts';
import { connectionsGroup } from './connections.ts';
import type { DoctorContext } from './context.ts';
import { httpGroup } from './http.ts';
import { leftoversGroup } from './leftovers.ts';
import { logsGroup } from './logs.ts';
import { notifyGroup } from './notify.ts';
import { programGroup } from './program.ts';
import { scriptsGroup } from './scripts.ts';
import { serviceGroup } from './service.ts';
import { sharedFolderGroup } from './shared-folder.ts';
import { stateFolderGroup } from './state-folder.ts';
import { storeGroup } from './store.ts';
import { supervisorGroup } from './supervisor.ts';
import { unattendedGroup } from './unattended.ts';
import { workspacesGroup } from './workspaces.ts';
import { worktreesGroup } from './worktrees.ts';

export { createContext } from './context.ts';
export { deepGroup } from './deep.ts';
export { runChecks } from './run-checks.ts';

/** All groups but the deep one, each after those it depends on. */
export function checkGroups(context: DoctorContext): CheckGroup[] {
  return [
    programGroup,
    stateFolderGroup,
    configurationGroup,
    storeGroup,
    clockGroup,
    claudeGroup,
    connectionsGroup,
    serviceGroup,
    supervisorGroup,
    httpGroup,
    notifyGroup,
    scriptsGroup,
    workspacesGroup,
    worktreesGroup,
    sharedFolderGroup,
    unattendedGroup,
    logsGroup,
    leftoversGroup,
  ].map((group) => group(context));
}
