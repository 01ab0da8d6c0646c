/**
 * The verbs of the store on this machine. Loaded at the first call of a tool: a server that is started only to be asked
 * its name loads no store.
 */

import { acknowledgeMessage } from '../bridge/acknowledge-message.ts';
import { amendPlan } from '../bridge/amend-plan.ts';
import { askPermission } from '../bridge/ask-permission.ts';
import { askQuestion } from '../bridge/ask-question.ts';
import { type Bridge, isTransientStoreError, openBridge } from '../bridge/bridge.ts';
import { changesSince, currentCursor, cursorFrom } from '../bridge/changes.ts';
import { channels, newestInChannel } from '../bridge/channels.ts';
import { clearChannel } from '../bridge/clear-channel.ts';
import { cancel, steer } from '../bridge/control.ts';
import { escalate, escalationOf } from '../bridge/escalations.ts';
import { readCheckOutputs, readPatch } from '../bridge/evidence-files.ts';
import { readApproval } from '../bridge/finish.ts';
import { passGate } from '../bridge/gate.ts';
import { addToGraph, deleteFromGraph, readGraph } from '../bridge/graph.ts';
import { currentHolds } from '../bridge/holds.ts';
import { measuredRound, waitingRounds } from '../bridge/measured-round.ts';
import { deleteMemory, listMemory, readMemory, setMemory } from '../bridge/memory.ts';
import { projectDetails, projectState, projects, projectUpdates } from '../bridge/queries.ts';
import { questions } from '../bridge/questions.ts';
import { readChannel, waitForChannel } from '../bridge/read-channel.ts';
import { clearRelay, fetchFromRelay, sendToRelay } from '../bridge/relay.ts';
import { allowRequest, answerRequest, denyRequest } from '../bridge/requests.ts';
import { approve, reject } from '../bridge/reviews.ts';
import { acceptPlan, listSchedules } from '../bridge/schedules.ts';
import { awaitScript, cancelScript, scriptRun, scriptUpkeep } from '../bridge/script-runs.ts';
import { sendToChannel } from '../bridge/send-to-channel.ts';
import {
  claimByHand,
  pendingPlan,
  resetForRevision,
  sendCompletion,
  sendUpdate,
} from '../bridge/submissions.ts';
import { tidyChannels } from '../bridge/tidy-channels.ts';
import { tidyMemory } from '../bridge/tidy-memory.ts';
import { upkeep } from '../bridge/upkeep.ts';
import type { Clock } from '../clock.ts';
import { loadConfig } from '../config.ts';
import { channelLimits, memoryLimits } from '../config-channels.ts';
import { escalationPolicy } from '../config-scripts.ts';
import { readableConfig } from '../control/host.ts';
import { supervisorState } from '../control/supervisor-state.ts';
import type { Environment } from '../environment.ts';
import { listScripts } from '../scripts/catalog.ts';
import { startScript } from '../scripts/run-script.ts';
import { settleScripts } from '../scripts/settle-scripts.ts';
import { stateFolder } from '../state-folder.ts';
import type { Verbs } from './verbs.ts';

export interface LocalVerbs {
  readonly verbs: Verbs;
  /** Names the file in the store's place now, as `Bridge` does. */
  identity(): Promise<string>;
  close(): Promise<void>;
}

/** Opens the store of the state folder that `env` names. Throws StoreError and ConfigError. */
export async function openLocalVerbs(env: Environment, clock: Clock): Promise<LocalVerbs> {
  const bridge = await openBridge(stateFolder(env), clock);
  return {
    verbs: bindVerbs(bridge, env),
    identity: () => bridge.identity(),
    close: () => bridge.close(),
  };
}

