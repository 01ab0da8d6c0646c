/** What the bridge costs a piece of work from the plan to the end, and what it asks of the model when nothing is to do. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { projectState } from '../../src/bridge/queries.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { CODE_SERVER } from '../../src/claude/command-line.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { ProjectStatus } from '../../src/project/project.ts';
import { simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import { call, type MessageReply, say } from '../../src/simulator/reply.ts';
import { type Script, sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { bundleFixture } from './bundle.ts';
import { claudeProgram, runBareClaude } from './claude.ts';
import type { Measurement, Row, Setting } from './measurement.ts';
import { moment } from './puppet.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';
import { PATH, type Supervised, startSupervised } from './supervised.ts';

const PLAN = '# A greeting\n\nWrite a greeting into greeting.txt. Then read it again and make it friendlier.';
const REASON = 'Too informal, be formal';

export const wholeLoop: Measurement = {
  name: 'whole-loop',
  title: 'The whole loop: plan, rejection, revision, approval',
  about:
    'Measured: from sending the plan to the end of the second run, in a supervisor that was idle; every decision is made as soon as the work waits for it; median. Yardstick: claude -p with the plan, then claude -p --resume with the reason of the rejection, from the start of the first to the end of the second, same flags. The model is scripted and makes as many calls in all: where a run reports or submits through our tools, bare claude writes the same words into a file; with a bare server it calls tools of the same names that do nothing.',
  async measure({ stage, quick }: Setting) {
    const work = await createWork(stage);
    const atOnce = {
      ours: () => work.ours(0),
      bare: () => work.bare(0),
      withServer: () => work.bareWithServer(0),
    };
    const aSecond = { ours: () => work.ours(1_000), bare: () => work.bare(1_000) };
    await byTurns(1, atOnce);
    const instant = await byTurns(quick ? 2 : 15, atOnce);
    const thoughtful = await byTurns(quick ? 1 : 5, aSecond);
    const rows: Row[] = [
      row('1 s a turn', thoughtful.ours, thoughtful.bare),
      row('no time a turn', instant.ours, instant.bare),
      row('same, a bare MCP server', instant.ours, instant.withServer),
    ];
    const idleMs = quick ? 5_000 : 20_000;
    const asked = await work.requestsWhileIdle(idleMs);
    const name = `requests in ${idleMs / 1000} s idle`;
    rows.push({ name, unit: 'requests', measured: asked, aim: { most: 0 } });
    const notes = [`${TURNS} turns of the model, which takes 1 s for each, or no time at all.`];
    return { rows, notes };
  },
};

function row(name: string, measured: readonly number[], yardstick: readonly number[]): Row {
  const aim = { mostRatio: 1.05 };
  return { name, unit: 'ms', measured: median(measured), yardstick: median(yardstick), aim };
}

interface Work {
  /** Each does the whole work in a new folder, with a model that takes this long a turn, and returns what it took. */
  ours(delayMs: number): Promise<number>;
  bare(delayMs: number): Promise<number>;
  bareWithServer(delayMs: number): Promise<number>;
  requestsWhileIdle(ms: number): Promise<number>;
}

async function createWork(stage: Stage): Promise<Work> {
  let script: Script = sequence([]);
  const simulator = await startSimulator({ script: (turn) => script(turn) });
  stage.closeLater(() => simulator.close());
  const claudeHome = await stage.folder('home');
  const environment = simulatedClaudeEnvironment({ url: simulator.url, homeDir: claudeHome, path: PATH });
  const config = { workspace_roots: [stage.root] };
  const supervised = await startSupervised(stage, { environment, claude: claudeProgram, config });
  const mcpConfigFile = await bareServerConfig(stage);
  let works = 0;
  const workspace = () => stage.folder(`work-${++works}`);

  const bare = async (folder: string, server: { mcpConfigFile?: string }) => {
    const run = { workspace: folder, environment, sessionId: crypto.randomUUID(), ...server };
    const from = moment();
    await runBareClaude(stage, { ...run, resume: false, prompt: PLAN });
    await runBareClaude(stage, { ...run, resume: true, prompt: REASON });
    return moment() - from;
  };

  return {
    async ours(delayMs) {
      const folder = await workspace();
      script = sequence(turns(folder, delayMs, THROUGH_TOOLS));
      return superviseWork(supervised, folder);
    },
    async bare(delayMs) {
      const folder = await workspace();
      script = sequence(turns(folder, delayMs, intoFiles(folder)));
      return bare(folder, {});
    },
    async bareWithServer(delayMs) {
      const folder = await workspace();
      script = sequence(turns(folder, delayMs, THROUGH_TOOLS));
      return bare(folder, { mcpConfigFile });
    },
    async requestsWhileIdle(ms) {
      const before = simulator.requests.length;
      await systemClock.sleep(ms, stage.signal);
      return simulator.requests.length - before;
    },
  };
}

