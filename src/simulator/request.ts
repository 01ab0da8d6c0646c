/**
 * The part of a Messages API request that matters here. Everything else Claude sends is let through unread, so that a
 * newer Claude with new fields still runs against the simulator.
 */
import * as z from 'zod';

const block = z.looseObject({ type: z.string() });

const content = z
  .union([z.string(), z.array(block)])
  .transform((given): Block[] => (typeof given === 'string' ? [{ type: 'text', text: given }] : given));

const answerSchema = z.object({
  properties: z
    .record(z.string(), z.looseObject({ type: z.string().optional().catch(undefined) }))
    .default({}),
  required: z.array(z.string()).default([]),
});

export const messagesRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content })).min(1),
  system: content.default([]),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  stream: z.boolean().default(false),
  max_tokens: z.number().optional(),
  context_management: z.unknown().optional(),
  output_config: z.object({ format: z.object({ schema: answerSchema }).optional() }).optional(),
});

export type Block = z.infer<typeof block>;
export type AnswerSchema = z.infer<typeof answerSchema>;
export type MessagesRequest = z.infer<typeof messagesRequest>;
export type Message = MessagesRequest['messages'][number];

/** All text inside content blocks; tool calls as JSON, tool results with their nested blocks. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map(blockText).filter(Boolean).join('\n');
}

function blockText(given: Block): string {
  if (typeof given.text === 'string') return given.text;
  if (given.type === 'tool_use') return JSON.stringify(given.input);
  const nested = content.safeParse(given.content);
  return nested.success ? textOf(nested.data) : '';
}
