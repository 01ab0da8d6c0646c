/** Reads the output of Claude as a person follows it: what was said, called and answered. */
import * as z from 'zod';
import { cut, withoutHidden } from '../characters.ts';
import type { RunItem, RunLine, ShownText } from '../project/run-item.ts';
import { redact } from '../redaction.ts';
import { describeTool } from './describe-tool.ts';
import { PARTIAL, readEvent } from './stream.ts';
import type { Tail } from './tail.ts';

/** A text that is longer is cut: the file has the whole. */
const MAX_TEXT_CHARACTERS = 20_000;
/** Cut before it is searched for secrets, which takes time: a tool may answer megabytes. */
const MAX_READ_CHARACTERS = 2 * MAX_TEXT_CHARACTERS;

/**
 * The lines after `after` that hold something, each with the position that continues after it. A position counts the bytes
 * that the file has once the run has ended: the supervisor removes partial answers from it then.
 */
export async function* readRunLines(tail: Tail, after: number): AsyncGenerator<RunLine> {
  let left = 0;
  let folder: string | undefined;
  for await (const line of tail.lines()) {
    if (line.startsWith(PARTIAL)) left += tail.lineBytes();
    else {
      const position = tail.position() - left;
      folder ??= folderOf(line);
      const items = position > after ? readItems(line, folder) : [];
      if (items.length > 0) yield { position, at: timeOf(line), items };
    }
  }
}

function folderOf(line: string): string | undefined {
  const event = readEvent(line);
  return event?.kind === 'init' ? event.init.cwd : undefined;
}

/**
 * What one line holds; nothing where it is no JSON, or nothing that a person follows.
 *
 * @param folder Where Claude works: paths in it are told from there.
 */
export function readItems(line: string, folder?: string): RunItem[] {
  const event = readEvent(line);
  switch (event?.kind) {
    case 'init':
      return [{ kind: 'began', model: event.init.model, claudeVersion: event.init.claude_code_version }];
    case 'assistant':
    case 'tool_results':
    case 'taken_in':
      return itemsOfMessage(line, folder);
    case 'denied':
      return [{ kind: 'denied', callId: event.id, reason: event.reason ?? null }];
    case 'rate_limit': {
      const { status, rateLimitType: limit = null, resetsAt } = event.info;
      const time = resetsAt === undefined ? null : new Date(resetsAt * 1_000).toISOString();
      return [{ kind: 'rate_limit', status, limit, resetsAt: time }];
    }
    case 'result': {
      const { is_error: failed, num_turns: turns, result = '', errors } = event.result;
      return [{ kind: 'ended', failed, turns, ...shown(result || errors.join('\n')) }];
    }
    case 'other':
      return retries(line);
    default:
      return [];
  }
}

const block = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.record(z.string(), z.unknown()).catch({}),
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    is_error: z.boolean().catch(false),
    content: z.union([z.string(), z.array(z.unknown())]).catch(''),
  }),
]);

const message = z.object({
  type: z.enum(['assistant', 'user']),
  parent_tool_use_id: z.string().nullish().catch(null),
  message: z.object({ content: z.union([z.string(), z.array(z.unknown())]) }),
});

/** A block of a kind that is not known is passed over. */
function itemsOfMessage(line: string, folder: string | undefined): RunItem[] {
  const read = message.safeParse(JSON.parse(line));
  if (!read.success) return [];
  const { type, parent_tool_use_id, message: said } = read.data;
  const isModel = type === 'assistant';
  const ofSubagent = Boolean(parent_tool_use_id);
  const blocks = typeof said.content === 'string' ? [{ type: 'text', text: said.content }] : said.content;
  return blocks.flatMap((one): RunItem[] => {
    const known = block.safeParse(one).data;
    switch (known?.type) {
      case 'text':
        return [
          isModel
            ? { kind: 'text', ofSubagent, ...shown(known.text) }
            : { kind: 'message', ...shown(known.text) },
        ];
      case 'thinking':
        return [{ kind: 'thinking', ofSubagent, ...shown(known.thinking) }];
      case 'tool_use': {
        const { id: callId, name: tool, input } = known;
        const summary = redact(describeTool({ name: tool, input }, folder));
        return [{ kind: 'tool_call', callId, tool, summary, ofSubagent, ...shown(JSON.stringify(input)) }];
      }
      case 'tool_result': {
        const { tool_use_id: callId, is_error: failed, content } = known;
        return [{ kind: 'tool_result', callId, failed, ...shown(textOf(content)) }];
      }
      default:
        return [];
    }
  });
}

/** Pictures and the like are named, not shown. */
function textOf(content: string | readonly unknown[]): string {
  if (typeof content === 'string') return content;
  return content
    .map((one) => {
      const known = block.safeParse(one).data;
      if (known?.type === 'text') return known.text;
      const kind = z.object({ type: z.string() }).safeParse(one).data?.type;
      return `[${kind ?? 'something else'}]`;
    })
    .join('\n');
}

/** Some lines say when they were written, others do not (seen in 2.1.329). */
const timed = z.object({ timestamp: z.iso.datetime() });

function timeOf(line: string): string | null {
  const { data } = timed.safeParse(JSON.parse(line));
  return data ? new Date(data.timestamp).toISOString() : null;
}

/** While the service cannot answer (seen in 2.1.329). */
const apiRetry = z.object({
  type: z.literal('system'),
  subtype: z.literal('api_retry'),
  attempt: z.number().nullable().catch(null),
  error: z.string().nullable().catch(null),
});

function retries(line: string): RunItem[] {
  const { data } = apiRetry.safeParse(JSON.parse(line));
  return data ? [{ kind: 'api_retry', attempt: data.attempt, reason: data.error }] : [];
}

function shown(whole: string): ShownText {
  const text = withoutHidden(redact(cut(whole, MAX_READ_CHARACTERS)));
  return {
    text: cut(text, MAX_TEXT_CHARACTERS),
    cut: whole.length > MAX_READ_CHARACTERS || text.length > MAX_TEXT_CHARACTERS,
  };
}
