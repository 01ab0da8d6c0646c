/**
 * What the owner may set for toolsets: which of them runs have, what is kept of the messages in channels, who
 * lets messages of the relay through, how much the shared memory holds, and which scripts may run.
 */
import * as z from 'zod';
import { folderSettings } from './config-folder.ts';
import { scriptKeys } from './config-scripts.ts';
import type { MemoryLimits } from './project/memory.ts';
import { TOOLSETS } from './project/toolset.ts';

const channelSettings = z.strictObject({
  /** 0: for ever. */
  keep_days: z.number().min(0).max(36_500).default(30),
  /** In all channels together, the oldest go first. 0: no limit. */
  keep_messages: z.int().min(0).default(100_000),
  /** The same for the size of what they say. */
  keep_mb: z.number().min(0).default(500),
  /** Serves the tools to clients that know no newer transport of MCP, too: `GET /sse`. */
  legacy_sse: z.boolean().default(false),
});

const memorySettings = z.strictObject({
  max_keys: z.int().min(1).default(10_000),
  /** Of the newest versions together; and as much again of the earlier ones. */
  max_mb: z.number().min(0.001).default(100),
  /** Of each key, with the newest. */
  keep_versions: z.int().min(1).default(20),
  /** How long a deleted key can still be read. */
  keep_deleted_days: z.number().min(0).max(36_500).default(30),
});

/** The keys of the configuration. */
export const toolsetSettings = {
  toolsets_in_runs: z
    .array(z.enum(TOOLSETS))
    .default([])
    .describe(
      'Sets of tools that runs have besides those they need: `channels`, in which a run speaks under its own id, in channels of its project alone; `relay`, with which it can write to Claude Desktop, and reads nothing; `scripts`, with which it has scripts run that `scripts.allow_in_runs` names; `folder`, the files of the shared folder.',
    ),
  channels: channelSettings
    .prefault({})
    .describe(
      'What is kept of the messages that agents send each other: `keep_days`, `keep_messages` and `keep_mb`, the oldest go first; 0 is no limit. With `legacy_sse`, the HTTP API also serves their tools over the old transport of MCP, at `/sse`.',
    ),
  folder: folderSettings
    .prefault({})
    .describe(
      'The folder that Claude Desktop, Claude Code and runs share: its `path`; `all_tools` for all 14 tools instead of 7, `read_only` for those alone that change nothing.',
    ),
  relay: z
    .strictObject({ hold: z.boolean().default(false) })
    .prefault({})
    .describe(
      'With `hold`, an agent fetches from the relay only what you have let through: `bridge-supervisor relay get`.',
    ),
  memory: memorySettings
    .prefault({})
    .describe(
      'What the shared memory holds: `max_keys`; `max_mb` of values, and as much again of earlier versions; `keep_versions` of each key; a deleted key can be read for `keep_deleted_days`. A run that has it (`toolsets_in_runs`) reads and writes, marked as its own, and deletes nothing.',
    ),
  ...scriptKeys,
};

type MemorySettings = z.output<typeof memorySettings>;

/** The limits of the shared memory; those of the defaults where the configuration cannot be read. */
export function memoryLimits(settings: MemorySettings = memorySettings.parse({})): MemoryLimits {
  const { max_keys, max_mb, keep_versions, keep_deleted_days } = settings;
  return {
    maxKeys: max_keys,
    maxMb: max_mb,
    keepVersions: keep_versions,
    keepDeletedDays: keep_deleted_days,
  };
}

type ChannelSettings = z.output<typeof channelSettings>;

/** The limits; those of the defaults where the configuration cannot be read. */
export function channelLimits(settings: ChannelSettings = channelSettings.parse({})): {
  readonly keepDays: number;
  readonly keepMessages: number;
  readonly keepMb: number;
} {
  const { keep_days, keep_messages, keep_mb } = settings;
  return { keepDays: keep_days, keepMessages: keep_messages, keepMb: keep_mb };
}
