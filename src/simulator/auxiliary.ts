/**
 * Requests that Claude Code makes beside its agent loop, as seen in 2.1.329: session titles and verdicts of prompt
 * hooks (they demand JSON of a given schema and offer no tools), the summary that compacts a conversation (the whole
 * conversation with one fixed instruction at its end), and probes for a single token. The simulator answers them
 * itself, so that a script only has to play the work.
 */
import { type MessageReply, say } from './reply.ts';
import type { AnswerSchema, MessagesRequest } from './request.ts';
import type { ScriptTurn } from './turn.ts';

/** The answer to an auxiliary request; undefined when the request belongs to the agent loop of Claude or a subagent. */
export function auxiliaryAnswer(request: MessagesRequest, turn: ScriptTurn): MessageReply | undefined {
  const schema = request.output_config?.format?.schema;
  if (schema) return say(JSON.stringify(emptyAnswer(schema)));
  if (turn.lastUserText.startsWith(compactInstruction)) return say(summary(turn));
  // The agent loop manages its context even when it is given no tools at all.
  const isLoop = turn.tools.length > 0 || request.context_management !== undefined;
  return isLoop && request.max_tokens !== 1 ? undefined : say('ok');
}

const compactInstruction = 'CRITICAL: Respond with TEXT ONLY. Do NOT call any tools.';

/** Agreeable and without meaning: `{"ok":true,"reason":"simulated"}` for a hook, `{"title":"simulated"}` for a title. */
function emptyAnswer(schema: AnswerSchema): Record<string, unknown> {
  const entries = schema.required.map((name) => [name, emptyValue(schema.properties[name]?.type)]);
  return Object.fromEntries(entries);
}

function emptyValue(type: string | undefined): unknown {
  if (type === 'boolean') return true;
  if (type === 'number' || type === 'integer') return 0;
  if (type === 'array') return [];
  return type === 'object' ? {} : 'simulated';
}

/** Keeps all text of the user, so that a script still recognises its conversation afterwards. */
function summary(turn: ScriptTurn): string {
  return `<summary>\n${turn.userTexts.slice(0, -1).join('\n\n')}\n</summary>`;
}