/** @param env Where the configuration is found. */
export function bindVerbs(bridge: Bridge, env: Environment): Verbs {
  const bind =
    <Args extends readonly unknown[], Answer>(verb: (bridge: Bridge, ...args: Args) => Answer) =>
    (...args: Args) =>
      verb(bridge, ...args);
  const policy = () => readableConfig({ stateDir: bridge.stateDir, env });
  const tidyScripts = scriptUpkeep(bridge);
  const keepChannels = upkeep(bridge, () => tidyChannels(bridge, channelLimits(policy()?.channels)));
  const limits = () => memoryLimits(policy()?.memory);
  const keepMemory = upkeep(bridge, () => tidyMemory(bridge, limits()));
  return {
    addToGraph: bind(addToGraph),
    allowRequest: bind(allowRequest),
    answerRequest: bind(answerRequest),
    amendPlan: async (amendment, actor) =>
      amendPlan(bridge, loadConfig(bridge.stateDir, env), amendment, actor),
    approve: bind(approve),
    askPermission: bind(askPermission),
    askQuestion: bind(askQuestion),
    awaitScript: bind(awaitScript),
    cancel: bind(cancel),
    cancelScript: bind(cancelScript),
    changesSince: bind(changesSince),
    acknowledgeMessage: bind(acknowledgeMessage),
    channels: bind(channels),
    claimByHand: bind(claimByHand),
    clearChannel: bind(clearChannel),
    clearRelay: bind(clearRelay),
    currentCursor: bind(currentCursor),
    isPassing: isTransientStoreError,
    currentHolds: bind(currentHolds),
    cursorFrom: bind(cursorFrom),
    deleteFromGraph: bind(deleteFromGraph),
    deleteMemory: async (change, writer) => {
      const deleted = await deleteMemory(bridge, limits(), change, writer);
      await keepMemory();
      return deleted;
    },
    denyRequest: bind(denyRequest),
    escalate: async (task, actor) => {
      const config = loadConfig(bridge.stateDir, env);
      return escalate(bridge, config, escalationPolicy(config.escalation), task, actor, env);
    },
    escalationOf: bind(escalationOf),
    fetchFromRelay: (fetching, shownWhole) => {
      const isHeld = fetching.isHeld || (policy()?.relay.hold ?? true);
      return fetchFromRelay(bridge, { ...fetching, isHeld }, shownWhole);
    },
    listMemory: bind(listMemory),
    measuredRound: (...args) => measuredRound(bridge, policy(), ...args),
    newestInChannel: bind(newestInChannel),
    passGate: bind(passGate),
    pendingPlan: bind(pendingPlan),
    projectDetails: bind(projectDetails),
    projectState: bind(projectState),
    projects: bind(projects),
    projectUpdates: bind(projectUpdates),
    questions: bind(questions),
    readApproval: bind(readApproval),
    readChannel: bind(readChannel),
    readCheckOutputs: bind(readCheckOutputs),
    readPatch: bind(readPatch),
    readGraph: bind(readGraph),
    readMemory: bind(readMemory),
    reject: bind(reject),
    resetForRevision: bind(resetForRevision),
    sendCompletion: bind(sendCompletion),
    // Each call reads the configuration, so a change of it counts at once.
    acceptPlan: async (plan, actor) => acceptPlan(bridge, loadConfig(bridge.stateDir, env), plan, actor, env),
    schedules: bind(listSchedules),
    scriptRun: async (id) => {
      await settleScripts(bridge);
      return scriptRun(bridge, id);
    },
    scripts: async (inRun) => listScripts(loadConfig(bridge.stateDir, env).scripts, inRun),
    startScript: async (request, stopping) => {
      const config = loadConfig(bridge.stateDir, env);
      await tidyScripts(config.scripts.keep_days);
      return startScript(bridge, config, env, request, stopping);
    },
    sendToChannel: async (message) => {
      const sent = await sendToChannel(bridge, message);
      await keepChannels();
      return sent;
    },
    sendToRelay: bind(sendToRelay),
    sendUpdate: bind(sendUpdate),
    setMemory: async (change, writer) => {
      const set = await setMemory(bridge, limits(), change, writer);
      await keepMemory();
      return set;
    },
    steer: bind(steer),
    supervisorState: bind(supervisorState),
    waitForChannel: bind(waitForChannel),
    waitingRounds: (limit) => waitingRounds(bridge, policy(), limit),
  };
}
