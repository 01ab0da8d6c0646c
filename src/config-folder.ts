/** What the owner may set for the folder that Claude Desktop, Claude Code and runs share. */
import * as z from 'zod';
import { path } from './config-values.ts';

export const folderSettings = z.strictObject({
  path: path.optional(),
  /** All tools, not the few that suffice. */
  all_tools: z.boolean().default(false),
  /** Only the tools that change nothing. */
  read_only: z.boolean().default(false),
});
