/** Pages of titled sections, for what is read rather than parsed. */
import type { Format, Output } from './output.ts';
import { clip } from './text.ts';

export interface Layout {
  readonly out: Output;
  /** How wide the lines of a section may be. */
  readonly columns: number;
  readonly now: Date;
}

const INDENT = '  ';

export function layoutOf(out: Output, now: Date): Layout {
  return { out, now, columns: out.columns - INDENT.length };
}

/** A titled block after an empty line; nothing when it has no lines. */
export function section(
  { out }: Layout,
  title: string,
  lines: readonly string[],
  format: Format = 'bold',
): string[] {
  return lines.length === 0 ? [] : ['', out.style(format, title), ...indented(lines)];
}

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : INDENT + line));
}

/** The line that names a project, or a schedule, where several are shown. */
export function projectHead(
  { id, title }: { readonly id: string; readonly title: string },
  columns: number,
): string {
  return `${id}  ${clip(title, columns - id.length - 2)}`;
}
