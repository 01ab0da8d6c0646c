/** Every route of the API. What is not listed here is not there. */
import type { Route } from './define-route.ts';
import { followChannel } from './routes/channel-stream.ts';
import { acknowledgeInChannel, clearOneChannel, sendMessage } from './routes/channel-writes.ts';
import {
  channelState,
  channelStatus,
  listMessages,
  showMessage,
  useOtherTransport,
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
import { callChannelTools, callCodeTools, callDesktopTools } from './routes/mcp.ts';
import { showMetrics } from './routes/metrics.ts';
import { showNotifications, testNotifications } from './routes/notifications.ts';
import { listProjects, showProject } from './routes/projects.ts';
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
import { shell, showAsset } from './routes/shell.ts';
import { addToken, listTokens, revokeToken, rotateToken } from './routes/tokens.ts';

export const ROUTES: readonly Route[] = [
  health,
  openApi,
  shell,
  showAsset,
  openSession,
  showSession,
  closeSession,
  showOverview,
  listProjects,
  sendProject,
  showProject,
  amendProject,
  approveProject,
  rejectProject,
  steerProject,
  retryProject,
  cancelProject,
  showRound,
  listChanges,
  showChange,
  showPatch,
  showCheck,
  listQuestions,
  answerQuestion,
  decidePermission,
  listAllSchedules,
  showSchedule,
  amendOneSchedule,
  runScheduleNow,
  pauseSchedule,
  resumeSchedule,
  removeSchedule,
  followEvents,
  showRun,
  followRun,
  readRawOutput,
  showCosts,
  showMetrics,
  pauseAll,
  resumeAll,
  callDesktopTools,
  callCodeTools,
  callChannelTools,
  listTokens,
  addToken,
  rotateToken,
  revokeToken,
  showNotifications,
  testNotifications,
  channelStatus,
  channelState,
  listMessages,
  showMessage,
  waitForMessages,
  sendMessage,
  acknowledgeInChannel,
  clearOneChannel,
  followChannel,
  useOtherTransport,
];
