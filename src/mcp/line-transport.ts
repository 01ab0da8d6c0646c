/**
 * Messages as lines of two streams. What cannot be read is answered as far as somebody waits for it, reported, and
 * passed over: one bad line must not cost a client its tools.
 */
import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { cleanLine } from '../project/text.ts';
import { INVALID_REQUEST, idInText, PARSE_ERROR, readMessage, type Unreadable } from './message.ts';

/** More than any message of a client: a plan has at most a megabyte. */
const MAX_LINE_BYTES = 10 * 1024 * 1024;
/** What is kept of a longer line, to see who waits for an answer. */
const HEAD_BYTES = 1_000;

/** @param report Gets every line that could not be read, and why. */
export function lineTransport(
  input: Readable,
  output: Writable,
  report: (why: string, line: string) => void,
): Transport {
  const lines = lineReader(take, (head) =>
    refuse(
      {
        kind: 'unreadable',
        code: INVALID_REQUEST,
        why: `it is longer than ${MAX_LINE_BYTES} bytes`,
        ids: [idInText(head)].filter((id) => id !== undefined),
      },
      head,
    ),
  );
  const transport: Transport = {
    async start() {
      input.on('data', lines.add);
      // A last line may come without its end.
      input.on('end', lines.end);
    },
    send: write,
    async close() {
      input.off('data', lines.add);
      input.off('end', lines.end);
      input.pause();
      transport.onclose?.();
    },
  };
  return transport;

  function take(bytes: Buffer): void {
    const line = bytes.toString('utf8');
    // A byte that is no text would be stored as U+FFFD, and a word of a plan be lost.
    const isText = !line.includes('\uFFFD') || Buffer.from(line).equals(bytes);
    const read = isText ? readMessage(line) : notText(line);
    if (read.kind === 'message') transport.onmessage?.(read.message);
    if (read.kind === 'unreadable') refuse(read, line);
  }

  function refuse({ code, why, ids }: Unreadable, line: string): void {
    report(why, line);
    const error = { code, message: `The message cannot be read: ${why}.` };
    for (const id of ids) void write({ jsonrpc: '2.0', id, error });
  }

  function write(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve) => {
      if (output.write(`${JSON.stringify(inOneLine(message))}\n`)) resolve();
      else output.once('drain', resolve);
    });
  }
}

/** The SDK explains some errors in many lines of JSON. */
function inOneLine(message: JSONRPCMessage): JSONRPCMessage {
  if (!('error' in message)) return message;
  const words = cleanLine(message.error.message).slice(0, MAX_ERROR_CHARACTERS);
  return { ...message, error: { ...message.error, message: words } };
}

const MAX_ERROR_CHARACTERS = 500;

function notText(line: string): Unreadable {
  const ids = [idInText(line)].filter((id) => id !== undefined);
  return { kind: 'unreadable', code: PARSE_ERROR, why: 'it is not UTF-8', ids };
}

/** Cuts chunks into lines; of one that is too long only the head is told. */
function lineReader(onLine: (line: Buffer) => void, onTooLong: (head: string) => void) {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer) => {
    size += part.length;
    if (size <= MAX_LINE_BYTES) parts.push(part);
    // The rest of a line that is too long is not kept.
    else parts = [Buffer.from(Buffer.concat(parts).subarray(0, HEAD_BYTES))];
  };
  const end = () => {
    const line = Buffer.concat(parts);
    const isTooLong = size > MAX_LINE_BYTES;
    parts = [];
    size = 0;
    if (isTooLong) onTooLong(line.toString('utf8'));
    else onLine(line);
  };
  return {
    add(chunk: Buffer) {
      let start = 0;
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', start)) {
        add(chunk.subarray(start, at));
        end();
        start = at + 1;
      }
      add(chunk.subarray(start));
    },
    end,
  };
}
