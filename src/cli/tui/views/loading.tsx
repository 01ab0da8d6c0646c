import type { Problem } from '../../../page/answer.ts';
import { line, paragraph } from '../lines/line.ts';
import { Rows } from '../parts/rows.tsx';

/** What is shown before there is anything, or where there is nothing. */
export function Loading({
  problem,
  columns,
}: {
  readonly problem: Problem | undefined;
  readonly columns: number;
}) {
  const lines = problem ? paragraph(problem.detail, columns, 'bad') : [line('Loading…', 'quiet')];
  return <Rows lines={lines} columns={columns} />;
}
