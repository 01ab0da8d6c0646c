/** What the doctor found, as a person reads it. */
import type { CheckGroup, Finding, FindingVerdict } from '../../doctor/check.ts';
import type { Format, Output } from '../terminal/output.ts';
import { wrap } from '../terminal/text.ts';

const FORMATS: Readonly<Record<FindingVerdict, Format>> = {
  ok: 'green',
  fixed: 'green',
  warning: 'yellow',
  problem: 'red',
  skipped: 'dim',
};

const INDENT = 11;

/** A group as it is shown, with an empty line after it. */
export function groupLines(out: Output, { title }: CheckGroup, findings: readonly Finding[]): string[] {
  const shown = findings.filter((finding, index) => !isRepeated(finding, findings.slice(0, index)));
  return [out.style('bold', title), ...shown.flatMap((finding) => findingLines(out, finding)), ''];
}

/** Whether a check was skipped for a cause that is shown already. */
function isRepeated({ verdict, cause }: Finding, before: readonly Finding[]): boolean {
  return verdict === 'skipped' && cause !== undefined && before.some((other) => other.cause === cause);
}

/** One finding, indented as in a group. */
export function findingLines(out: Output, { verdict, message, hint }: Finding): string[] {
  const columns = out.columns - INDENT;
  const [first = '', ...others] = wrap(message, columns);
  const word = out.style(FORMATS[verdict], verdict.padEnd(INDENT - 2));
  const remedy = hint === undefined || verdict === 'ok' ? [] : wrap(`Fix: ${hint}`, columns);
  return [`  ${word}${first}`, ...[...others, ...remedy].map((line) => ' '.repeat(INDENT) + line)];
}

interface Counts {
  readonly ok: number;
  readonly warnings: number;
  readonly problems: number;
  readonly skipped: number;
  readonly fixed: number;
}

function countsOf(findings: readonly Finding[]): Counts {
  const count = (wanted: FindingVerdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  return {
    ok: count('ok'),
    warnings: count('warning'),
    problems: count('problem'),
    skipped: count('skipped'),
    fixed: count('fixed'),
  };
}

/** The last line. */
export function summary(findings: readonly Finding[]): string {
  const { ok, warnings, problems, fixed } = countsOf(findings);
  const parts = [
    `${ok} ok`,
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    `${problems} ${problems === 1 ? 'problem' : 'problems'}`,
  ];
  return parts.join(', ');
}
