import { existsSync, readdirSync } from 'node:fs';
import { Command } from 'commander';
import { serviceDefinition, settingsOf } from '../../control/service-definition.ts';
import { stableCommand } from '../../control/stable-command.ts';
import type { CheckGroup } from '../../doctor/check.ts';
import type { Machine } from '../../doctor/context.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit-codes.ts';
import { type Account, ownAccount } from '../../machine/account.ts';
import { foreignDisk } from '../../machine/foreign-folder.ts';
import { platform } from '../../machine/platform.ts';
import { runProgram } from '../../machine/program.ts';
import { type FoundService, findService } from '../../machine/service/find.ts';
import type { ServiceFile } from '../../machine/service/service.ts';
import { desktopLocation } from '../../setup/desktop-locations.ts';
import { readRecords } from '../../setup/ledger.ts';
import { toWireDiagnosis } from '../../wire/finding.ts';
import type { Cli } from '../context.ts';
import { jsonOption } from '../terminal/arguments.ts';
import { stopRequest } from '../terminal/signals.ts';
import { examples, UsageError } from '../terminal/usage.ts';
import { groupLines, summary } from '../views/doctor-text.ts';

interface Options {
  deep?: true;
  fix?: true;
  json?: true;
}

export function doctorCommand(cli: Cli): Command {
  return new Command('doctor')

    .argument('[groups...]', 'only these groups, such as claude or workspaces')
    .option('--deep', 'also run a whole plan, with the real Claude and a scripted model')
    .option('--fix', 'apply safe fixes')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor doctor',
        'bridge-supervisor doctor claude service',
        'bridge-supervisor doctor --deep',
        'bridge-supervisor doctor --json | jq .summary',
      ),
    )
    .action((names: string[], options: Options) => doctor(cli, names, options));
}

const ABOUT = `
Groups: program, folder, config, database, clock, claude, mcp, service,
supervisor, http, notify, workspaces, worktrees, unattended, logs, leftovers;
and deep, the same as --deep.

Where a service is installed, Claude and its login are checked in the
environment of the service. Without --fix nothing is changed. --fix makes files
private, removes half-written files and secrets of ended runs, kills processes
of ended runs, empties large logs and writes the database's log back. It never
touches a damaged database, a workspace or Claude's files.

--deep starts a supervisor as the service would, in a temporary folder, and
takes a plan through rejection to approval. It spends no tokens.

Exit code: 1 when there is a problem, otherwise 0, also with warnings.`;

async function doctor(cli: Cli, names: readonly string[], { deep, fix, json }: Options): Promise<void> {
  const { out, clock } = cli;
  const { createContext, deepGroup, runChecks, checkGroups } = await import('../../doctor/doctor.ts');
  await using context = createContext(await machineOf(cli));
  const progress = (step: string) => out.hint(`… ${step}`);
  const groups = chooseGroups(checkGroups(context), deepGroup(context, progress), names, deep === true);
  const stop = stopRequest();
  try {
    const findings = await runChecks(groups, {
      clock,
      signal: stop.signal,
      fix: fix === true,
      onGroup: (group, found) => {
        if (!json) for (const line of groupLines(out, group, found)) out.line(line);
      },
    });
    if (json) out.json(toWireDiagnosis(findings));
    else if (!stop.signal.aborted) out.line(summary(findings));
    else out.hint(`Interrupted: ${summary(findings)} so far.`);
    if (findings.some(({ verdict }) => verdict === 'problem')) cli.exitCode = EXIT.failed;
    if (stop.signal.aborted) cli.exitCode = EXIT.interrupted;
  } finally {
    stop.dispose();
  }
}

async function machineOf({ env, stateDir, clock, selfCommand, out }: Cli): Promise<Machine> {
  const account = ownAccount(env);
  const desktop = desktopLocation({
    platform,
    env,
    homeDir: account.homeDir,
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    isFile: existsSync,
  });
  // The ones named to setup.
  const named = (await readRecords(stateDir)).flatMap(({ owner, path }) =>
    owner === 'desktop' ? [path] : [],
  );
  return {
    env,
    stateDir,
    homeDir: account.homeDir,
    uid: account.uid < 0 ? null : account.uid,
    platform,
    clock,
    run: runProgram,
    selfCommand,
    service: await findService({ stateDir, env, clock }).catch((error: Error) => {
      out.hint(`The service manager could not be asked: ${error.message}`);
      return null;
    }),
    serviceFiles: (service, serviceEnv) =>
      filesNow({ ...service, selfCommand, account, stateDir, env: serviceEnv, callerEnv: env }),
    foreignDisk,
    desktopConfigs: [...new Set([...(desktop.found ? [desktop.file] : desktop.candidates), ...named])],
  };
}

interface Installed extends FoundService {
  readonly selfCommand: readonly string[];
  readonly account: Account;
  readonly stateDir: string;
  /** Of the service. */
  readonly env: Environment;
  readonly callerEnv: Environment;
}

/** What `install` would write now. */
function filesNow(service: Installed): readonly ServiceFile[] {
  const { manager, installed, selfCommand, account, stateDir, env, callerEnv } = service;
  const stable = stableCommand(selfCommand, callerEnv);
  // A package runner's temporary copy is not the one that was installed.
  if (!stable.ok) return installed.files;
  const settings = settingsOf(stateDir, env, account.homeDir);
  const { hardened } = installed;
  return manager.files(serviceDefinition({ stateDir, selfCommand: stable.value, settings, hardened }));
}

/** The named groups, or all but the deep one; the deep one only on request. */
function chooseGroups(
  regular: readonly CheckGroup[],
  deepGroup: CheckGroup,
  names: readonly string[],
  deep: boolean,
): readonly CheckGroup[] {
  const all = [...regular, deepGroup];
  const unknown = names.find((name) => !all.some((group) => group.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `unknown group '${unknown}'. The groups are: ${all.map(({ name }) => name).join(', ')}.`,
    );
  const named = names.length === 0 ? regular : regular.filter(({ name }) => names.includes(name));
  return deep || names.includes(deepGroup.name) ? [...named, deepGroup] : named;
}
