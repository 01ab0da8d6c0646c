/** The state of a systemd service, from `systemctl show`. */
import { constants } from 'node:os';
import { EXIT } from '../../exit-codes.ts';
import type { ServiceCause, ServiceState } from './service.ts';

/**
 * The properties to ask for (https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html).
 */
export const PROPERTIES = [
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'NRestarts',
  'ExecMainCode',
  'ExecMainStatus',
  'ExecMainExitTimestampMonotonic',
  'InactiveExitTimestampMonotonic',
  'UnitFileState',
] as const;

export type UnitProperties = Readonly<Record<(typeof PROPERTIES)[number], string>>;

export interface UnitStatus {
  readonly state: ServiceState;
  readonly pid: number | null;
  readonly cause: ServiceCause | null;
  readonly enabled: boolean;
}

/** Reads lines of `Name=value`; a missing property is empty. */
export function readProperties(text: string): UnitProperties {
  const values = new Map(text.split('\n').map((line) => splitAt(line, '=')));
  return Object.fromEntries(
    PROPERTIES.map((name) => [name, values.get(name)?.trim() ?? '']),
  ) as UnitProperties;
}

export function statusOf(unit: UnitProperties): UnitStatus {
  const state = stateOf(unit);
  return {
    state,
    pid: Number(unit.MainPID) || null,
    cause: causeOf(state, unit),
    enabled: unit.UnitFileState.startsWith('enabled'),
  };
}

function stateOf(unit: UnitProperties): ServiceState {
  switch (unit.ActiveState) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return 'running';
    case 'activating':
      return unit.SubState.startsWith('auto-restart') ? 'waiting' : 'starting';
    case 'deactivating':
      return 'stopping';
    case 'failed':
      return gaveUp(unit) ? 'gave-up' : 'failed';
    default:
      return 'stopped';
  }
}

/**
 * At the start limit, `Result` still describes the last end, unless that was a clean one. So the times decide: since
 * the program ended, the unit left its state for another start, and the program was not started.
 */
function gaveUp(unit: UnitProperties): boolean {
  if (unit.Result === 'start-limit-hit') return true;
  const triedAgain =
    Number(unit.InactiveExitTimestampMonotonic) > Number(unit.ExecMainExitTimestampMonotonic);
  return triedAgain && Number(unit.NRestarts) > 0 && unit.Result !== 'resources';
}

function causeOf(state: ServiceState, unit: UnitProperties): ServiceCause | null {
  if (state === 'gave-up') return { kind: 'start-limit', end: lastEnd(unit) };
  if (state !== 'waiting' && state !== 'failed') return null;
  const isPermanent = unit.ExecMainCode === EXITED && Number(unit.ExecMainStatus) === EXIT.config;
  if (state === 'failed' && isPermanent) return { kind: 'permanent-failure' };
  return { kind: 'exited', end: lastEnd(unit) };
}

/** CLD_EXITED of siginfo.h; the other codes mean a signal. */
const EXITED = '1';

function lastEnd({ ExecMainCode, ExecMainStatus, Result }: UnitProperties): string {
  if (ExecMainCode === EXITED) return `exit code ${ExecMainStatus}`;
  if (Number(ExecMainCode) <= 1) return Result || 'an unknown end';
  const [name] =
    Object.entries(constants.signals).find(([, value]) => String(value) === ExecMainStatus) ?? [];
  return name ?? `signal ${ExecMainStatus}`;
}

function splitAt(line: string, mark: string): [string, string] {
  const at = line.indexOf(mark);
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + mark.length)];
}
