/**
 * Requests that Claude Code makes beside its agent loop. The simulator answers them itself, so that a script only has
 * to play the work.
 */
import type { MessagesRequest } from './request.ts';
import { textOf } from './request.ts';

/** Every agent loop, of the main agent and of subagents, opens its system prompt like this (seen in 2.1.329). */
const agentPrompts = [
  'You are a Claude agent',
  'You are Claude Code',
  "Claude Code, Anthropic's official CLI",
];

/** True for probes, title generation, summaries of web pages and the like. */
export function isAuxiliary(request: MessagesRequest): boolean {
  if (request.max_tokens === 1) return true;
  const system = textOf(request.system);
  return request.tools.length === 0 && !agentPrompts.some((prompt) => system.includes(prompt));
}
