/**
 * A structured message, version 1: a type and a content, with threads, replies and references to artifacts. It travels as
 * the JSON text of a message, so that who knows nothing of it reads that text. Reading never fails.
 */

import * as z from 'zod';
import { isDeeperThan } from '../json-depth.ts';
import { ok, type Result, refuse } from '../result.ts';
import { canonicalJson } from './canonical-json.ts';
import { CHANNEL_LIMITS, type ENCODINGS, type FieldProblem } from './channel.ts';
import { isObject } from './json-object.ts';

const MAX_DEPTH = 16;
const MAX_ARTIFACTS = 32;
const MAX_URI = 4_096;

/** Issues with a code of their own carry it here. */
const coded = (code: string, message: string) => ({ message, params: { code } });

const oneLine = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(
      (text) => text.trim() === text,
      coded('surrounding_whitespace', 'must not start or end with whitespace'),
    )
    .refine(
      (text) => !/[\u0000-\u001f\u007f]/.test(text),
      coded('control_character', 'must not contain control characters'),
    );

const smallObject = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => Buffer.byteLength(canonicalJson(value)) <= CHANNEL_LIMITS.metadataBytes,
    coded('too_large', `must encode to at most ${CHANNEL_LIMITS.metadataBytes} bytes`),
  );

const artifact = z.strictObject({
  uri: oneLine(MAX_URI),
  name: z.string().min(1).nullish(),
  media_type: z.string().min(1).nullish(),
  size_bytes: z.int().min(0).nullish(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')
    .nullish(),
  metadata: smallObject.optional(),
});

const reference = oneLine(256).nullish();

/** RFC 3339 (https://www.rfc-editor.org/rfc/rfc3339#section-5.6). */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/;

const envelope = z.strictObject({
  schema_version: z.literal(1),
  type: z
    .string()
    .max(64)
    .regex(
      /^[a-z][a-z0-9._-]*$/,
      "must begin with a lower-case letter and have only a-z, 0-9, '.', '_' and '-'",
    ),
  content: z.unknown(),
  thread_id: reference,
  reply_to: reference,
  correlation_id: reference,
  causation_id: reference,
  recipient: reference,
  dedupe_key: oneLine(CHANNEL_LIMITS.key).nullish(),
  created_at: z
    .string()
    .refine(
      (text) => TIME.test(text) && !Number.isNaN(Date.parse(text)),
      coded('invalid_format', 'must be an RFC 3339 timestamp'),
    )
    .refine(
      (text) => /([Zz]|[+-]\d\d:\d\d)$/.test(text),
      coded('timezone_required', 'must include a UTC offset'),
    )
    .nullish(),
  artifacts: z.array(artifact).max(MAX_ARTIFACTS).optional(),
  metadata: smallObject.optional(),
  extensions: smallObject.optional(),
});

/** A structured message as it is kept: without what is null or empty. */
export type Envelope = Readonly<Record<string, unknown>> & { readonly dedupe_key?: string };

/** The structured message in `value`, or what is wrong with its first wrong field. */
export function parseEnvelope(value: unknown): Result<Envelope, FieldProblem> {
  if (!isObject(value))
    return refuse({ field: 'message', code: 'invalid_type', message: 'must be an object' });
  const missing = ENVELOPE_MARKS.filter((key) => !Object.hasOwn(value, key));
  if (missing.length > 0)
    return refuse({ field: 'message', code: 'required', message: `missing field(s): ${missing.join(', ')}` });
  if (isDeeperThan(value, MAX_DEPTH))
    return refuse({
      field: 'message',
      code: 'too_deep',
      message: `must not be nested deeper than ${MAX_DEPTH}`,
    });
  const read = envelope.safeParse(value, { reportInput: true });
  if (!read.success) return refuse(problemOf(read.error));
  const kept = withoutEmpty(value);
  if (Buffer.byteLength(canonicalJson(kept)) > CHANNEL_LIMITS.contentBytes)
    return refuse({
      field: 'message',
      code: 'too_large',
      message: `exceeds ${CHANNEL_LIMITS.contentBytes} bytes`,
    });
  return ok(kept);
}

/** What the content of a message is. */
export interface ReadContent {
  readonly encoding: (typeof ENCODINGS)[number];
  /** The structured message. */
  readonly message?: Envelope;
  /** Why something that looks like one is none. */
  readonly warning?: string;
}

/** What a stored text is. Never throws: a text that is no structured message is still a text. */
export function readContent(content: string): ReadContent {
  const value = parsedJson(content);
  if (value === undefined) return { encoding: 'legacy_text' };
  if (!isObject(value) || !ENVELOPE_MARKS.every((key) => Object.hasOwn(value, key)))
    return { encoding: 'legacy_json' };
  const { schema_version: version } = value;
  if (!Number.isInteger(version))
    return { encoding: 'invalid', warning: 'schema_version must be an integer' };
  if (version !== 1)
    return { encoding: 'unsupported', warning: `unsupported schema_version ${String(version)}` };
  const parsed = parseEnvelope(value);
  if (parsed.ok) return { encoding: 'structured', message: parsed.value };
  return { encoding: 'invalid', warning: `${parsed.refusal.field}: ${parsed.refusal.message}` };
}

/** The keys of which a JSON object must have all to be taken for a structured message. */
const ENVELOPE_MARKS = ['schema_version', 'type', 'content'];

/** JSON that is nested so deep that it cannot be read counts as none. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutEmpty(value: Readonly<Record<string, unknown>>): Envelope {
  const isEmpty = (key: string, part: unknown) =>
    key !== 'content' && (part === null || (typeof part === 'object' && Object.keys(part).length === 0));
  return Object.fromEntries(Object.entries(value).filter(([key, part]) => !isEmpty(key, part)));
}

function problemOf({ issues }: z.ZodError): FieldProblem {
  const [issue] = issues;
  if (!issue) return { field: 'message', code: 'invalid_value', message: 'is not valid' };
  const field = issue.path.filter((part) => typeof part === 'string').join('.') || 'message';
  return { field, ...describe(issue) };
}

function describe(issue: z.core.$ZodIssue): { code: string; message: string } {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? { code: 'required', message: 'must be provided' }
        : { code: 'invalid_type', message: `must be ${issue.expected}` };
    case 'unrecognized_keys':
      return { code: 'unknown_field', message: `unknown field(s): ${issue.keys.sort().join(', ')}` };
    case 'too_big':
      if (issue.origin === 'array')
        return { code: 'too_many', message: `must contain at most ${issue.maximum} entries` };
      return { code: 'too_long', message: `must be at most ${issue.maximum} characters` };
    case 'too_small':
      return issue.origin === 'string'
        ? { code: 'required', message: 'must not be empty' }
        : { code: 'out_of_range', message: `must be at least ${issue.minimum}` };
    case 'invalid_format':
      return { code: 'invalid_format', message: issue.message };
    case 'custom':
      return { code: String(issue.params?.code ?? 'invalid_value'), message: issue.message };
    default:
      return { code: 'invalid_value', message: issue.message };
  }
}
