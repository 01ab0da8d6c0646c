/** A line of loop.log as a value: the opposite of how the log writes it. */
import type { WireLogLine } from '../../wire/schemas/log-line.ts';

/** What the line says; a line of another form keeps its text as `message`. */
export function readLogLine(line: string): WireLogLine {
  const head = /^(\S+) (ERROR|WARN|INFO|DEBUG) +(\S+)/.exec(line);
  if (!head) return { message: line };
  const [whole, time, level = '', event] = head;
  // Without a prototype: a field may have any name.
  const record: Record<string, string | undefined> = Object.create(null);
  Object.assign(record, { time, level: level.toLowerCase(), event });
  for (const [, key, quoted, bare] of line.slice(whole.length).matchAll(FIELD)) {
    record[key ?? 'message'] = quoted === undefined ? bare : unquote(quoted);
  }
  return record as WireLogLine;
}

/** ` key="…"`, ` key=word`, or the message: ` "…"`. */
const FIELD = / (?:([\w.@/-]+)=)?(?:("(?:[^"\\]|\\.)*")|(\S+))/g;

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
