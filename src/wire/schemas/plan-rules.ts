/** What the HTTP API says of plans before they are sent. */
import * as z from 'zod';

export const planRulesSchema = z
  .strictObject({
    settings: z
      .array(
        z.strictObject({
          name: z.string(),
          allowed: z.string().describe('what its value must be'),
          hint: z.string().nullable().describe('what to know of it; null: nothing'),
        }),
      )
      .describe('the keys of the front matter'),
    workspaces: z
      .array(z.strictObject({ name: z.string(), path: z.string() }))
      .describe('those that have a name in the configuration'),
    default_workspace: z
      .string()
      .nullable()
      .describe('of a plan that names none; null: a new folder of its own'),
  })
  .describe('What a plan may say.');

export type WirePlanRules = z.output<typeof planRulesSchema>;

export const checkedPlanSchema = z
  .strictObject({
    problems: z.array(z.string()).describe('what would be refused, a line each; none: it would be accepted'),
    title: z.string().nullable().describe('that it would have; null: it would be refused'),
    not_used: z.array(z.string()).describe('keys of the front matter that belong to other tools'),
  })
  .describe('What would become of a plan.');

export type WireCheckedPlan = z.output<typeof checkedPlanSchema>;
