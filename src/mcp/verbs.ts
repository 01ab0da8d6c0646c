/**
 * Everything of ours that a tool call needs and a start does not: the verbs, the store below them, the configuration.
 * Loaded at the first call, so that a server that is started only to be asked its name costs nothing.
 */
export { openBridge } from '../bridge/bridge.ts';
export { approve, readApproval, reject } from '../bridge/decide.ts';
export { cancel, steer } from '../bridge/direct.ts';
export { currentHolds } from '../bridge/holds.ts';
export { currentLease } from '../bridge/lease.ts';
export {
  approvalQueue,
  changesSince,
  currentCursor,
  projectDetails,
  projectState,
  projects,
  projectUpdates,
} from '../bridge/reading.ts';
export { sendPlan } from '../bridge/send-plan.ts';
export {
  claimByHand,
  pendingPlan,
  resetForRevision,
  sendCompletion,
  sendUpdate,
} from '../bridge/work.ts';
export { loadConfig, stateFolder } from '../config.ts';
