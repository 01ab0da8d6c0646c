/** The doctor's checks before there is a service: in the environment it will have, as the user it will run as. */

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
  /** The environment the service will have. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly services: Pick<Services, 'run' | 'platform'>;
}

/** As text, since for another user a process of theirs checks. */
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
  /** Null where nothing could be found out. */
  settings: serviceSettings.nullable(),
});

export interface PreflightReport {
  readonly findings: readonly Finding[];
  readonly settings: z.output<typeof serviceSettings> | null;
}

/** What a service needs to work. Other checks are about what is installed, or are advice for later. */
const CHECKS = [
  'config.values',
  'folder.writable',
  'claude.program',
  'claude.login',
  'claude.account',
  'claude.session-token',
  'workspaces.folder',
];

/** What may be put right after installing: a warning then. */
const MAY_FOLLOW = ['claude.login'];

/** Changes nothing, and leaves nothing of what it starts. */
export async function preflight({
  account,
  stateDir,
  env,
  clock,
  services,
}: PlannedService): Promise<PreflightReport> {
  // Loaded late: most commands need no doctor.
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
