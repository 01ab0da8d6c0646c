/** What a person reads about a service that is not well: why, and what to do. */
import { EXIT } from '../exit-codes.ts';
import type { ServiceCause, ServiceManager, ServiceStatus } from '../machine/service/service.ts';

export interface ServiceAdvice {
  /** A clause that begins in lower case but for a name, without a full stop. */
  readonly message: string;
  /** What to do, ending in a command; null when the manager goes on by itself. */
  readonly advice: string | null;
}

type Manager = Pick<ServiceManager, 'kind' | 'name'>;

/** Null for a service that is well, or of which no cause is known. */
export function serviceAdvice(
  manager: Manager,
  { state, cause }: Pick<ServiceStatus, 'state' | 'cause'>,
): ServiceAdvice | null {
  return cause && { message: messageOf(manager, state, cause), advice: adviceOf(manager, state, cause) };
}

/** The same as sentences. */
export function adviceText({ message, advice }: ServiceAdvice): string {
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  return advice === null ? sentence : `${sentence} ${advice}`;
}

/** Why the supervisor of a service did not come up. */
export function whyNotRunning(manager: Manager, status: Pick<ServiceStatus, 'state' | 'cause'>): string {
  const known = serviceAdvice(manager, status);
  if (known) return adviceText(known);
  return status.state === 'stopped' ? 'it ended.' : `its state is '${status.state}'.`;
}

function messageOf({ kind, name }: Manager, state: ServiceStatus['state'], cause: ServiceCause): string {
  switch (cause.kind) {
    case 'exited':
      return state === 'waiting'
        ? restartOf(kind, cause)
        : `it ended (${cause.end}) and is not started again`;
    case 'permanent-failure':
      return `it ended with exit code ${EXIT.config}: something is wrong that a restart would not mend`;
    case 'start-limit':
      return `it ended too often, at last with ${cause.end}, so ${kind} starts it no more`;
    case 'gave-up':
      return `it gave up at ${cause.at}: ${cause.why.replace(/\.$/, '')}`;
    case 'not-startable':
      return kind === 'launchd'
        ? `launchd could not start it (${EXIT.config}, EX_CONFIG): Node, the program or its folder is missing or not allowed`
        : 'Node or the program is no longer where it was';
    case 'unregistered':
      return `Task Scheduler has no task ${name} any more`;
    case 'disabled':
      return `the task ${name} is switched off in Task Scheduler`;
  }
}

function restartOf(
  kind: Manager['kind'],
  { end, starts }: Extract<ServiceCause, { readonly kind: 'exited' }>,
): string {
  switch (kind) {
    case 'systemd':
      return `it ended (${end}); systemd starts it again in a few seconds`;
    case 'launchd':
      return `it ended (${end}) and will be started again; so far it was started ${times(starts ?? 1)}`;
    case 'task-scheduler':
      return `it ended (${end}) and is started again within a minute`;
  }
}

function adviceOf({ kind }: Manager, state: ServiceStatus['state'], cause: ServiceCause): string | null {
  switch (cause.kind) {
    case 'exited':
      return state === 'waiting' ? null : 'See `bridge-supervisor logs`, then: bridge-supervisor start';
    case 'permanent-failure':
      return kind === 'task-scheduler'
        ? 'It is tried every minute until then; see `bridge-supervisor doctor`, or end that with: bridge-supervisor stop'
        : 'See `bridge-supervisor doctor`, then: bridge-supervisor start';
    case 'start-limit':
    case 'gave-up':
      return 'Find the cause with `bridge-supervisor logs`, then: bridge-supervisor start';
    case 'not-startable':
      return 'Write the service anew with: bridge-supervisor install';
    case 'unregistered':
      return 'Register it anew with: bridge-supervisor install';
    case 'disabled':
      return 'Switch it on with: bridge-supervisor start';
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
