/** Everything that leaves the program as JSON. */
import type { WireBudget } from './schemas/budget.ts';
import type { WireCredential, WireIssuedToken } from './schemas/credential.ts';
import type { WireDemoStep, WireDemoSummary } from './schemas/demo.ts';
import type { WireEvent } from './schemas/event.ts';
import type { WireEvidence } from './schemas/evidence.ts';
import type { WireDiagnosis } from './schemas/finding.ts';
import type { WireGraphDeleted, WireGraphList, WireGraphSearch, WireWholeEntity } from './schemas/graph.ts';
import type { WireSignInLink } from './schemas/http.ts';
import type { WireImport } from './schemas/import.ts';
import type { WireInstall, WireUninstall } from './schemas/install.ts';
import type { WireLogLine, WireServiceLogLine } from './schemas/log-line.ts';
import type { WireMemoryDeleted, WireMemoryList, WireMemoryRead, WireMemorySet } from './schemas/memory.ts';
import type { WireNotificationList, WireTestedReceiver } from './schemas/notification.ts';
import type { WireProject } from './schemas/project.ts';
import type { WireAmendedPlan, WireProjectDetails, WireSentPlan } from './schemas/project-details.ts';
import type { WireRelayCleared, WireRelayRelease, WireRelayStatus } from './schemas/relay.ts';
import type { WireRequest } from './schemas/request.ts';
import type { WireSchedule, WireScheduleDetails, WireSentSchedule } from './schemas/schedule.ts';
import type { WireListedScript, WireScriptRun, WireShownScriptRun } from './schemas/script.ts';
import type { WireSetup } from './schemas/setup.ts';
import type { WireStatus } from './schemas/status.ts';
import type { WireWorktreeList, WireWorktreeRemoval } from './schemas/worktree.ts';

/** The result of a command. */
export type WireOutput =
  | WireStatus
  | WireProject
  | readonly WireProject[]
  | WireProjectDetails
  | WireEvidence
  | WireRequest
  | readonly WireRequest[]
  | WireSentPlan
  | WireAmendedPlan
  | WireSchedule
  | readonly WireSchedule[]
  | WireScheduleDetails
  | WireSentSchedule
  | WireDiagnosis
  | WireImport
  | WireSetup
  | WireInstall
  | WireUninstall
  | WireWorktreeList
  | WireWorktreeRemoval
  | WireBudget
  | WireIssuedToken
  | WireSignInLink
  | WireCredential
  | readonly WireCredential[]
  | readonly WireTestedReceiver[]
  | WireNotificationList
  | WireRelayRelease
  | WireRelayStatus
  | WireRelayCleared
  | readonly WireListedScript[]
  | readonly WireScriptRun[]
  | WireShownScriptRun
  | WireMemoryList
  | WireMemoryRead
  | WireMemorySet
  | WireMemoryDeleted
  | WireGraphList
  | WireGraphSearch
  | WireWholeEntity
  | WireGraphDeleted;

/** One of many results, each on a line of its own. */
export type WireLine =
  | WireEvent
  | WireLogLine
  | WireServiceLogLine
  | WireDemoStep
  | WireDemoSummary
  | WireSentPlan;
