import * as z from 'zod';
import { shownName } from '../../project/channel.ts';
import { ok } from '../../result.ts';
import { defineChannelTool } from './define-channel-tool.ts';

export const clearTool = defineChannelTool({
  name: 'bridge_clear',
  title: 'Clear a channel',
  description: 'Delete all messages of a channel. Only when the person asks for it.',
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({ channel: z.string() }),
  async run({ channel }, { verbs, actor }) {
    const cleared = await verbs.clearChannel(channel, actor);
    if (!cleared.ok) return cleared;
    return ok({
      lines: [`Cleared ${cleared.value} message(s) from [${shownName(channel)}]`],
      facts: { channel, cleared: cleared.value },
    });
  },
});
