/** Scripts and their runs as a person reads them. */
import { shellWord } from '../../characters.ts';
import { describeScriptRun, SCRIPT_LIMITS, type ScriptRun } from '../../project/script.ts';
import { plural } from '../../project/text.ts';
import type { WireListedScript } from '../../wire/schemas/script.ts';
import { indented, type Layout, projectHead, section } from '../terminal/layout.ts';
import { flow, plainLine, plainLines, wrap } from '../terminal/text.ts';
import { ago, lasted } from '../terminal/time.ts';

/** Each with what it says of itself, or why it cannot be run. */
export function listedScriptLines(listed: readonly WireListedScript[], { out, columns }: Layout): string[] {
  if (listed.length === 0)
    return ["No scripts are allowed: list them in 'scripts' of config.json (docs/scripts.md)."];
  return listed.flatMap(({ name, in_runs, description, problem }) => [
    `${plainLine(name)}${in_runs ? '  (runs of the supervisor)' : ''}`,
    ...indented(
      problem === null
        ? wrap(plainLine(description ?? '(no description)'), columns)
        : wrap(plainLine(problem), columns).map((line) => out.style('red', line)),
    ),
  ]);
}

/** Each on two lines: what ran, and how it went. */
export function scriptRunLines(runs: readonly ScriptRun[], layout: Layout): string[] {
  if (runs.length === 0) return ['No script has run.'];
  return runs.flatMap((run) => [
    projectHead({ id: run.id, title: commandOf(run) }, layout.out.columns),
    ...indented(factLines(run, layout)),
  ]);
}

/** One, with what it printed. */
export function shownScriptRunLines(run: ScriptRun, layout: Layout): string[] {
  return [
    ...scriptRunLines([run], layout),
    ...indented(wrap(`in ${plainLine(run.cwd)}`, layout.columns)),
    ...section(layout, titleOf('stdout', run.stdoutBytes), linesOf(run.stdout)),
    ...section(layout, titleOf('stderr', run.stderrBytes), linesOf(run.stderr)),
  ];
}

function commandOf({ script, args }: ScriptRun): string {
  return plainLine([script, ...args.map((arg) => shellWord(arg))].join(' '));
}

function factLines(run: ScriptRun, { columns, now, out }: Layout): string[] {
  const { state, exitCode, createdAt, endedAt, runId, stdoutBytes, stderrBytes } = run;
  const isGood = state === 'running' || (state === 'ended' && exitCode === 0);
  const lines = flow(
    [
      plainLine(describeScriptRun(run)),
      ago(createdAt, now),
      endedAt === null ? '' : `took ${lasted(createdAt, endedAt)}`,
      `${plural(stdoutBytes + stderrBytes, 'byte')} printed`,
      runId === null ? '' : `for run ${runId}`,
    ],
    columns,
  );
  return isGood ? lines : lines.map((line) => out.style('red', line));
}

function titleOf(stream: string, bytes: number): string {
  const isCut = bytes > SCRIPT_LIMITS.outputBytes;
  return isCut ? `The end of ${stream}, ${bytes} bytes in all` : stream;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : plainLines(text.replace(/\n$/, ''));
}
