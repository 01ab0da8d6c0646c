/** What a script is told about one request of Claude's agent loop. */
import { type Block, type Message, type MessagesRequest, textOf } from './request.ts';

export interface ToolResult {
  readonly toolUseId: string;
  readonly text: string;
  readonly isError: boolean;
}

export interface ScriptTurn {
  /** Claude's own session id (its `x-claude-code-session-id` header); empty if it sent none. */
  readonly sessionId: string;
  readonly model: string;
  /** The names of the tools offered in this request; deferred tools are not among them. */
  readonly tools: readonly string[];
  readonly system: string;
  readonly messages: readonly Message[];
  /** The newest text from the user's side, without the reminders that Claude Code adds by itself. */
  readonly lastUserText: string;
  /** Results that came since the last assistant message, in the order Claude gives them. */
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
  return {
    sessionId: headers['x-claude-code-session-id'] ?? '',
    model: request.model,
    tools: request.tools.map((tool) => tool.name),
    system: textOf(request.system),
    messages: request.messages,
    lastUserText: lastUserText(request.messages),
    toolResults: sinceLastAssistant(request.messages)
      .flatMap((message) => message.content)
      .filter((block) => block.type === 'tool_result')
      .map(toolResult),
    bytes,
    headers,
    mentions: (text) => request.messages.some((message) => textOf(message.content).includes(text)),
  };
}

function lastUserText(messages: readonly Message[]): string {
  for (const message of messages.toReversed()) {
    if (message.role !== 'user') continue;
    const own = message.content.filter((block) => block.type === 'text' && !isReminder(block));
    if (own.length > 0) return textOf(own);
  }
  return '';
}

/** Claude Code wraps what it adds to a user's message in this tag (seen in 2.1.329). */
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
