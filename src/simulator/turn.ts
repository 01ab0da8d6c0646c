/** One request of Claude's agent loop, as a script sees it. */
import { type Block, type Message, type MessagesRequest, textOf } from './request.ts';

interface ToolResult {
  readonly toolUseId: string;
  readonly text: string;
  readonly isError: boolean;
}

export interface ScriptTurn {
  /** Claude's own session id (its `x-claude-code-session-id` header); empty if it sent none. */
  readonly sessionId: string;
  /** Set when a subagent asks, not the main agent (its `x-claude-code-agent-id` header). */
  readonly subagentId: string | undefined;
  readonly model: string;
  /** The names of the tools offered in this request; deferred tools are not among them. */
  readonly tools: readonly string[];
  readonly system: string;
  readonly messages: readonly Message[];
  /** Every message of the user, in order, also one sent while Claude worked, without what Claude Code adds. */
  readonly userTexts: readonly string[];
  /** The newest of `userTexts`. */
  readonly lastUserText: string;
  /** Results since the last assistant message, in Claude's order. */
  readonly toolResults: readonly ToolResult[];
  /** Size of the request body. */
  readonly bytes: number;
  /** Request headers in lower case, never those that carry a key or token. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether `text` occurs anywhere in the conversation: user text, tool results, what the script itself said. */
  mentions(text: string): boolean;
}

/** Reads a turn out of a parsed request. `headers` must already be free of credentials. */
export function readTurn(
  request: MessagesRequest,
  headers: Readonly<Record<string, string>>,
  bytes: number,
): ScriptTurn {
  const userTexts = request.messages.flatMap(ownText);
  return {
    sessionId: headers['x-claude-code-session-id'] ?? '',
    subagentId: headers['x-claude-code-agent-id'],
    model: request.model,
    tools: request.tools.map((tool) => tool.name),
    system: textOf(request.system),
    messages: request.messages,
    userTexts,
    lastUserText: userTexts.at(-1) ?? '',
    toolResults: sinceLastAssistant(request.messages)
      .flatMap((message) => message.content)
      .filter((block) => block.type === 'tool_result')
      .map(toolResult),
    bytes,
    headers,
    mentions: (text) => request.messages.some((message) => textOf(message.content).includes(text)),
  };
}

/**
 * What the user wrote, told apart from what Claude Code adds (both seen in 2.1.329): reminders inside a user message, and
 * the frame around a message that was sent while Claude worked, which arrives in a message with the role `system`.
 */
function ownText({ role, content }: Message): string[] {
  if (role === 'system') return steering.exec(textOf(content))?.slice(1, 2) ?? [];
  if (role !== 'user') return [];
  const own = content.filter((block) => block.type === 'text' && !isReminder(block));
  return own.length > 0 ? [textOf(own)] : [];
}

const steering =
  /^The user sent a new message while you were working:\n(.*)\n\nThis is how Claude Code surfaces messages/s;

function isReminder(block: Block): boolean {
  return typeof block.text === 'string' && block.text.trimStart().startsWith('<system-reminder>');
}

function sinceLastAssistant(messages: readonly Message[]): readonly Message[] {
  return messages.slice(messages.findLastIndex((message) => message.role === 'assistant') + 1);
}

function toolResult(block: Block): ToolResult {
  return {
    toolUseId: String(block.tool_use_id ?? ''),
    text: textOf([block]),
    isError: block.is_error === true,
  };
}
