/** An answer that somebody else has made, written to the client as it comes. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { COMMON_HEADERS } from './respond.ts';

/** Resolves when all of it is written, or the client has gone. Of its headers only the type is kept, and that no proxy holds it back. */
export async function relay(response: Response, out: ServerResponse): Promise<void> {
  const type = response.headers.get('content-type');
  const buffering = response.headers.get('x-accel-buffering');
  out.writeHead(response.status, {
    ...COMMON_HEADERS,
    ...(type !== null && { 'Content-Type': type }),
    ...(buffering !== null && { 'X-Accel-Buffering': buffering }),
  });
  out.flushHeaders();
  if (response.body === null) {
    out.end();
    return;
  }
  // A client that goes away in the middle ends the body too: pipeline destroys both.
  await pipeline(Readable.fromWeb(response.body), out).catch(() => undefined);
}
