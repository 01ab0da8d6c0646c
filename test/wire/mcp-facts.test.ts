/** The facts of every MCP tool, field by field: a model or client that reads them today must read them tomorrow. */
import { expect } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { test } from '../cli/rig.ts';
import { thisProcess } from '../cli/stories.ts';
import { code, desktop, type ToolCaller } from '../mcp/rig.ts';
import { onWindows } from '../platform.ts';
import { Mask } from './masked.ts';
import { createWorld } from './world.ts';

test.skipIf(onWindows)(
  'the facts of every tool are frozen (needs a POSIX process table)',
  async ({ rig }) => {
    const world = await createWorld(rig, await thisProcess());
    await rig.configure({ workspace_roots: [rig.root] });
    const mask = new Mask({ [rig.home]: '<state>', [rig.root]: '<root>', [VERSION]: '<version>' });
    const call = async (server: ToolCaller, tool: string, args: object = {}, name = tool) => {
      const { facts, isError, text } = await server.call(tool, { ...args });
      expect(isError, text).toBe(false);
      await expect(mask.json(facts)).toMatchFileSnapshot(`frozen/mcp/${name}.snap`);
      await expect(mask.text(text)).toMatchFileSnapshot(`../mcp/texts/${name}.txt`);
      return facts;
    };

    const chat = await desktop(rig.home);
    await call(chat, 'bridge_list_projects');
    await call(chat, 'bridge_get_approval_queue');
    for (const name of ['complete', 'parked', 'running', 'waiting'] as const)
      await call(
        chat,
        'bridge_get_project_status',
        { project_id: world[name] },
        `bridge_get_project_status-${name}`,
      );
    await call(chat, 'bridge_get_evidence', { project_id: world.waiting });
    await call(chat, 'bridge_get_project_updates', { project_id: world.complete });
    await call(chat, 'bridge_wait', { cursor: 0, seconds: 0, project_id: world.complete });
    await call(chat, 'bridge_wait', { seconds: 0, project_id: world.queued }, 'bridge_wait-nothing');
    const plan = { plan_markdown: '---\nlabel: x\n---\n# By hand\n\nx', request_id: 'one' };
    const { project_id } = await call(chat, 'bridge_send_plan', plan);
    await call(chat, 'bridge_send_plan', plan, 'bridge_send_plan-repeated');
    await call(chat, 'bridge_steer', { project_id: world.running, message: 'Stop at noon.' });
    await call(chat, 'bridge_amend_plan', { project_id: world.running, plan_markdown: '# Smaller' });
    await call(chat, 'bridge_cancel', { project_id: world.parked, reason: 'no' });

    const worker = await code(rig.home);
    await call(worker, 'bridge_get_pending_plan', { project_id });
    await call(worker, 'bridge_claim_project', { project_id });
    await call(worker, 'bridge_send_update', { project_id, message: 'half of it' });
    await call(worker, 'bridge_send_completion', {
      project_id,
      summary: 'All of it.',
      caveats: 'not on Windows',
    });
    await chat.call('bridge_get_approval_queue');
    await call(chat, 'bridge_reject', { project_id, reason: 'More.' });
    await call(worker, 'bridge_get_approval_status', { project_id });
    await call(worker, 'bridge_reset_for_revision', { project_id });
    await call(chat, 'bridge_approve', { project_id: world.waiting });
  },
);
