/** What Task Scheduler knows of the task, as a state. */
import type { ServiceStatus } from './service.ts';
import { NOT_STARTED } from './task-scheduler-files.ts';
import { TASK_STATE, type Task } from './task-scheduler-query.ts';

const STOPPED: ServiceStatus = { state: 'stopped', pid: null, startsAt: 'login', detail: null };

/** Nothing of ours is there. */
export const NOTHING_INSTALLED: ServiceStatus = { ...STOPPED, startsAt: null };

/** The process is the launcher's child, so Task Scheduler does not know its pid. */
export function statusOf(task: Task | null, name: string): ServiceStatus {
  if (!task)
    return {
      ...NOTHING_INSTALLED,
      detail: `Task Scheduler has no task ${name} any more. Register it anew with: bridge-supervisor install`,
    };
  switch (task.state) {
    case TASK_STATE.running:
      return { ...STOPPED, state: 'running' };
    case TASK_STATE.queued:
      return { ...STOPPED, state: 'starting' };
    case TASK_STATE.disabled:
      return {
        ...NOTHING_INSTALLED,
        detail: `The task ${name} is switched off in Task Scheduler. Switch it on with: bridge-supervisor start`,
      };
    default:
      return task.repeats ? { ...STOPPED, state: 'waiting', detail: detailOf(task.lastResult) } : STOPPED;
  }
}

function detailOf(result: number): string {
  if (result === 78)
    return 'It ended with exit code 78: something is wrong that a restart would not mend. It is tried every minute until then; see `bridge-supervisor doctor`, or end that with: bridge-supervisor stop';
  if (result === NOT_STARTED || result === FILE_NOT_FOUND)
    return 'Node or the program is no longer where it was. Write the service anew with: bridge-supervisor install';
  return `It ended (${MEANINGS.get(result) ?? endOf(result)}) and is started again within a minute.`;
}

/** ERROR_FILE_NOT_FOUND as an HRESULT. */
const FILE_NOT_FOUND = 0x80070002;

/** https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-error-and-success-constants, and NTSTATUS. */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [0x00041303, 'it was not started yet'],
  [0x00041306, 'Task Scheduler was told to end it'],
  // What a repetition is answered while the task runs stays there as the last result.
  [0x8004131f, 'how is not known'],
  [0x800710e0, 'how is not known'],
  [0xc000013a, 'its user logged off, or Ctrl+C'],
  [0x40010004, 'its user logged off'],
]);

function endOf(result: number): string {
  return result > 0xffff ? `code 0x${result.toString(16)}` : `exit code ${result}`;
}