const TURNS = 11;

/** How the model tells about its work. */
interface Telling {
  update(words: string): MessageReply;
  completion(words: string): MessageReply;
}

function turns(folder: string, delayMs: number, telling: Telling): MessageReply[] {
  const file = join(folder, 'greeting.txt');
  const all = [
    telling.update('Writing the greeting'),
    call('Write', { file_path: file, content: 'hello\n' }),
    call('Read', { file_path: file }),
    call('Edit', { file_path: file, old_string: 'hello', new_string: 'hello, friend' }),
    telling.completion('Wrote a greeting'),
    say('Submitted.'),
    telling.update('Making it formal'),
    call('Read', { file_path: file }),
    call('Edit', { file_path: file, old_string: 'hello, friend', new_string: 'Good day' }),
    telling.completion('Made it formal'),
    say('Submitted again.'),
  ];
  if (all.length !== TURNS) throw new Error('the script and what is said about it differ');
  return all.map((reply) => ({ ...reply, delayMs }));
}

const THROUGH_TOOLS: Telling = {
  update: (message) => call(`mcp__${CODE_SERVER}__bridge_send_update`, { message }),
  completion: (message) => call(`mcp__${CODE_SERVER}__bridge_send_completion`, { summary: message }),
};

function intoFiles(folder: string): Telling {
  let notes = 0;
  const write = (content: string) =>
    call('Write', { file_path: join(folder, `note-${++notes}.txt`), content });
  return { update: write, completion: write };
}

async function bareServerConfig(stage: Stage): Promise<string> {
  const args = [await bundleFixture(stage, 'bare-server'), 'bridge_send_update', 'bridge_send_completion'];
  const server = { type: 'stdio', command: process.execPath, args, alwaysLoad: true };
  const file = join(stage.root, 'mcp.json');
  await writeFile(file, JSON.stringify({ mcpServers: { [CODE_SERVER]: server } }));
  return file;
}

async function superviseWork({ bridge, home, until }: Supervised, folder: string): Promise<number> {
  const from = moment();
  const sent = await sendPlan(bridge, loadConfig(home, {}), { markdown: PLAN, workspace: folder }, 'desktop');
  if (!sent.ok) throw new Error(sent.refusal);
  const { id } = sent.value.project;
  const reached = (status: ProjectStatus, round: number) =>
    until(`${id} to be ${status} in round ${round}`, async () => {
      const state = await projectState(bridge, id);
      if (!state.ok) throw new Error(state.refusal);
      const { project } = state.value;
      if (project.status === 'attention') throw new Error(`it needs attention: ${project.attention}`);
      return (project.status === status && project.round === round) || undefined;
    });
  await reached('awaiting_approval', 1);
  await reject(bridge, id, REASON, 'desktop');
  await reached('awaiting_approval', 2);
  await approve(bridge, id, 'desktop');
  await reached('complete', 2);
  await until('the second run to end', async () => {
    const { events } = await changesSince(bridge, BEGINNING, { waitMs: 0, limit: 1_000, projectId: id });
    return events.filter(({ type }) => type === 'run.ended').length === 2 || undefined;
  });
  return moment() - from;
}
