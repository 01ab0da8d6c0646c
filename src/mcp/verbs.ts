/**
 * What the tools may ask of the bridge. A tool knows these verbs and no store: `local-verbs.ts` binds them to the store of
 * this machine.
 *
 * To add a verb: write it in `bridge/`, list it here, and bind it in `local-verbs.ts`.
 */

import type { acknowledgeMessage } from '../bridge/acknowledge-message.ts';
import type { Amendment, amendPlan } from '../bridge/amend-plan.ts';
import type { askPermission } from '../bridge/ask-permission.ts';
import type { askQuestion } from '../bridge/ask-question.ts';
import type { Actor, Bridge } from '../bridge/bridge.ts';
import type { changesSince, currentCursor, cursorFrom } from '../bridge/changes.ts';
import type { channels, newestInChannel } from '../bridge/channels.ts';
import type { clearChannel } from '../bridge/clear-channel.ts';
import type { cancel, steer } from '../bridge/control.ts';
import type { Escalated, escalationOf, TaskToEscalate } from '../bridge/escalations.ts';
import type { readCheckOutputs, readPatch } from '../bridge/evidence-files.ts';
import type { readApproval } from '../bridge/finish.ts';
import type { passGate } from '../bridge/gate.ts';
import type { addToGraph, deleteFromGraph, readGraph } from '../bridge/graph.ts';
import type { currentHolds } from '../bridge/holds.ts';
import type { MeasuredRound } from '../bridge/measured-round.ts';
import type {
  DeleteDone,
  listMemory,
  MemoryWriter,
  readMemory,
  SetChange,
  SetDone,
} from '../bridge/memory.ts';
import type { projectDetails, projectState, projects, projectUpdates } from '../bridge/queries.ts';
import type { questions } from '../bridge/questions.ts';
import type { readChannel, waitForChannel } from '../bridge/read-channel.ts';
import type { clearRelay, fetchFromRelay, RelayFetching, sendToRelay } from '../bridge/relay.ts';
import type { allowRequest, answerRequest, denyRequest } from '../bridge/requests.ts';
import type { approve, reject } from '../bridge/reviews.ts';
import type { acceptPlan, listSchedules } from '../bridge/schedules.ts';
import type { awaitScript, cancelScript, scriptRun } from '../bridge/script-runs.ts';
import type { PlanToSend } from '../bridge/send-plan.ts';
import type { sendToChannel } from '../bridge/send-to-channel.ts';
import type {
  claimByHand,
  pendingPlan,
  resetForRevision,
  sendCompletion,
  sendUpdate,
} from '../bridge/submissions.ts';
import type { supervisorState } from '../control/supervisor-state.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Result } from '../result.ts';
import type { ListedScript } from '../scripts/catalog.ts';
import type { ScriptRequest, StartedScript } from '../scripts/run-script.ts';

/** A verb without its first parameter: its bridge is known. */
type Bound<Verb> = Verb extends (bridge: Bridge, ...args: infer Args) => infer Answer
  ? (...args: Args) => Answer
  : never;

