/**
 * Everything of ours that a tool call needs and a start does not: the verbs, the store below them, the configuration.
 * Loaded at the first call, so that a server that is started only to be asked its name costs nothing.
 */

import { openBridge } from '../bridge/bridge.ts';
import { changesSince, currentCursor, cursorAfter, cursorFrom } from '../bridge/changes.ts';
import { cancel, steer } from '../bridge/control.ts';
import { currentHolds } from '../bridge/holds.ts';
import { approvalQueue, projectDetails, projectState, projects, projectUpdates } from '../bridge/queries.ts';
import { approve, readApproval, reject } from '../bridge/reviews.ts';
import { sendPlan } from '../bridge/send-plan.ts';
import {
  claimByHand,
  pendingPlan,
  resetForRevision,
  sendCompletion,
  sendUpdate,
} from '../bridge/submissions.ts';
import { loadConfig } from '../config.ts';
import { supervisorState } from '../control/supervisor-state.ts';
import { stateFolder } from '../state-folder.ts';

export const verbs = {
  approvalQueue,
  approve,
  cancel,
  changesSince,
  claimByHand,
  currentCursor,
  cursorAfter,
  cursorFrom,
  currentHolds,
  loadConfig,
  openBridge,
  pendingPlan,
  projectDetails,
  projectState,
  projects,
  projectUpdates,
  readApproval,
  reject,
  resetForRevision,
  sendCompletion,
  sendPlan,
  sendUpdate,
  stateFolder,
  steer,
  supervisorState,
};
