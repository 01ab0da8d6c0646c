/** The settings of a plan that narrow what Claude may do, and how long a question waits; declared as in `settings.ts`. */
import ms from 'ms';
import * as z from 'zod';
import { durationRule } from '../duration.ts';
import { within } from './duration-setting.ts';
import { isPermissionRule, RULE_FORM } from './permission-rule.ts';
import { PERMISSION_MODES } from './policy.ts';

const ANSWER_LIMITS = { min: 60_000, max: 30 * 24 * 3_600_000 };

const rule = z.string().refine(isPermissionRule);
const rules = z
  .union([rule, z.array(rule).min(1).max(50)])
  .transform((written) => (typeof written === 'string' ? [written] : written));
const keptRules = z.array(z.string()).readonly().nullable();
const RULES_ALLOWED = `${RULE_FORM}, or a list of these`;

export const POLICY_KEYS = {
  permission_mode: {
    check: z.enum(PERMISSION_MODES),
    allowed: PERMISSION_MODES.map((mode) => `'${mode}'`).join(', '),
    hint: 'at most that of the workspace',
    kept: {
      field: 'permissionMode',
      column: 'permission_mode',
      value: z.enum(PERMISSION_MODES).nullable(),
      absent: null,
      about: 'what Claude may do that no rule names; null: as the workspace says',
      shown: (mode: string) => `permission mode ${mode}`,
    },
  },
  deny: {
    check: rules,
    allowed: RULES_ALLOWED,
    hint: 'rules such as WebFetch or Bash(git push *)',
    kept: {
      field: 'deny',
      column: 'deny',
      value: keptRules,
      absent: null,
      about: 'rules for what Claude may not do, besides those of the workspace',
      shown: (denied: readonly string[]) => `denied: ${denied.join(', ')}`,
    },
  },
  ask: {
    check: rules,
    allowed: RULES_ALLOWED,
    hint: 'rules for what the person is asked about first',
    kept: {
      field: 'ask',
      column: 'ask',
      value: keptRules,
      absent: null,
      about: 'rules for what a person is asked about first, besides those of the workspace',
      shown: (asked: readonly string[]) => `asks about: ${asked.join(', ')}`,
    },
  },
  answer_after: {
    check: z.string().transform(within(ANSWER_LIMITS)),
    allowed: durationRule(ANSWER_LIMITS),
    hint: 'such as 8h',
    kept: {
      field: 'answerAfterMs',
      column: 'answer_after_ms',
      value: z.int().min(0).nullable(),
      absent: null,
      about: 'how long a question waits before its own default answers it; null: for ever',
      shown: (waitMs: number) => `questions with a default wait ${ms(waitMs)}`,
    },
  },
} as const;