/** Every verb throws StoreError when the store cannot answer. */
export interface Verbs {
  readonly acknowledgeMessage: Bound<typeof acknowledgeMessage>;
  readonly addToGraph: Bound<typeof addToGraph>;
  readonly allowRequest: Bound<typeof allowRequest>;
  readonly answerRequest: Bound<typeof answerRequest>;
  /** Under the configuration as it is now. Throws ConfigError. */
  readonly amendPlan: (amendment: Amendment, actor: Actor) => ReturnType<typeof amendPlan>;
  readonly approve: Bound<typeof approve>;
  readonly askPermission: Bound<typeof askPermission>;
  readonly askQuestion: Bound<typeof askQuestion>;
  readonly awaitScript: Bound<typeof awaitScript>;
  readonly cancel: Bound<typeof cancel>;
  readonly cancelScript: Bound<typeof cancelScript>;
  readonly changesSince: Bound<typeof changesSince>;
  readonly channels: Bound<typeof channels>;
  readonly claimByHand: Bound<typeof claimByHand>;
  /** Whether a verb threw what may pass: the store is locked or full, and nothing was changed. */
  readonly isPassing: (error: unknown) => boolean;
  readonly clearChannel: Bound<typeof clearChannel>;
  readonly clearRelay: Bound<typeof clearRelay>;
  readonly currentCursor: Bound<typeof currentCursor>;
  readonly currentHolds: Bound<typeof currentHolds>;
  readonly cursorFrom: Bound<typeof cursorFrom>;
  readonly deleteFromGraph: Bound<typeof deleteFromGraph>;
  /** Under the limits of the configuration. */
  readonly deleteMemory: (
    change: Omit<SetChange, 'value'>,
    writer: MemoryWriter,
  ) => Promise<Result<DeleteDone>>;
  readonly denyRequest: Bound<typeof denyRequest>;
  /** Under the configuration as it is now. Throws ConfigError. */
  readonly escalate: (task: TaskToEscalate, actor: Actor) => Promise<Result<Escalated>>;
  readonly escalationOf: Bound<typeof escalationOf>;
  /** Only what the person let through, too, where the configuration says so or cannot be read. */
  readonly fetchFromRelay: (
    fetching: RelayFetching,
    shownWhole: Parameters<typeof fetchFromRelay>[2],
  ) => ReturnType<typeof fetchFromRelay>;
  /** Under the configuration as it is now. */
  readonly listMemory: Bound<typeof listMemory>;
  readonly measuredRound: (projectId: ProjectId, round?: number) => Promise<Result<MeasuredRound>>;
  readonly newestInChannel: Bound<typeof newestInChannel>;
  readonly passGate: Bound<typeof passGate>;
  readonly pendingPlan: Bound<typeof pendingPlan>;
  readonly projectDetails: Bound<typeof projectDetails>;
  readonly projectState: Bound<typeof projectState>;
  readonly projects: Bound<typeof projects>;
  readonly projectUpdates: Bound<typeof projectUpdates>;
  readonly questions: Bound<typeof questions>;
  readonly readApproval: Bound<typeof readApproval>;
  readonly readChannel: Bound<typeof readChannel>;
  readonly readCheckOutputs: Bound<typeof readCheckOutputs>;
  readonly readPatch: Bound<typeof readPatch>;
  readonly readGraph: Bound<typeof readGraph>;
  readonly readMemory: Bound<typeof readMemory>;
  readonly reject: Bound<typeof reject>;
  readonly resetForRevision: Bound<typeof resetForRevision>;
  readonly sendCompletion: Bound<typeof sendCompletion>;
  /** Under the configuration as it is now. Throws ConfigError. */
  readonly acceptPlan: (plan: PlanToSend, actor: Actor) => ReturnType<typeof acceptPlan>;
  readonly schedules: Bound<typeof listSchedules>;
  /** Once what gone processes have left is settled. */
  readonly scriptRun: Bound<typeof scriptRun>;
  /** Under the configuration as it is now. Throws ConfigError. */
  readonly scripts: (inRun: boolean) => Promise<ListedScript[]>;
  /** Under the configuration as it is now; the bridge is used until the script has ended. Throws ConfigError. */
  readonly startScript: (request: ScriptRequest, stopping: AbortSignal) => Promise<Result<StartedScript>>;
  /** Keeps the channels within the limits of the configuration, too. */
  readonly sendToChannel: Bound<typeof sendToChannel>;
  readonly sendToRelay: Bound<typeof sendToRelay>;
  readonly sendUpdate: Bound<typeof sendUpdate>;
  /** Under the limits of the configuration. */
  readonly setMemory: (change: SetChange, writer: MemoryWriter) => Promise<Result<SetDone>>;
  readonly steer: Bound<typeof steer>;
  readonly supervisorState: Bound<typeof supervisorState>;
  readonly waitForChannel: Bound<typeof waitForChannel>;
  /** Under the configuration as it is now. */
  readonly waitingRounds: (limit: number) => Promise<MeasuredRound[]>;
}
