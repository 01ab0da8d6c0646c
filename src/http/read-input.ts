/** What a request brings, read by the schemas of its route. */
import type * as z from 'zod';
import { ok, type Result, refuse } from '../result.ts';
import type { Input, Route } from './define-route.ts';
import { type Problem, problem } from './problem.ts';

export interface Brought {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  /** How long the body says it is; NaN where it comes in chunks. */
  readonly announcedBytes: number;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly maxBodyBytes: number;
}

/** Never throws; a client that goes away in the middle of its body has sent no JSON. */
export async function readInput(route: Route, brought: Brought): Promise<Result<Input, Problem>> {
  const body = route.body ? await readBody(brought) : ok({});
  if (!body.ok) return body;
  const parts = {
    params: read(route.params, brought.params),
    query: read(route.query, brought.query),
    body: route.body ? route.body.safeParse(body.value) : NONE,
  };
  const { params, query } = parts;
  if (params.success && query.success && parts.body.success)
    return ok({ params: params.data, query: query.data, body: parts.body.data });
  const errors = Object.entries(parts).flatMap(([part, { error }]) => errorsOf(part, error));
  return refuse(problem('invalid', `${errors[0]?.path}: ${errors[0]?.message}.`, { facts: { errors } }));
}

/** Most requests bring nothing, and what a schema makes of that is always the same. */
function read(schema: z.ZodObject, brought: Readonly<Record<string, string>>): Read {
  if (Object.keys(brought).length > 0) return schema.safeParse(brought);
  const known = ofNothing.get(schema);
  if (known) return known;
  const read = schema.safeParse(brought);
  ofNothing.set(schema, read);
  return read;
}

type Read = ReturnType<z.ZodObject['safeParse']>;

const ofNothing = new WeakMap<z.ZodObject, Read>();

const NONE = { success: true, data: {}, error: undefined } as const;

/** An empty body stands for `{}`. */
async function readBody(brought: Brought): Promise<Result<unknown, Problem>> {
  const { body, contentType, announcedBytes, maxBodyBytes } = brought;
  const bytes = announcedBytes > maxBodyBytes ? 'too large' : await collect(body, maxBodyBytes);
  if (bytes === 'too large')
    return refuse(
      problem('body-too-large', `the body is larger than ${maxBodyBytes} bytes.`, {
        headers: { Connection: 'close' },
      }),
    );
  if (bytes === 'cut off') return refuse(problem('not-json', 'the body ended before it was whole.'));
  if (bytes.length === 0) return ok({});
  if (!/^application\/json *(?:;|$)/i.test(contentType ?? ''))
    return refuse(problem('json-only', "the body must be JSON, with 'Content-Type: application/json'."));
  try {
    // TextDecoder drops a byte order mark, and refuses what is not UTF-8.
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return refuse(problem('not-json', 'the body is not valid JSON.'));
  }
}

async function collect(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | 'too large' | 'cut off'> {
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxBytes) return 'too large';
      chunks.push(chunk);
    }
  } catch {
    return 'cut off';
  }
  return Buffer.concat(chunks);
}

/** The value itself is not shown: it may be a secret, or long. */
function errorsOf(part: string, error: z.ZodError | undefined): { path: string; message: string }[] {
  return (error?.issues ?? []).map((issue) => ({
    path: [part === 'body' ? '' : part, ...issue.path].filter((name) => name !== '').join('.') || 'body',
    message:
      issue.code === 'unrecognized_keys'
        ? `unknown: ${issue.keys.map((key) => key.slice(0, 40)).join(', ')}`
        : issue.message,
  }));
}
