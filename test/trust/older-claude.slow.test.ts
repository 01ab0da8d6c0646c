/** The oldest Claude Code that we support, for real: what it can do works as ever, and what it cannot do is told. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { answerRequest } from '../../src/bridge/requests.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, test } from '../e2e/rig.ts';
import {
  ASKING,
  asked,
  bash,
  conversation,
  ran,
  runsOf,
  sendAsking,
  steps,
  submittedWith,
} from './asking.ts';

/** Where it is: installed beside the project, since the project depends on a newer one. */
const older = process.env.OLDER_CLAUDE ?? '';

const SITE = '---\nworkspace: site\n---\n';

/** It is started in workspaces that the configuration names, and nowhere else. */
async function withOlderClaude(rig: Rig, config: Readonly<Record<string, unknown>>): Promise<void> {
  rig.environment.BRIDGE_CLAUDE = older;
  await rig.workspace('site');
  await rig.configure(config);
}

describe.skipIf(!existsSync(older))('Claude Code 2.1.197 (needs OLDER_CLAUDE, the path of one)', () => {
  test('a plan is worked on, sent back and approved', async ({ rig }) => {
    await withOlderClaude(rig, {});
    const submit = bridgeCall('bridge_send_completion', { summary: 'Done' });
    rig.script = sequence([submit, say('ok'), submit, say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send(`${SITE}# Greet\nGreet.`);
    await rig.until(id, 'awaiting_approval');
    expect((await rig.command('reject', id, '--reason', 'louder')).code).toBe(0);
    await rig.happened('project.rejected', id);
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted', 'submitted']);
    expect(runs[1]?.sessionId).toBe(runs[0]?.sessionId);
    expect(rig.asked().at(-1)?.mentions('louder')).toBe(true);
    expect((await rig.command('approve', id, '--yes')).code).toBe(0);
    await rig.until(id, 'complete');
  });

  test('a question waits for hours at no cost, and its answer goes into the same session', async ({
    rig,
  }) => {
    await withOlderClaude(rig, { ask_wait: '0s' });
    rig.script = steps(bridgeCall('bridge_ask', { question: 'Which port?' }));
    await rig.startSupervisor();
    const id = await sendAsking(rig, 'Question', SITE);
    await rig.until(id, 'awaiting_answer');
    expect(rig.asked()).toHaveLength(1);
    await answerRequest(rig.bridge, (await asked(rig, id)).id, '8080', 'desktop');
    await submittedWith(rig, id, []);
    expect(conversation(rig, 'Question')[1]?.toolResults[0]?.text).toContain('8080');
    expect(await runsOf(rig, id)).toEqual([
      ['execute', 'deferred'],
      ['answer', 'submitted'],
    ]);
  });

  test('an outline is made without a change, though the workspace allows more', async ({ rig }) => {
    await withOlderClaude(rig, { policy: { allow: ['Bash', 'Write'] } });
    const leaves = (name: string) => join(rig.root, 'site', name);
    rig.script = steps(
      call('Write', { file_path: leaves('by-write'), content: 'x' }),
      call('Bash', { command: 'touch by-bash', description: 'make a file' }),
    );
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: site\noutline: true\n---\n# Greet\nGreet.');
    const { evidence } = await rig.until(id, 'awaiting_approval');
    expect(evidence[0]?.evidence).toMatchObject({ outline: true, diff: { files: 0 } });
    for (const name of ['by-write', 'by-bash']) expect(existsSync(leaves(name)), name).toBe(false);
  });

  test('what a policy asks about is denied, since a gate that fails would let it through; the doctor says so', async ({
    rig,
  }) => {
    await withOlderClaude(rig, ASKING);
    rig.script = byConversation({ '# Plan: Denied': steps(bash('never')) });
    await rig.startSupervisor();
    const id = await sendAsking(rig, 'Denied', SITE);
    const { requests, evidence } = await rig.until(id, 'awaiting_approval');
    expect(requests).toEqual([]);
    expect(await ran(rig, id)).toEqual([]);
    expect(evidence[0]?.evidence.denied).toMatchObject([{ tool: 'Bash' }]);
    const doctor = await rig.command('doctor', 'claude');
    expect(doctor.stdout).toMatch(/2\.1\.197 makes a call when the gate fails/);
  });
});
