/** Runs the doctor's checks before there is a service: in its future environment, as its future user. */

import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { serviceSettings, settingsOf } from '../control/service-definition.ts';
import type { Finding } from '../doctor/check.ts';
import type { Environment } from '../environment.ts';
import type { Account } from '../machine/account.ts';
import { foreignDisk } from '../machine/foreign-folder.ts';
import type { Services } from '../machine/service/find.ts';

export interface PlannedService {
  readonly account: Account;
  readonly stateDir: string;
  /** The future environment of the service. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly services: Pick<Services, 'run' | 'platform'>;
}

/** A schema, because for another user a process of that user checks and prints the report. */
export const preflightReport = z.object({
  findings: z.array(
    z.object({
      check: z.string(),
      subject: z.string(),
      verdict: z.enum(['ok', 'warning', 'problem', 'skipped']),
      message: z.string(),
      hint: z.string().exactOptional(),
    }),
  ),
  /** Null when unknown. */
  settings: serviceSettings.nullable(),
});

export interface PreflightReport {
  readonly findings: readonly Finding[];
  readonly settings: z.output<typeof serviceSettings> | null;
}

/** What a service needs to work. The other checks are about an installed service, or advise for later. */
const CHECKS = [
  'config.values',
  'folder.writable',
  'claude.program',
  'claude.login',
  'claude.account',
  'claude.session-token',
  'workspaces.folder',
];

/** What a person may fix after installing, so that it is a warning only. */
const MAY_FOLLOW = ['claude.login'];

/** Changes nothing, and leaves no process behind. */
export async function preflight({
  account,
  stateDir,
  env,
  clock,
  services,
}: PlannedService): Promise<PreflightReport> {
  // Loaded when used: most commands need no doctor.
  const { checkGroups, createContext, runChecks } = await import('../doctor/doctor.ts');
  await using context = createContext({
    ...services,
    env,
    plannedEnv: env,
    stateDir,
    homeDir: account.homeDir,
    uid: account.uid < 0 ? null : account.uid,
    clock,
    selfCommand: [process.execPath],
    service: null,
    serviceFiles: () => [],
    foreignDisk,
    desktopConfigs: [],
  });
  const groups = checkGroups(context).map((group) => ({
    ...group,
    checks: group.checks.filter(({ name }) => CHECKS.includes(`${group.name}.${name}`)),
  }));
  const findings = await runChecks(groups, { clock, signal: new AbortController().signal });
  return {
    findings: findings.filter(({ verdict }) => verdict !== 'skipped').map(tolerate),
    settings: settingsOf(stateDir, env, account.homeDir),
  };
}

function tolerate(finding: Finding): Finding {
  const isTolerable = finding.verdict === 'problem' && MAY_FOLLOW.includes(finding.check);
  return isTolerable ? { ...finding, verdict: 'warning' } : finding;
}
