/** How an event becomes one line: `2026-11-21T03:04:05.678Z INFO  run.started project=ab12cd34ef56 pid=123 "text"`. */

export type Level = 'error' | 'warn' | 'info' | 'debug';

/** Values of any kind; `undefined` leaves the field out. */
export type Fields = Readonly<Record<string, unknown>>;

export interface LogRecord {
  time: Date;
  level: Level;
  event: string;
  fields: Fields;
  message: string;
}

/**
 * One line with its newline. Secrets are replaced, and what could forge a second line, or steer the terminal of
 * whoever reads it, is written as an escape.
 */
export function renderLine({ time, level, event, fields, message }: LogRecord): string {
  const parts = [time.toISOString(), level.toUpperCase().padEnd(5), plainName(event)];
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) parts.push(`${plainName(key)}=${renderValue(key, value, level)}`);
  }
  if (message !== '') parts.push(quote(clean(message)));
  return `${parts.join(' ')}\n`;
}

/** Names come from our code, yet a key taken from somebody's object must not break the line. */
function plainName(name: string): string {
  return name.replace(/[^\w.@/-]/g, '_');
}

function renderValue(key: string, value: unknown, level: Level): string {
  const text = clean(asText(key, value, level));
  return BARE.test(text) ? text : quote(text);
}

/** What a reader takes as one word without quotes. */
const BARE = /^[\w.,:;/@%+*~()[\]#-]+$/;

function asText(key: string, value: unknown, level: Level): string {
  if (isSecret(key, value)) return REDACTED;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid-date' : value.toISOString();
  if (value instanceof Error) return errorText(value, level);
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value, (inner, part) => (isSecret(inner, part) ? REDACTED : part)) ?? String(value);
  } catch {
    return '[not printable]';
  }
}

/** With its causes; what nobody expected also with the place it came from. */
function errorText(error: Error, level: Level): string {
  const own = level === 'error' && error.stack ? error.stack : `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own} (cause: ${errorText(error.cause, level)})` : own;
}

/** Enough for a stack, and one runaway value cannot fill the file. */
const LONGEST = 4_000;

/** Without secrets and of bounded length, looking no further than it must: a secret may straddle the cut. */
function clean(text: string): string {
  if (text.length <= LONGEST) return redact(text);
  return `${redact(text.slice(0, 2 * LONGEST)).slice(0, LONGEST)}… (${text.length} characters)`;
}

/** As a JSON string, which escapes C0 controls, plus what JSON lets through: C1 controls and marks that reorder text. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const REDACTED = '[redacted]';

const SECRET_NAME = /token|key|secret|passw|authorization|cookie|credential/i;

/** Numbers are counts (`input_tokens`), never secrets. */
function isSecret(key: string, value: unknown): boolean {
  return (
    SECRET_NAME.test(key) &&
    (typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null)
  );
}

/** Secrets inside free text, such as an error that quotes a header, a URL or a command line. */
function redact(text: string): string {
  return text
    .replace(/\bsk-ant-[\w-]+/g, REDACTED)
    .replace(/\b(?:gh[a-z]_|github_pat_|xox[a-z]-)[\w-]{10,}/g, REDACTED)
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`)
    .replace(/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${REDACTED}@`)
    .replace(NAMED_SECRET, (_match, name: string, separator: string) => `${name}${separator}${REDACTED}`);
}

/** `X_TOKEN=…`, `"apiKey": "…"`, `x-api-key: …` */
const NAMED_SECRET =
  /([\w-]{0,40}(?:token|secret|passw(?:or)?d|api[-_]?key|authorization|cookie)[\w-]{0,40})(["']?\s*[:=]\s*["']?)(?!Bearer|Basic|\[redacted|\d+\b)[^\s"',;&}]+/gi;
