/**
 * What Task Scheduler knows of a task, in numbers: what `schtasks /Query` prints is in the language of the system, and
 * so are its errors. PowerShell gives the same as objects (https://learn.microsoft.com/powershell/module/scheduledtasks).
 */

import * as z from 'zod';
import { cut } from '../../characters.ts';
import { powershell } from '../windows-programs.ts';
import { type ManagerOptions, ServiceError } from './service.ts';

/** https://learn.microsoft.com/windows/win32/api/taskschd/ne-taskschd-task_state */
export const TASK_STATE = { disabled: 1, queued: 2, ready: 3, running: 4 } as const;

const taskSchema = z.object({
  state: z.number(),
  /** Exit code of the last run, or a code of Task Scheduler or Windows, without a sign. */
  lastResult: z.number(),
  /** Whether the next start has a time. A logon has none; its repetitions have one. */
  repeats: z.boolean(),
  source: z.string().nullable(),
});

export type Task = z.infer<typeof taskSchema>;

/** Null when there is no such task. Throws ServiceError when Task Scheduler cannot be asked. */
export async function queryTask({ name, env, run }: ManagerOptions): Promise<Task | null> {
  const program = powershell(env);
  const result = await run(program, ['-NoProfile', '-NonInteractive', '-Command', queryScript(name)], {
    env,
  });
  if (result.failure === 'missing')
    throw new ServiceError(`Task Scheduler cannot be asked: ${program} is not here. ${INSTEAD}`);
  if (result.code !== 0)
    throw new ServiceError(
      `Task Scheduler did not say how ${name} is: ${reasonOf(result.stderr, result.code)}. ${INSTEAD}`,
    );
  return parse(result.stdout, name);
}

const INSTEAD = 'Without it, start the supervisor with: bridge-supervisor run';

/** A missing task is recognised by the category of the error, not by its words. */
function queryScript(name: string): string {
  return [
    "$ErrorActionPreference = 'Stop'",
    `try { $task = Get-ScheduledTask -TaskPath '\\' -TaskName '${name}' } catch { if ($_.CategoryInfo.Category -eq 'ObjectNotFound') { 'null'; exit 0 }; throw }`,
    '$info = $task | Get-ScheduledTaskInfo',
    '@{ state = [int]$task.State; lastResult = [long]$info.LastTaskResult; repeats = [bool]$info.NextRunTime; source = $task.Source } | ConvertTo-Json -Compress',
  ].join('; ');
}

function parse(text: string, name: string): Task | null {
  try {
    return taskSchema.nullable().parse(JSON.parse(text));
  } catch {
    throw new ServiceError(
      `Task Scheduler's answer about ${name} is not understood: ${cut(text, 80)}. ${INSTEAD}`,
    );
  }
}

/** One line, without the full stop. Text in another alphabet arrives garbled, which is better than none. */
export function reasonOf(stderr: string, code: number | null): string {
  const message = stderr.trim().split('\n')[0]?.trim().replaceAll('\uFFFD', '?').replace(/\.$/, '');
  return message || (code === null ? 'it did not answer' : `exit code ${code}`);
}
