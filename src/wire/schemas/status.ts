import * as z from 'zod';
import { PROJECT_STATUSES } from '../../project/project.ts';
import { dependencySchema } from './dependency.ts';
import { evidenceFiguresSchema } from './evidence.ts';
import { holdSchema } from './hold.ts';
import { projectSchema } from './project.ts';
import { requestSchema } from './request.ts';
import { runSchema } from './run.ts';
import { count, id, path, time, usd } from './scalars.ts';
import { usageWindowSchema } from './usage-window.ts';

const leaseSchema = z.strictObject({
  pid: z.int(),
  version: z.string(),
  started_at: time(),
  renewed_at: time().describe('a supervisor that works renews it every few seconds'),
  expires_at: time(),
  stop_requested_at: time().nullable(),
  degraded_reason: z.string().nullable().describe('what it cannot do although it works'),
});

const supervisorSchema = z.strictObject({
  state: z
    .enum(['not_running', 'running', 'stopping', 'not_responding', 'gone'])
    .describe('gone: it ended without giving up its lease'),
  lease: leaseSchema.nullable().describe('of the process that works on the state folder'),
  store_writable: z.boolean(),
});

const serviceSchema = z.strictObject({
  manager: z.enum(['systemd', 'launchd', 'task-scheduler']),
  scope: z.enum(['user', 'system']),
  name: z.string(),
  title: z.string().describe('as a person calls it'),
  version: z.string().describe('of the program that installed it'),
  state: z.enum(['stopped', 'starting', 'running', 'stopping', 'waiting', 'failed', 'gave-up', 'unknown']),
  pid: z.int().nullable(),
  starts_at: z.enum(['boot', 'login']).nullable().describe('null: only when asked'),
  detail: z.string().nullable(),
  next: z.string().nullable().describe('the command to give; null: nothing is to be done'),
});

const processSchema = z.strictObject({
  processes: count(),
  memory_bytes: count().describe('shared memory counts in each process'),
  cpu_percent: z.number().describe('of one processor'),
});

/** Everything `status` reports. */
export const statusSchema = z
  .strictObject({
    ok: z.boolean().describe('a supervisor runs, and nothing known keeps it from its work'),
    supervisor: supervisorSchema,
    service: serviceSchema.nullable().describe('null: none is installed for this state folder'),
    problems: z.array(z.string()),
    warnings: z.array(z.string()),
    holds: z.array(holdSchema),
    quotas: z.array(usageWindowSchema),
    counts: z.strictObject(
      Object.fromEntries(PROJECT_STATUSES.map((status) => [status, count()])) as Record<
        (typeof PROJECT_STATUSES)[number],
        ReturnType<typeof count>
      >,
    ),
    running: z.array(
      z.strictObject({
        project: projectSchema,
        run: runSchema,
        process: processSchema.nullable().describe('null: its processes are gone'),
      }),
    ),
    verifying: z.array(projectSchema).describe('submitted work that is being measured, oldest first'),
    landing: z.array(projectSchema).describe('approved work that is not complete yet, oldest first'),
    checking: z
      .array(
        z.strictObject({
          project_id: id(),
          check: z.string().describe('its name'),
          number: z.int().describe('1 for the first'),
          of: z.int().describe('how many there are'),
          since: time(),
        }),
      )
      .describe("the owner's check that began last on each of these"),
    questions: z.array(requestSchema).describe('what Claude asks a person, oldest first'),
    waiting: z
      .array(
        z.strictObject({
          project: projectSchema,
          measured: evidenceFiguresSchema.nullable().describe('of the round under way; null: nothing was'),
          message: z.string().describe('what was submitted, or why it needs attention'),
          since: time(),
          next: z.array(z.string()).describe('commands to give'),
        }),
      )
      .describe('for a person, oldest first'),
    queue: z.array(projectSchema).describe('the next to get a run, in their order'),
    waits_for: z
      .array(z.strictObject({ project_id: id(), dependencies: z.array(dependencySchema) }))
      .describe('what those in the queue wait for before they begin'),
    spent_today_usd: usd().describe('since midnight here'),
    today_runs_of_unknown_cost: count(),
    state_dir: path(),
    log: z.strictObject({ path: path(), lines: z.array(z.string()).describe('the last ones') }),
    now: time(),
  })
  .describe('Everything `status` reports.');

export type WireStatus = z.output<typeof statusSchema>;
