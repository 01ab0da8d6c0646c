import { existsSync, readdirSync } from 'node:fs';
import { Command } from 'commander';
import type { Group } from '../doctor/doctor.ts';
import type { Finding, Verdict } from '../doctor/finding.ts';
import type { Machine } from '../doctor/patient.ts';
import { ownAccount } from '../machine/account.ts';
import { platform } from '../machine/platform.ts';
import { runProgram } from '../machine/program.ts';
import { findService } from '../machine/service/find.ts';
import { desktopLocation } from '../setup/desktop-locations.ts';
import { jsonOption } from './arguments.ts';
import type { Cli } from './context.ts';
import type { Format, Output } from './output.ts';
import { stopRequest } from './stop-request.ts';
import { wrap } from './text.ts';
import { examples, UsageError } from './usage.ts';

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
supervisor, workspaces, vigil, logs, leftovers.

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
  const { admit, deepGroup, examine, groupsOf } = await import('../doctor/entrance.ts');
  await using patient = admit(await machineOf(cli));
  const progress = (step: string) => out.hint(`… ${step}`);
  const all = groupsOf(patient);
  const groups = [...chosen(all, names), ...(deep ? [deepGroup(patient, progress)] : [])];
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
    if (json) out.json({ findings: findings.map(publicFinding), summary: countsOf(findings) });
    else out.line(summary(findings));
    if (findings.some(({ verdict }) => verdict === 'problem')) cli.exitCode = 1;
    if (stop.signal.aborted) cli.exitCode = INTERRUPTED;
  } finally {
    stop.dispose();
  }
}

/** As a shell reports a process that ctrl-c has ended. */
const INTERRUPTED = 130;

async function machineOf({ env, home, clock, entry }: Cli): Promise<Machine> {
  const account = ownAccount(env);
  const desktop = desktopLocation({
    platform,
    env,
    home: account.home,
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    isFile: existsSync,
  });
  return {
    env,
    home,
    personHome: account.home,
    uid: account.uid < 0 ? null : account.uid,
    platform,
    clock,
    run: runProgram,
    entry,
    service: await findService({ stateFolder: home, env, clock }),
    desktopConfigs: desktop.found ? [desktop.file] : desktop.candidates,
  };
}

function chosen(groups: readonly Group[], names: readonly string[]): readonly Group[] {
  const unknown = names.find((name) => !groups.some((group) => group.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no group '${unknown}'. The groups are: ${groups.map(({ name }) => name).join(', ')}.`,
    );
  return names.length === 0 ? groups : groups.filter(({ name }) => names.includes(name));
}

const FORMATS: Readonly<Record<Verdict, Format>> = {
  ok: 'green',
  mended: 'green',
  warning: 'yellow',
  problem: 'red',
  skipped: 'dim',
};

const INDENT = 11;

function groupLines(out: Output, { title }: Group, findings: readonly Finding[]): string[] {
  const said = findings.filter((finding, index) => !isRepeated(finding, findings.slice(0, index)));
  return [out.style('bold', title), ...said.flatMap((finding) => findingLines(out, finding)), ''];
}

/** Several checks can be kept from looking by the same thing. */
function isRepeated({ verdict, message }: Finding, before: readonly Finding[]): boolean {
  return verdict === 'skipped' && before.some((other) => other.message === message);
}

function findingLines(out: Output, { verdict, message, fix }: Finding): string[] {
  const columns = out.columns - INDENT;
  const [first = '', ...others] = wrap(message, columns);
  const word = out.style(FORMATS[verdict], verdict.padEnd(INDENT - 2));
  const remedy = fix === undefined || verdict === 'ok' ? [] : wrap(`Fix: ${fix}`, columns);
  return [`  ${word}${first}`, ...[...others, ...remedy].map((line) => ' '.repeat(INDENT) + line)];
}

function publicFinding({ check, subject, verdict, message, fix, mend }: Finding) {
  return { check, subject, verdict, message, fix: fix ?? null, mendable: mend !== undefined };
}

interface Counts {
  readonly ok: number;
  readonly warnings: number;
  readonly problems: number;
  readonly skipped: number;
  readonly mended: number;
}

function countsOf(findings: readonly Finding[]): Counts {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  return {
    ok: count('ok'),
    warnings: count('warning'),
    problems: count('problem'),
    skipped: count('skipped'),
    mended: count('mended'),
  };
}

function summary(findings: readonly Finding[]): string {
  const { ok, warnings, problems, mended } = countsOf(findings);
  const parts = [
    `${ok} ok`,
    ...(mended > 0 ? [`${mended} mended`] : []),
    `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    `${problems} ${problems === 1 ? 'problem' : 'problems'}`,
  ];
  return parts.join(', ');
}
