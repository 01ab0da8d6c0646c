/**
 * What the owner may set for one workspace: a member of `workspaces` that is more than a path.
 *
 * To add a key: here, in project/workspace.ts, in README.md and, where all workspaces may share it, in config-schema.ts.
 */
import * as z from 'zod';
import { httpSettings } from './config-http.ts';
import { receiverKeys } from './config-notify.ts';
import { duration, path, timeLimit } from './config-values.ts';
import { LANDING_ACTIONS } from './project/landing.ts';
import { modelName } from './project/model-name.ts';
import { isPermissionRule, RULE_FORM } from './project/permission-rule.ts';
import { PERMISSION_MODES, REST_ANSWERS } from './project/policy.ts';
import { REVISE_IN } from './project/revision.ts';
import { ISOLATIONS, SANDBOX_MODES } from './project/workspace.ts';

export const claudeSettings = z.enum(['user', 'none', 'all']);
export const isolation = z.enum(ISOLATIONS);
/** A plan may ask for `plan`; an owner who sets it would get no work. */
export const permissionMode = z.enum(PERMISSION_MODES).exclude(['plan']);
export const onApprove = z.enum(LANDING_ACTIONS);
/** A round that never turns green would cost for ever. */
export const repairs = z.int().min(0).max(10);
export const maxRounds = z.int().min(1).max(100);
export const reviseIn = z.enum(REVISE_IN);
export const sandbox = z.enum(SANDBOX_MODES);
export const sandboxDomains = z
  .array(
    z
      .string()
      .regex(/^(\*\.)?[\w-]+(\.[\w-]+)*$/, "must be a name such as 'registry.npmjs.org' or '*.example.com'"),
  )
  .max(100);
export const budgetUsd = z.number().positive().max(100_000);
export const concurrency = z.int().min(1).max(64);

export const maxTurns = z.int().min(1).max(10_000);

const rules = z.array(z.string().refine(isPermissionRule, `must be ${RULE_FORM}`)).max(200);

export const policySettings = z.strictObject({
  mode: permissionMode.optional(),
  allow: rules.optional(),
  deny: rules.optional(),
  ask: rules.optional(),
  rest: z.enum(REST_ANSWERS).optional(),
});

export const budgetSettings = z.strictObject({
  run_usd: budgetUsd.optional(),
  project_usd: budgetUsd.optional(),
  day_usd: budgetUsd.optional(),
  month_usd: budgetUsd.optional(),
});

const globs = z.array(z.string().min(1)).max(100);
const command = z.string().trim().min(1);

export const checkSettings = z.strictObject({
  name: z.string().regex(/^[\w.:-]{1,40}$/, "must be a name of letters, digits, '.', '_', ':' and '-'"),
  run: command,
  timeout: timeLimit.prefault('10m'),
});

export const autoApproveSettings = z.strictObject({
  checks: z.literal(true),
  max_lines: z.int().min(0),
  paths: globs.min(1),
});

export const reviewSettings = z.strictObject({
  max_usd: z.number().positive().max(1_000),
  model: modelName.optional(),
  prompt: z.string().trim().min(1).max(20_000).optional(),
  timeout: timeLimit.prefault('15m'),
  repair: z.boolean().default(false),
});

/** It becomes an argument of git: what starts with '-' would be read as an option there. */
const gitName = z
  .string()
  .regex(/^(?!-)(?!.*(?:\.\.|@\{|\/\/))[^\s~^:?*[\\\p{Cc}]+$/u, 'must be a name that git takes');

export const workspaceSettings = z.strictObject({
  path,
  policy: policySettings.optional(),
  max_turns: maxTurns.optional(),
  claude_settings: claudeSettings.optional(),
  isolation: isolation.optional(),
  allow_in_place: z.boolean().optional(),
  base: gitName.optional(),
  prepare: command.optional(),
  prepare_timeout: duration({ min: 1_000 }).optional(),
  checks: z
    .array(checkSettings)
    .max(20)
    .refine(
      (checks) => new Set(checks.map(({ name }) => name)).size === checks.length,
      'must be checks of different names',
    )
    .optional(),
  check_inputs: globs.optional(),
  check_env_deny: z
    .array(z.string().regex(/^\w+\*?$/, "must be the name of a variable, or its beginning and '*'"))
    .optional(),
  sandbox: sandbox.optional(),
  sandbox_domains: sandboxDomains.optional(),
  check_network: z.boolean().optional(),
  repairs: repairs.optional(),
  on_approve: onApprove.optional(),
  remote: gitName.optional(),
  max_rounds: maxRounds.optional(),
  revise_in: reviseIn.optional(),
  budget_usd: budgetUsd.optional(),
  concurrency: concurrency.optional(),
  auto_approve: autoApproveSettings.optional(),
  review: z
    .union([reviewSettings, z.literal(false)], {
      error: 'must be an object such as {"max_usd": 0.5}, or false',
    })
    .optional(),
});

const INNER: Readonly<Record<string, z.ZodObject>> = {
  checks: checkSettings,
  auto_approve: autoApproveSettings,
  review: reviewSettings,
  budget: budgetSettings,
  policy: policySettings,
  http: httpSettings,
  notify: receiverKeys,
};

/** The keys that are allowed at a place in the configuration, such as `workspaces`, `app`, `checks`, `0`. */
export function keysAt([top, , key]: readonly PropertyKey[]): string[] {
  const inner = INNER[String(top === 'workspaces' ? key : top)];
  return Object.keys((inner ?? workspaceSettings).shape);
}
