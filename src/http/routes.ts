/** Every route of the API. What is not listed here is not there. */
import type { Route } from './define-route.ts';
import { channelAudit } from './routes/channel-audit.ts';
import { followChannel } from './routes/channel-stream.ts';
import { acknowledgeInChannel, clearOneChannel, sendMessage } from './routes/channel-writes.ts';
import {
  channelState,
  channelStatus,
  listMessages,
  showMessage,
  waitForMessages,
} from './routes/channels.ts';
import { showCosts } from './routes/costs.ts';
import { approveProject, rejectProject } from './routes/decisions.ts';
import { cancelProject, retryProject, steerProject } from './routes/direct.ts';
import { openApi } from './routes/document.ts';
import { followEvents } from './routes/events.ts';
import { listChanges, showChange, showCheck, showPatch, showRound } from './routes/evidence.ts';
import { pauseAll, resumeAll, showOverview } from './routes/fleet.ts';
import { health } from './routes/health.ts';
import {
  callChannelTools,
  callCodeTools,
  callDesktopTools,
  callFolderTools,
  callGraphTools,
  callMemoryTools,
  callRelayTools,
  callScriptTools,
} from './routes/mcp.ts';
import { showMetrics } from './routes/metrics.ts';
import { showNotifications, testNotifications } from './routes/notifications.ts';
import { openOldTransport, sendOverOldTransport } from './routes/old-transport.ts';
import { checkOnePlan, showPlanRules } from './routes/plans.ts';
import { listProjects, showProject } from './routes/projects.ts';
import { beginPush, endPush, showPush } from './routes/push.ts';
import { answerQuestion, decidePermission, listQuestions } from './routes/questions.ts';
import { followRun, readRawOutput, showRun } from './routes/runs.ts';
import {
  listAllSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runScheduleNow,
  showSchedule,
} from './routes/schedules.ts';
import { amendOneSchedule, amendProject, sendProject } from './routes/send.ts';
import { closeSession, openSession, showSession } from './routes/session.ts';
import { shell, showAsset, showPushWorker } from './routes/shell.ts';
import { addToken, listTokens, revokeToken, rotateToken } from './routes/tokens.ts';

/** By what they are about, in the order of docs/http.md. */
export const ROUTE_GROUPS: Readonly<Record<string, readonly Route[]>> = {
  'The server': [health, showMetrics, openApi],
  'Who calls': [openSession, showSession, closeSession, listTokens, addToken, rotateToken, revokeToken],
  'At a glance': [showOverview, showCosts, pauseAll, resumeAll],
  Projects: [
    listProjects,
    sendProject,
    showPlanRules,
    checkOnePlan,
    showProject,
    amendProject,
    approveProject,
    rejectProject,
    steerProject,
    retryProject,
    cancelProject,
  ],
  'Rounds and their evidence': [showRound, listChanges, showChange, showPatch, showCheck],
  'Questions and permissions': [listQuestions, answerQuestion, decidePermission],
  Runs: [showRun, followRun, readRawOutput],
  'Events and notifications': [
    followEvents,
    showNotifications,
    testNotifications,
    showPush,
    beginPush,
    endPush,
  ],
  Schedules: [
    listAllSchedules,
    showSchedule,
    amendOneSchedule,
    runScheduleNow,
    pauseSchedule,
    resumeSchedule,
    removeSchedule,
  ],
  'Tools over MCP': [
    callDesktopTools,
    callCodeTools,
    callChannelTools,
    callMemoryTools,
    callGraphTools,
    callFolderTools,
    callScriptTools,
    callRelayTools,
  ],
  Channels: [
    channelStatus,
    channelState,
    listMessages,
    showMessage,
    waitForMessages,
    sendMessage,
    acknowledgeInChannel,
    clearOneChannel,
    channelAudit,
    followChannel,
    openOldTransport,
    sendOverOldTransport,
  ],
  'The page': [shell, showAsset, showPushWorker],
};

export const ROUTES: readonly Route[] = Object.values(ROUTE_GROUPS).flat();
