/**
 * The part of a Messages API request that a script can look at. Everything else Claude sends is let through unread,
 * so that a newer Claude with new fields still runs against the simulator.
 */
import { z } from 'zod';

const block = z.looseObject({ type: z.string() });

const message = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(block)]).transform(asBlocks),
});

export const messagesRequest = z.looseObject({
  model: z.string(),
  max_tokens: z.number().optional(),
  stream: z.boolean().default(false),
  system: z
    .union([z.string(), z.array(block)])
    .default([])
    .transform(asBlocks),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  messages: z.array(message).min(1),
});

export type Block = z.infer<typeof block>;
export type Message = z.infer<typeof message>;
export type MessagesRequest = z.infer<typeof messagesRequest>;

/** All text inside content blocks, tool results and their nested blocks included. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map(blockText).filter(Boolean).join('\n');
}

function blockText(block: Block): string {
  if (typeof block.text === 'string') return block.text;
  if (block.type === 'tool_use') return JSON.stringify(block.input);
  if (typeof block.content === 'string') return block.content;
  const nested = z.array(z.looseObject({ type: z.string() })).safeParse(block.content);
  return nested.success ? textOf(nested.data) : '';
}

function asBlocks(content: string | z.infer<typeof block>[]): z.infer<typeof block>[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
