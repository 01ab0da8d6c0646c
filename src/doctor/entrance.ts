/** What the command line needs of this room, loaded only when it is asked for. */

export { admit } from './context.ts';
export { deepGroup } from './deep.ts';
export { examine } from './doctor.ts';
export { groupsOf } from './groups.ts';
