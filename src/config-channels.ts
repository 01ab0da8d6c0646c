/** What the owner may set for channels: the member `channels` of the configuration. */
import * as z from 'zod';

export const channelSettings = z.strictObject({
  /** 0: for ever. */
  keep_days: z.number().min(0).max(36_500).default(30),
  /** In all channels together, the oldest go first. 0: no limit. */
  keep_messages: z.int().min(0).default(100_000),
  /** The same for the size of what they say. */
  keep_mb: z.number().min(0).default(500),
});

/** Where the configuration cannot be read. */
export const DEFAULT_CHANNEL_SETTINGS = channelSettings.parse({});
