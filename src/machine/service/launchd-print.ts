/**
 * Reads `launchctl print gui/501/<label>`. Its man page says that the output is no interface, but Apple offers no other
 * state of a service. The lines are read as macOS 12 to 26 print them; a missing one is null.
 */

/** A loaded service, as launchd prints it. */
export interface PrintedJob {
  /** As printed: `running`, `not running`, `spawn scheduled`, `xpcproxy`, `SIGTERMed`, … */
  readonly state: string;
  readonly pid: number | null;
  /** The number of starts since it was loaded. */
  readonly runs: number;
  /** As printed, such as `0`, `1` or `78: EX_CONFIG`; null when it never ended or a signal ended it. */
  readonly exitCode: string | null;
  /** As printed, such as `Killed: 9`, instead of an exit code. */
  readonly signal: string | null;
  /** Seconds between its SIGTERM and SIGKILL. */
  readonly exitTimeout: number | null;
}

/** Reads what `launchctl print` printed. */
export function readPrintedJob(text: string): PrintedJob {
  const values = topLevel(text);
  const exitCode = values.get('last exit code');
  return {
    state: values.get('state') ?? 'unknown',
    pid: numberIn(values.get('pid')) || null,
    runs: numberIn(values.get('runs')) ?? 0,
    exitCode: exitCode === undefined || exitCode === '(never exited)' ? null : exitCode,
    signal: values.get('last terminating signal') ?? null,
    exitTimeout: numberIn(values.get('exit timeout')),
  };
}

/** Nested blocks have a `state` and a `pid` too; the lines of the service itself have one tab. */
function topLevel(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => /^\t(\S[^=]*?) = (.*)$/.exec(line.trimEnd()));
  return new Map(lines.flatMap((match) => (match ? [[match[1] ?? '', match[2] ?? ''] as const] : [])));
}

function numberIn(text: string | undefined): number | null {
  const digits = /^\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? null : Number(digits);
}

/** Whether `launchctl print-disabled` lists it as disabled; the words differ by version. */
export function isDisabled(text: string, label: string): boolean {
  return text.split('\n').some((line) => {
    const [name = '', value = ''] = line.trim().split(' => ');
    return name === `"${label}"` && ['disabled', 'true'].includes(value);
  });
}
