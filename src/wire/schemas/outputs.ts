/** Which schema each output of the program follows. */
import * as z from 'zod';
import { budgetSchema } from './budget.ts';
import { credentialSchema, issuedTokenSchema, listedCredentialSchema } from './credential.ts';
import { demoStepSchema, demoSummarySchema } from './demo.ts';
import { eventSchema } from './event.ts';
import { evidenceFiguresSchema, evidenceSchema, shownEvidenceSchema } from './evidence.ts';
import { diagnosisSchema, findingSchema } from './finding.ts';
import { graphDeletedSchema, graphEntitySchema, graphListSchema, graphSearchSchema } from './graph.ts';
import { holdSchema } from './hold.ts';
import { signInLinkSchema } from './http.ts';
import { importSchema } from './import.ts';
import { installSchema, uninstallSchema } from './install.ts';
import { logLineSchema, serviceLogLineSchema } from './log-line.ts';
import { memoryDeletedSchema, memoryListSchema, memoryReadSchema, memorySetSchema } from './memory.ts';
import { messageSchema, updateSchema } from './message.ts';
import {
  notificationListSchema,
  notificationSchema,
  receiverSchema,
  testedReceiverSchema,
  webhookSchema,
} from './notification.ts';
import { outcomeSchema } from './outcome.ts';
import { projectSchema } from './project.ts';
import { amendedPlanSchema, projectDetailsSchema, sentPlanSchema } from './project-details.ts';
import { relayClearedSchema, relayReleaseSchema, relayStatusSchema } from './relay.ts';
import { requestSchema } from './request.ts';
import { revisionSchema } from './revision.ts';
import { landingSchema, roundSchema } from './round.ts';
import { runSchema } from './run.ts';
import { scheduleDetailsSchema, scheduleSchema, sentScheduleSchema } from './schedule.ts';
import { listedScriptSchema, scriptRunSchema, shownScriptRunSchema } from './script.ts';
import { setupSchema } from './setup.ts';
import { statusSchema } from './status.ts';
import { usageWindowSchema } from './usage-window.ts';
import { keptWorktreeSchema, worktreeListSchema, worktreeRemovalSchema, worktreeSchema } from './worktree.ts';

/** What other outputs are made of, by the name of the thing. */
export const NOUNS = {
  project: projectSchema,
  run: runSchema,
  outcome: outcomeSchema,
  round: roundSchema,
  evidence: evidenceSchema,
  'evidence figures': evidenceFiguresSchema,
  landing: landingSchema,
  revision: revisionSchema,
  request: requestSchema,
  update: updateSchema,
  message: messageSchema,
  event: eventSchema,
  hold: holdSchema,
  'usage window': usageWindowSchema,
  finding: findingSchema,
  worktree: worktreeSchema,
  credential: credentialSchema,
  receiver: receiverSchema,
  notification: notificationSchema,
  webhook: webhookSchema,
  'kept worktree': keptWorktreeSchema,
  'script run': scriptRunSchema,
} as const;

/** What a command prints with `--json`. */
export const OUTPUTS = {
  status: statusSchema,
  list: z.array(projectSchema),
  show: projectDetailsSchema,
  evidence: shownEvidenceSchema,
  questions: z.array(requestSchema),
  answer: requestSchema,
  allow: requestSchema,
  deny: requestSchema,
  send: z.union([sentPlanSchema, sentScheduleSchema]),
  amend: amendedPlanSchema,
  retry: projectSchema,
  'retry --all': z.array(projectSchema),
  doctor: diagnosisSchema,
  setup: setupSchema,
  install: installSchema,
  uninstall: uninstallSchema,
  import: importSchema,
  'relay get': relayReleaseSchema,
  'relay status': relayStatusSchema,
  'relay clear': relayClearedSchema,
  'memory list': memoryListSchema,
  'memory get': memoryReadSchema,
  'memory set': memorySetSchema,
  'memory delete': memoryDeletedSchema,
  'memory graph list': graphListSchema,
  'memory graph show': graphEntitySchema,
  'memory graph search': graphSearchSchema,
  'memory graph delete': graphDeletedSchema,
  'scripts list': z.array(listedScriptSchema),
  'scripts runs': z.array(scriptRunSchema),
  'scripts show': shownScriptRunSchema,
  'scripts cancel': shownScriptRunSchema,
  budget: budgetSchema,
  dashboard: signInLinkSchema,
  'token add': issuedTokenSchema,
  'token rotate': issuedTokenSchema,
  'token list': z.array(listedCredentialSchema),
  'token revoke': credentialSchema,
  'notify test': z.array(testedReceiverSchema),
  'notify list': notificationListSchema,
  'schedule list': z.array(scheduleSchema),
  'schedule show': scheduleDetailsSchema,
  'schedule run': sentPlanSchema,
  'schedule pause': scheduleSchema,
  'schedule resume': scheduleSchema,
  'schedule remove': scheduleSchema,
  'worktree list': worktreeListSchema,
  'worktree remove': worktreeRemovalSchema,
} as const;

/** What a command prints with `--json` on each line. */
export const LINES = {
  watch: eventSchema,
  logs: logLineSchema,
  'logs --service': serviceLogLineSchema,
  demo: z.union([demoStepSchema, demoSummarySchema]),
} as const;
