/** What the owner may set for scripts that agents may have run, and for what agents pass on to Claude Code. */
import * as z from 'zod';
import { duration, path, timeLimit } from './config-values.ts';
import { ESCALATION_SCOPES } from './project/escalation.ts';

const NAME_RULE = "must be a path below 'folder', such as 'disk.sh' or 'ops/ping.py'";

/** It is compared with what an agent names, and joined to the folder. */
const scriptName = z
  .string()
  .max(200)
  .refine(
    (name) =>
      /^[\w][\w .+@/-]*$/.test(name) && !name.split('/').some((part) => ['', '.', '..'].includes(part)),
    NAME_RULE,
  );
const scriptNames = z.array(scriptName).max(200).default([]);

const scriptSettings = z.strictObject({
  folder: path.optional(),
  allow: scriptNames,
  allow_in_runs: scriptNames,
  /** How long one may run; an agent may ask for less. */
  timeout: timeLimit.prefault('10m'),
  /** Variables that scripts do not get. */
  env_deny: z
    .array(z.string().regex(/^\w+\*?$/, "must be the name of a variable, or its beginning and '*'"))
    .default([]),
  /** 0: for ever. */
  keep_days: z.number().min(0).max(36_500).default(30),
});

const escalationSettings = z.strictObject({
  permission_scope: z.enum(ESCALATION_SCOPES).default('full'),
  max_usd: z.number().positive().max(100_000).optional(),
  timeout: timeLimit.optional(),
  /** How long one may wait to begin. */
  max_age: duration({ min: 60_000 }).prefault('1h'),
  approval: z.boolean().default(false),
});

/** The keys of the configuration. */
export const scriptKeys = {
  scripts: scriptSettings
    .prefault({})
    .describe(
      'Scripts that agents may have run with `setup --toolset scripts`: those of `folder` that `allow` names, and in runs those of `allow_in_runs`; each for `timeout` at most, without the variables of `env_deny`. What they printed is kept `keep_days`.',
    ),
  escalation: escalationSettings
    .prefault({})
    .describe(
      'The most that an agent may ask for as it passes a task on to Claude Code: `permission_scope` (`plan`, `readonly`, `edit`, `full`: what your policy allows), `max_usd`, `timeout`, and `max_age`, how long it may wait. With `approval` you decide on its work first.',
    ),
};

export type ScriptSettings = z.output<typeof scriptSettings>;

type EscalationSettings = z.output<typeof escalationSettings>;

/** What the owner says about escalations, in the words of the program. */
export function escalationPolicy({
  permission_scope: scope,
  max_usd: maxUsd,
  timeout: timeoutMs,
  max_age: maxAgeMs,
  approval: needsApproval,
}: EscalationSettings) {
  return { scope, maxUsd, timeoutMs, maxAgeMs, needsApproval };
}
