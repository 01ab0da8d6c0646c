/** Renders an event as one line: `2026-11-21T03:04:05.678Z INFO  run.started project=ab12cd34ef56 pid=123 "text"`. */
import { cut, escapeHidden } from './characters.ts';
import { REDACTED, redact } from './redaction.ts';

/** The most important first. */
export const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof LEVELS)[number];

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
 * One line with its newline. Secrets are replaced; characters that could forge a second line or steer a terminal are
 * escaped.
 */
export function renderLine({ time, level, event, fields, message }: LogRecord): string {
  const parts = [time.toISOString(), level.toUpperCase().padEnd(5), plainName(event)];
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) parts.push(`${plainName(key)}=${renderValue(key, value, level)}`);
  }
  if (message !== '') parts.push(quote(clean(message)));
  return `${parts.join(' ')}\n`;
}

/** Names come from our code, but a key of a foreign object must not break the line. */
function plainName(name: string): string {
  return name.replace(/[^\w.@/-]/g, '_');
}

function renderValue(key: string, value: unknown, level: Level): string {
  const text = clean(asText(key, value, level));
  return BARE.test(text) ? text : quote(text);
}

/** Readable as one word without quotes. */
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

/** With its causes; at level error also with its stack. */
function errorText(error: Error, level: Level): string {
  const own = level === 'error' && error.stack ? error.stack : `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own} (cause: ${errorText(error.cause, level)})` : own;
}

/** Enough for a stack; a runaway value cannot fill the file. */
const MAX_CHARACTERS = 4_000;

/** Without secrets, and cut. It redacts beyond the cut, because a secret may straddle it. */
function clean(text: string): string {
  if (text.length <= MAX_CHARACTERS) return redact(text);
  return `${cut(redact(text.slice(0, 2 * MAX_CHARACTERS)), MAX_CHARACTERS)}… (${text.length} characters)`;
}

/** As a JSON string, which escapes C0 controls, plus what JSON lets through: what hides in a line or reorders it. */
function quote(text: string): string {
  return escapeHidden(JSON.stringify(text));
}

const SECRET_NAME = /token|key|secret|passw|passphrase|pwd|authorization|cookie|credential/i;

/** Numbers are counts (`input_tokens`), never secrets. */
function isSecret(key: string, value: unknown): boolean {
  return (
    SECRET_NAME.test(key) &&
    (typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null)
  );
}
