import { existsSync, readdirSync } from 'node:fs';
import { Command } from 'commander';
import { serviceDefinition, settingsOf } from '../../control/service-definition.ts';
import { stableCommand } from '../../control/stable-command.ts';
import type { Machine } from '../../doctor/context.ts';
import type { Group } from '../../doctor/doctor.ts';
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
    .description('Look at everything that can be wrong, and say what to do about it.')
    .argument('[groups...]', 'only these, such as claude or workspaces')
    .option('--deep', 'also play a whole plan, with the real Claude and a scripted model')
    .option('--fix', 'mend what can be mended without harm')
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
supervisor, workspaces, vigil, logs, leftovers; and deep, the same as --deep.

With an installed service, Claude and its login are looked at in the
environment that the service has. Without --fix nothing is changed. --fix
closes rights, removes half-written files and secrets of ended runs, ends
processes of ended runs, empties large logs and writes the database's log back;
it touches no damaged database, no workspace and none of Claude's files.

--deep starts a supervisor as the service would, in a temporary folder, and
takes a plan through rejection to approval. No token is spent.

Exit code: 1 when there is a problem, 0 otherwise, with warnings too.`;

async function doctor(cli: Cli, names: readonly string[], { deep, fix, json }: Options): Promise<void> {
  const { out, clock } = cli;
  const { admit, deepGroup, examine, groupsOf } = await import('../../doctor/entrance.ts');
  await using patient = admit(await machineOf(cli));
  const progress = (step: string) => out.hint(`… ${step}`);
  const groups = chosen(groupsOf(patient), deepGroup(patient, progress), names, deep === true);
  const stop = stopRequest();
  try {
    const findings = await examine(groups, {
      clock,
      signal: stop.signal,
      mending: fix === true,
      tell: (group, found) => {
        if (!json) for (const line of groupLines(out, group, found)) out.line(line);
      },
    });
    if (json) out.json(toWireDiagnosis(findings));
    else if (!stop.signal.aborted) out.line(summary(findings));
    else out.hint(`Broken off: ${summary(findings)} so far.`);
    if (findings.some(({ verdict }) => verdict === 'problem')) cli.exitCode = EXIT.failed;
    if (stop.signal.aborted) cli.exitCode = EXIT.interrupted;
  } finally {
    stop.dispose();
  }
}

async function machineOf({ env, stateDir: home, clock, selfCommand: entry, out }: Cli): Promise<Machine> {
  const account = ownAccount(env);
  const desktop = desktopLocation({
    platform,
    env,
    home: account.home,
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    isFile: existsSync,
  });
  // Those that setup was given by name.
  const named = (await readRecords(home)).flatMap(({ owner, path }) => (owner === 'desktop' ? [path] : []));
  return {
    env,
    home,
    personHome: account.home,
    uid: account.uid < 0 ? null : account.uid,
    platform,
    clock,
    run: runProgram,
    entry,
    service: await findService({ stateFolder: home, env, clock }).catch((error: Error) => {
      out.hint(`The service could not be looked for: ${error.message}`);
      return null;
    }),
    serviceFiles: (service, ofService) =>
      filesNow({ ...service, entry, account, home, env: ofService, caller: env }),
    foreignDisk,
    desktopConfigs: [...new Set([...(desktop.found ? [desktop.file] : desktop.candidates), ...named])],
  };
}

interface Present extends FoundService {
  readonly entry: readonly string[];
  readonly account: Account;
  /** The state folder. */
  readonly home: string;
  /** What the service has. */
  readonly env: Environment;
  /** Of who asks. */
  readonly caller: Environment;
}

/** What `install` would write over what is installed. */
function filesNow({
  manager,
  installed,
  entry,
  account,
  home,
  env,
  caller,
}: Present): readonly ServiceFile[] {
  const lasting = stableCommand(entry, caller);
  // A copy that a package runner keeps for a while is not the one that was installed.
  if (!lasting.ok) return installed.files;
  const settings = settingsOf(home, env, account.home);
  const { hardened } = installed;
  return manager.files(serviceDefinition({ stateFolder: home, entry: lasting.value, settings, hardened }));
}

/** The groups that are named, all but the deep one when none is; and that one when it is asked for. */
function chosen(
  usual: readonly Group[],
  deepGroup: Group,
  names: readonly string[],
  deep: boolean,
): readonly Group[] {
  const all = [...usual, deepGroup];
  const unknown = names.find((name) => !all.some((group) => group.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no group '${unknown}'. The groups are: ${all.map(({ name }) => name).join(', ')}.`,
    );
  const named = names.length === 0 ? usual : usual.filter(({ name }) => names.includes(name));
  return deep || names.includes(deepGroup.name) ? [...named, deepGroup] : named;
}
