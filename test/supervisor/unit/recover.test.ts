import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startNextRun } from '../../../src/bridge/claim.ts';
import { databaseOf } from '../../../src/bridge/open-bridge.ts';
import { loadConfig } from '../../../src/config.ts';
import { runFiles, runsFolder } from '../../../src/state-folder.ts';
import { findRun } from '../../../src/store/runs.ts';
import { recover } from '../../../src/supervisor/recover.ts';
import { current, send, supervised, TOKEN } from '../../bridge/steps.ts';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };
const listener = () => ({ doing: silent, changed: silent, answered: silent });

/** A run that was recorded and has no process in the record, and what a supervisor makes of it that comes later. */
async function takenUp({ hasConversation }: { hasConversation: boolean }) {
  await using rig = await supervised();
  const { id } = await send(rig);
  const started = await startNextRun(
    { bridge: rig.bridge, token: TOKEN },
    { model: null, newSessionId: () => 'the-session' },
  );
  if (!started) throw new Error('nothing started');
  const claude = join(rig.workspace, 'claude');
  await mkdir(join(claude, 'projects', 'folder'), { recursive: true });
  await mkdir(runsFolder(rig.home), { recursive: true });
  await writeFile(
    runFiles(rig.home, started.run.id).mcpConfig,
    '{"mcpServers":{"theirs":{"env":{"KEY":"secret"}}}}',
  );
  if (hasConversation) await writeFile(join(claude, 'projects', 'folder', 'the-session.jsonl'), '{}\n');
  const context = {
    bridge: rig.bridge,
    config: loadConfig(rig.home, {}),
    env: { CLAUDE_CONFIG_DIR: claude },
    clock: rig.clock,
    log,
    degradedReason: () => null,
    lease: { bridge: rig.bridge, token: TOKEN },
    selfCommand: [],
    stopping: new AbortController().signal,
  };
  expect(await recover(context, listener)).toEqual([]);
  const run = await findRun(databaseOf(rig.bridge).read, started.run.id);
  return {
    outcome: run?.outcome?.kind,
    session: (await current(rig.bridge, id)).sessionId,
    files: await readdir(runsFolder(rig.home)),
  };
}

test('a run without a known process but with a conversation, as after a restore, may have run, and its session goes on', async () => {
  expect(await takenUp({ hasConversation: true })).toMatchObject({ outcome: 'lost', session: 'the-session' });
});

test('a run without a known process or conversation never ran', async () => {
  expect(await takenUp({ hasConversation: false })).toMatchObject({ outcome: 'never_spawned' });
});

test.for([
  ['lost', true],
  ['never_spawned', false],
] as const)('a run whose process was never recorded loses its MCP configuration at the next start, where it is %s: it may hold secrets', async ([
  outcome,
  hasConversation,
]) => {
  expect(await takenUp({ hasConversation })).toMatchObject({ outcome, files: [] });
});
