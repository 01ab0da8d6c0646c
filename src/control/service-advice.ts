/** Explains to a person why a service does not run, and what to do. */
import { capitalize } from '../characters.ts';
import { EXIT } from '../exit-codes.ts';
import type { ServiceCause, ServiceManager, ServiceStatus } from '../machine/service/service.ts';

export interface ServiceAdvice {
  /** A clause without a full stop; it begins in lower case unless with a name. */
  readonly message: string;
  /** What to do, ending in a command; null when the manager restarts the service by itself. */
  readonly advice: string | null;
}

type Manager = Pick<ServiceManager, 'kind' | 'name'>;

/** Null for a service that runs, or without a known cause. */
export function serviceAdvice(
  manager: Manager,
  { state, cause }: Pick<ServiceStatus, 'state' | 'cause'>,
): ServiceAdvice | null {
  return cause && { message: messageOf(manager, state, cause), advice: adviceOf(manager, state, cause) };
}

/** Message and advice as sentences. */
export function adviceText({ message, advice }: ServiceAdvice): string {
  const sentence = `${capitalize(message)}.`;
  return advice === null ? sentence : `${sentence} ${advice}`;
}

/**
 * Why the supervisor of a service did not come up, and what to do; begins in lower case.
 *
 * @param printed What the service printed before it ended; may be empty.
 */
export function whyNotRunning(
  manager: Manager,
  status: Pick<ServiceStatus, 'state' | 'cause'>,
  printed = '',
): string {
  const unknown = status.state === 'stopped' ? 'it ended' : `its state is '${status.state}'`;
  const { message, advice } = serviceAdvice(manager, status) ?? { message: unknown, advice: null };
  return [`${message}.`, ...printedText(printed), ...(advice === null ? [] : [advice])].join(' ');
}

/** What was printed, as a sentence; empty when nothing was. */
export function printedText(printed: string): string[] {
  if (printed === '') return [];
  return [`It printed: ${printed}${/[.!?]$/.test(printed) ? '' : '.'}`];
}

function messageOf({ kind, name }: Manager, state: ServiceStatus['state'], cause: ServiceCause): string {
  switch (cause.kind) {
    case 'exited':
      return state === 'waiting' ? restartOf(kind, cause) : `it ended (${cause.end}) and is not restarted`;
    case 'permanent-failure':
      return `it ended with exit code ${EXIT.config}; a restart will not help`;
    case 'start-limit':
      return `it ended too often, last with ${cause.end}, and ${kind} no longer restarts it`;
    case 'gave-up':
      return `it gave up at ${cause.at}: ${cause.why.replace(/\.$/, '')}`;
    case 'not-startable':
      return kind === 'launchd'
        ? `launchd could not start it (${EXIT.config}, EX_CONFIG): Node, the program or its folder is missing or not allowed`
        : 'Node or the program no longer exists';
    case 'unregistered':
      return `Task Scheduler no longer has a task ${name}`;
    case 'disabled':
      return `the task ${name} is disabled in Task Scheduler`;
  }
}

function restartOf(
  kind: Manager['kind'],
  { end, starts }: Extract<ServiceCause, { readonly kind: 'exited' }>,
): string {
  switch (kind) {
    case 'systemd':
      return `it ended (${end}); systemd restarts it in a few seconds`;
    case 'launchd':
      return `it ended (${end}) and will be restarted; launchd has started it ${times(starts ?? 1)} so far`;
    case 'task-scheduler':
      return `it ended (${end}) and is restarted within a minute`;
  }
}

function adviceOf({ kind }: Manager, state: ServiceStatus['state'], cause: ServiceCause): string | null {
  switch (cause.kind) {
    case 'exited':
      return state === 'waiting' ? null : 'See `bridge-supervisor logs`, then: bridge-supervisor start';
    case 'permanent-failure':
      return kind === 'task-scheduler'
        ? 'Until it is fixed, the task is retried every minute. See `bridge-supervisor doctor`, or stop the retries: bridge-supervisor stop'
        : 'See `bridge-supervisor doctor`, then: bridge-supervisor start';
    case 'start-limit':
    case 'gave-up':
      return 'Find the cause with `bridge-supervisor logs`, then: bridge-supervisor start';
    case 'not-startable':
      return 'Reinstall the service: bridge-supervisor install';
    case 'unregistered':
      return 'Register it again: bridge-supervisor install';
    case 'disabled':
      return 'Enable it: bridge-supervisor start';
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
