/** The state of a task, from what Task Scheduler reports. */
import { EXIT } from '../../exit-codes.ts';
import type { ServiceCause, ServiceStatus } from './service.ts';
import { NOT_STARTED } from './task-scheduler-files.ts';
import { TASK_STATE, type Task } from './task-scheduler-query.ts';

const STOPPED: ServiceStatus = { state: 'stopped', pid: null, startsAt: 'login', cause: null };

/** None of our files exists. */
export const NOTHING_INSTALLED: ServiceStatus = { ...STOPPED, startsAt: null };

/** The process is the launcher's child, so Task Scheduler does not know its pid. */
export function statusOf(task: Task | null): ServiceStatus {
  if (!task) return { ...NOTHING_INSTALLED, cause: { kind: 'unregistered' } };
  switch (task.state) {
    case TASK_STATE.running:
      return { ...STOPPED, state: 'running' };
    case TASK_STATE.queued:
      return { ...STOPPED, state: 'starting' };
    case TASK_STATE.disabled:
      return { ...NOTHING_INSTALLED, cause: { kind: 'disabled' } };
    default:
      return task.repeats ? { ...STOPPED, state: 'waiting', cause: causeOf(task.lastResult) } : STOPPED;
  }
}

function causeOf(result: number): ServiceCause {
  if (result === EXIT.config) return { kind: 'permanent-failure' };
  if (result === NOT_STARTED || result === FILE_NOT_FOUND) return { kind: 'not-startable' };
  return { kind: 'exited', end: MEANINGS.get(result) ?? endOf(result) };
}

/** ERROR_FILE_NOT_FOUND as an HRESULT. */
const FILE_NOT_FOUND = 0x80070002;

/** https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-error-and-success-constants, and NTSTATUS. */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [0x00041303, 'it was not started yet'],
  [0x00041306, 'Task Scheduler was told to end it'],
  // While the task runs, a repetition is refused, and this refusal stays as the last result.
  [0x8004131f, 'how is not known'],
  [0x800710e0, 'how is not known'],
  [0xc000013a, 'its user logged off, or Ctrl+C'],
  [0x40010004, 'its user logged off'],
]);

function endOf(result: number): string {
  return result > 0xffff ? `code 0x${result.toString(16)}` : `exit code ${result}`;
}
