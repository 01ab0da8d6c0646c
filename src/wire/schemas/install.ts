import * as z from 'zod';
import { findingSchema } from './finding.ts';
import { path } from './scalars.ts';

const service = z.strictObject({
  manager: z.enum(['systemd', 'launchd', 'task-scheduler']),
  scope: z.enum(['user', 'system']),
  name: z.string(),
  title: z.string().describe('as a person calls it'),
});

/** What `install` did, or would do. */
export const installSchema = z
  .strictObject({
    service,
    state_dir: path(),
    version: z.string(),
    version_before: z.string().nullable().describe('null: none was installed'),
    command: z.array(z.string()).describe('the program and arguments that the service runs'),
    changed: z.boolean(),
    findings: z.array(findingSchema).describe('what the service needs, checked before it is installed'),
    files: z.array(
      z.strictObject({ path: path(), change: z.enum(['new', 'changed', 'unchanged', 'removed']) }),
    ),
    dry_run: z.boolean().describe('nothing was changed'),
    installed: z.boolean(),
    running: z.boolean().describe('the service came up, or already ran'),
    pid: z.int().nullable().describe('of the supervisor'),
    replaced_pid: z.int().nullable().describe('of a background supervisor that was stopped for the service'),
    restarted: z.boolean().describe('the service ran by its old files and was restarted'),
    remarks: z.array(z.string()),
  })
  .describe('What `install` did, or would do.');

export type WireInstall = z.output<typeof installSchema>;

/** What `uninstall` removed, or would remove. */
export const uninstallSchema = z
  .strictObject({
    service,
    removed: z.boolean(),
    version: z.string().nullable().describe('of the program that had installed it; null: none was installed'),
    files: z.array(path()),
    stopped_pid: z.int().nullable(),
    state_dir: path(),
    dry_run: z.boolean().describe('nothing was changed'),
  })
  .describe('What `uninstall` removed, or would remove.');

export type WireUninstall = z.output<typeof uninstallSchema>;
