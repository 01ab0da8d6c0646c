/** A Claude that is not as the run needs it: too old, in another folder, or without one of our tools. */

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ProjectId } from '../../src/project/ids.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { repeatingLast, sequence } from '../../src/simulator/script.ts';
import { bridgeCall, claudeProgram, type Rig, test, waitUntil } from '../e2e/rig.ts';

const SUBMIT = bridgeCall('bridge_send_completion', { summary: 'Looked around.' });

/** A program that is claude, after it did something else. */
async function wrapped(rig: Rig, first: string): Promise<void> {
  const program = join(rig.root, 'claude.sh');
  await writeFile(program, `#!/bin/sh\n${first}\nexec '${claudeProgram}' "$@"\n`);
  await chmod(program, 0o755);
  rig.environment.BRIDGE_CLAUDE = program;
}

/** What the project waits for a person for. */
async function parked(rig: Rig, id: ProjectId): Promise<string> {
  let attention: string | null = null;
  await waitUntil(
    async () => {
      ({ attention } = (await rig.details(id)).project);
      return attention !== null;
    },
    'the project to need attention',
    () => rig.log(),
  );
  return attention ?? '';
}

describe('Claude below 2.1.314, which obeys some settings that it is told to ignore', () => {
  test('an old Claude is not started in a folder that only a root lets through, and is in one that is named', async ({
    rig,
  }) => {
    await wrapped(rig, `[ "$1" = --version ] && { echo '2.1.313 (Claude Code)'; exit; }`);
    const root = join(rig.root, 'code');
    await mkdir(join(root, 'theirs'), { recursive: true });
    await rig.workspace('mine');
    await rig.configure({ workspace_roots: [root] });
    rig.script = sequence([SUBMIT, say('Done.')]);
    await rig.startSupervisor();
    const theirs = await rig.send(`---\nworkspace: ${join(root, 'theirs')}\n---\n# Look around`);
    expect(await parked(rig, theirs)).toMatch(
      /Claude Code 2\.1\.313 obeys some settings of .*theirs.*2\.1\.314/,
    );
    expect(rig.asked()).toEqual([]);
    const mine = await rig.send('---\nworkspace: mine\n---\n# Look around');
    await rig.until(mine, 'awaiting_approval');
  });
});

describe('Claude outside the workspace', () => {
  test('a Claude that begins outside the workspace is ended before its first request, and a person learns where it was', async ({
    rig,
  }) => {
    const elsewhere = join(rig.root, 'elsewhere');
    await mkdir(elsewhere);
    await wrapped(rig, `cd '${elsewhere}'`);
    await rig.workspace('site');
    rig.script = repeatingLast([say('Hello.')]);
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: site\n---\n# Look around');
    expect(await parked(rig, id)).toContain(`stopped before its first request: ${elsewhere}`);
    expect(rig.asked()).toEqual([]);
    const { runs } = await rig.details(id);
    expect(runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'wrong_folder', folder: elsewhere }]);
  });
});

describe('rules that deny one of our tools', () => {
  test.for([
    'bridge_send_completion',
    'bridge_send_update',
  ])('a rule that denies our tool parks the project after one run, and names the tool and the setting: %s', async (tool, {
    rig,
  }) => {
    const folder = join(rig.root, 'home', '.claude');
    await mkdir(folder, { recursive: true });
    const permissions = { deny: [`mcp__claude_bridge_code__${tool}`] };
    await writeFile(join(folder, 'settings.json'), JSON.stringify({ permissions }));
    rig.script = repeatingLast([say('Hello.')]);
    await rig.startSupervisor();
    const id = await rig.send('# Look around');
    const attention = await parked(rig, id);
    expect(attention).toContain(tool);
    expect(attention).toContain("'permissions.deny' in Claude's settings");
    expect((await rig.details(id)).runs).toHaveLength(1);
  });

  test('a rule in config.json that denies our tool is named as such', async ({ rig }) => {
    await rig.configure({ disallowed_tools: ['mcp__claude_bridge_code__bridge_send_update'] });
    rig.script = repeatingLast([say('Hello.')]);
    await rig.startSupervisor();
    expect(await parked(rig, await rig.send('# Look around'))).toContain(
      "'disallowed_tools', or 'deny' of the plan",
    );
  });
});

describe('subagents', () => {
  test('a subagent does not submit for the conversation that started it, which submits its own work', async ({
    rig,
  }) => {
    const denials: string[] = [];
    rig.script = (turn) => {
      const done = turn.messages.filter(({ role }) => role === 'assistant').length;
      if (turn.subagentId !== undefined) {
        denials.push(...turn.toolResults.map(({ text }) => text));
        return done === 0
          ? bridgeCall('bridge_send_completion', { summary: 'Half of it, by the subagent.' })
          : say('Half of it is done.');
      }
      if (done === 0)
        return call('Agent', {
          description: 'half',
          prompt: 'Do half of it.',
          subagent_type: 'general-purpose',
        });
      return done === 1 ? bridgeCall('bridge_send_completion', { summary: 'All of it.' }) : say('Done.');
    };
    await rig.startSupervisor();
    const id = await rig.send('# Look around');
    const { completions } = await rig.until(id, 'awaiting_approval');
    expect(completions.map(({ summary }) => summary)).toEqual(['All of it.']);
    expect(denials.join()).toContain('a subagent does not submit the work');
  });
});
