/** Everything that is looked at, in the order in which a person would: first what the rest stands on. */
import { claudeGroup } from './claude.ts';
import { configurationGroup } from './configuration.ts';
import { connectionsGroup } from './connections.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { remainsGroup } from './leftovers.ts';
import { logsGroup } from './logs.ts';
import { programGroup } from './program.ts';
import { serviceGroup } from './service.ts';
import { stateFolderGroup } from './state-folder.ts';
import { storeGroup } from './store.ts';
import { supervisorGroup } from './supervisor.ts';
import { timeGroup } from './time.ts';
import { vigilGroup } from './unattended.ts';
import { workspacesGroup } from './workspaces.ts';

export function groupsOf(patient: Patient): Group[] {
  return [
    programGroup,
    stateFolderGroup,
    configurationGroup,
    storeGroup,
    timeGroup,
    claudeGroup,
    connectionsGroup,
    serviceGroup,
    supervisorGroup,
    workspacesGroup,
    vigilGroup,
    logsGroup,
    remainsGroup,
  ].map((group) => group(patient));
}
