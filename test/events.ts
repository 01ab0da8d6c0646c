/** One event of each type, for tests of those who present them. */
import { EVENTS, type EventData, type EventType, parseHappening } from '../src/project/event.ts';

export const SAMPLES: { readonly [T in EventType]: EventData<T> } = {
  'project.sent': { title: 'A clock', workspace: '/w' },
  'project.moved': { from: '/w', to: '/v' },
  'project.claimed': { by: 'supervisor' },
  'project.updated': { message: 'Tests pass' },
  'project.submitted': { round: 1, attempt: 1, summary: 'It ticks.' },
  'project.checking': { round: 1, attempt: 1, check: 'test', number: 2, of: 3 },
  'project.verified': {
    round: 1,
    attempt: 1,
    measured: true,
    checksPassed: true,
    repairs: 0,
    files: 4,
    insertions: 12,
    deletions: 3,
    warnings: 0,
    review: { answered: true, blocking: 0, notes: 1 },
  },
  'project.checks_failed': { round: 1, attempt: 1, failed: ['test'], repair: 1 },
  'project.findings_sent_back': { round: 1, attempt: 1, findings: 2, repair: 1 },
  'project.approved': { round: 1, reason: '' },
  'project.rejected': { round: 1, reason: 'too slow' },
  'project.revision_started': { round: 2 },
  'project.landed': { round: 1, action: 'merge', target: 'refs/heads/main', oid: '9f3c1e07' },
  'project.completed': {},
  'project.cancelled': { reason: 'no longer needed' },
  'project.amended': { revision: 2 },
  'project.expired': { expiresAt: '2026-03-02T12:00:00.000Z' },
  'project.steered': { message: 'use Rust', messageId: 'message-1' },
  'project.steering_delivered': { messages: ['message-1'] },
  'project.needs_attention': { reason: 'the model declined to go on' },
  'project.retried': { was: 'the model declined to go on' },
  'request.opened': { requestId: 'a1b2c3d4e5f6', kind: 'question', what: 'Which port?', tool: 'bridge_ask' },
  'request.decided': {
    requestId: 'a1b2c3d4e5f6',
    kind: 'question',
    decision: 'answered',
    scope: null,
    answer: '8080',
    by: 'person',
    via: 'cli',
  },
  'request.closed': { requestId: 'a1b2c3d4e5f6', state: 'withdrawn' },
  'project.asked': { requests: ['a1b2c3d4e5f6'] },
  'project.answered': {},
  'schedule.added': {
    scheduleId: 'abcdefabcdef',
    title: 'A clock',
    cron: '0 6 * * 1',
    timezone: 'Europe/Berlin',
  },
  'schedule.changed': { scheduleId: 'abcdefabcdef', title: 'A clock', state: 'paused' },
  'schedule.skipped': {
    scheduleId: 'abcdefabcdef',
    title: 'A clock',
    slot: '2026-03-02T05:00:00.000Z',
    cause: 'open',
    detail: 'abcdefabcde0',
  },
  'worktree.added': { path: '/s/worktrees/1', branch: 'bridge/1-clock', baseOid: '1a2b3c4d' },
  'worktree.removed': { path: '/s/worktrees/1', branch: 'bridge/1-clock' },
  'run.started': { kind: 'execute', round: 1, sessionId: 'session-1' },
  'run.spawned': { pid: 4711 },
  'run.ready': { model: 'claude-opus-4-8', claudeVersion: '2.1.0' },
  'run.ended': { outcome: { kind: 'throttled' }, costUsd: 0.5, costBasis: 'reported' },
  'runs.output_removed': { runs: 3, files: 6, mb: 120 },
  'hold.set': { kind: 'paused', scope: '', reason: 'lunch', until: null, source: 'person' },
  'hold.ended': { kind: 'paused' },
  'credential.added': { name: 'phone', role: 'decide', expiresAt: null },
  'credential.rotated': { name: 'phone' },
  'credential.revoked': { name: 'phone' },
  'supervisor.started': { pid: 4711, version: '1.2.3' },
  'supervisor.stop_requested': {},
  'supervisor.stopped': {},
};

export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

/** The sample of a type, with other facts; of a type that is not known here, an unknown event. */
export function sample(
  type: string,
  facts: Readonly<Record<string, unknown>> = {},
): ReturnType<typeof parseHappening> {
  return parseHappening(type, { ...(SAMPLES as Record<string, object>)[type], ...facts });
}
