import * as z from 'zod';
import { path } from './scalars.ts';

/** What `setup` changed, or would change. */
export const setupSchema = z
  .strictObject({
    dry_run: z.boolean().describe('nothing was changed'),
    files: z.array(
      z.strictObject({
        owner: z
          .enum(['desktop', 'bridge', 'command'])
          .describe("Claude Desktop's configuration, ours, or a command of Claude Code"),
        path: path(),
        change: z.enum(['created', 'changed', 'removed', 'none']),
        backup: path().nullable().describe('a copy of what was there'),
        diff: z.array(z.string()).describe('lines that begin with `-`, `+` or a space; secrets are left out'),
      }),
    ),
    claude_code: z
      .strictObject({
        commands: z.array(z.string()),
        failure: z.string().nullable().describe('what Claude Code answered when it refused'),
      })
      .nullable()
      .describe('null: it is left alone'),
    warnings: z.array(z.string()),
  })
  .describe('What `setup` changed, or would change.');

export type WireSetup = z.output<typeof setupSchema>;
