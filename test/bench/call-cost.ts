/** What a call of Claude's costs more in a run of ours: the gate that each one passes, and the permission prompt. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { cancel } from '../../src/bridge/control.ts';
import { allowRequest, listRequests } from '../../src/bridge/requests.ts';
import { unfinishedRuns } from '../../src/bridge/runs.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { loadConfig } from '../../src/config.ts';
import { simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import { call, type MessageReply, say } from '../../src/simulator/reply.ts';
import type { Script } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { claudeProgram, runBareClaude } from './claude.ts';
import type { Measurement, Setting } from './measurement.ts';
import type { Stage } from './stage.ts';
import { median } from './statistics.ts';
import { PATH, type Supervised, startSupervised } from './supervised.ts';

const RULES = { allow: ['Bash(true)'], ask: ['Bash(true asked)'] } as const;

export const callCost: Measurement = {
  name: 'call-cost',
  title: 'What a call costs in a run',
  about:
    'Measured, by turns: the median time from one request of Claude to the next, between which it makes one call. Yardsticks: of a read, the same claude in the same mode without our server and settings; of the command that a person has allowed for the project, one that a rule allows.',
  async measure({ stage, quick }: Setting) {
    const rounds = quick ? 2 : 5;
    const workspace = await stage.folder('workspace');
    const file = join(workspace, 'a.txt');
    await writeFile(file, 'a\n');
    const read = call('Read', { file_path: file });
    const gaps: Record<Way, number[]> = {
      bare: [],
      unasked: [],
      beside: [],
      gate: [],
      rule: [],
      permission: [],
    };
    const replies: Record<Way, MessageReply> = {
      bare: read,
      unasked: read,
      beside: read,
      gate: read,
      rule: call('Bash', { command: 'true' }),
      permission: call('Bash', { command: 'true asked' }),
    };
    let script: Script = () => say('Done.');
    const simulator = await startSimulator({ script: (turn) => script(turn) });
    stage.closeLater(() => simulator.close());
    const environmentOf = (home: string) =>
      simulatedClaudeEnvironment({ url: simulator.url, homeDir: home, path: PATH });
    const ofBare = environmentOf(await stage.folder('home-1'));
    const supervised = await startSupervised(stage, {
      environment: environmentOf(await stage.folder('home-2')),
      claude: claudeProgram,
      config: {
        workspaces: {
          unasked: workspace,
          here: { path: workspace, policy: RULES },
          gate: { path: workspace, policy: { ask: ['Edit(/docs/**)'] } },
        },
        concurrency: 1,
      },
    });
    for (let round = 1; round <= rounds; round += 1) {
      for (const way of WAYS) {
        const enough = round * CALLS;
        script = paced(replies[way], gaps[way], enough);
        if (way === 'bare') await bareReads(stage, workspace, ofBare);
        else
          await run(supervised, WORKSPACES[way], `${way} ${round}`, async () => gaps[way].length >= enough);
      }
    }
    return {
      rows: [
        {
          name: 'a read, asked about nothing',
          unit: 'ms',
          measured: median(gaps.unasked),
          yardstick: median(gaps.bare),
          aim: { mostRatio: 1.2 },
        },
        {
          name: 'a read, asked about commands',
          unit: 'ms',
          measured: median(gaps.beside),
          yardstick: median(gaps.bare),
          aim: { mostRatio: 1.2 },
        },
        {
          name: 'a read, past the gate',
          unit: 'ms',
          measured: median(gaps.gate),
          yardstick: median(gaps.bare),
          aim: { mostRatio: 1.2 },
        },
        {
          name: 'a command, by permission',
          unit: 'ms',
          measured: median(gaps.permission),
          yardstick: median(gaps.rule),
          aim: { mostRatio: 1.2 },
        },
      ],
      notes: [],
    };
  },
};

type Way = 'bare' | keyof typeof WORKSPACES;

/** Whose policy asks about nothing, about commands, and about files: there each call passes the gate. */
const WORKSPACES = {
  unasked: 'unasked',
  beside: 'here',
  gate: 'gate',
  rule: 'here',
  permission: 'here',
} as const;

/** By turns, so that whatever else the machine is busy with meets them all. */
const WAYS: readonly Way[] = ['bare', 'unasked', 'beside', 'gate', 'rule', 'permission'];

/** How many calls a run makes. */
const CALLS = 30;

/** A model that makes this call until there are enough gaps: the milliseconds from one of its requests to the next. */
function paced(reply: MessageReply, gaps: number[], enough: number): Script {
  let before: number | undefined;
  return () => {
    const now = performance.now();
    if (before !== undefined && gaps.length < enough) gaps.push(now - before);
    before = now;
    return gaps.length < enough ? reply : say('Done.');
  };
}

async function bareReads(
  stage: Stage,
  workspace: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const sessionId = crypto.randomUUID();
  await runBareClaude(stage, { workspace, environment, sessionId, resume: false, prompt: 'Read it.' });
}

/** A run of a plan, until it has made its calls; what it asks is allowed for the project. */
async function run(
  { bridge, home, until }: Supervised,
  workspace: string,
  title: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const input = { markdown: `# ${title}\nDo it.`, workspace };
  const sent = await sendPlan(bridge, loadConfig(home, {}), input, 'desktop');
  if (!sent.ok) throw new Error(sent.refusal);
  await until(`the calls of '${title}'`, async () => {
    for (const { id } of await listRequests(bridge, { undecided: true }))
      await allowRequest(bridge, id, 'project', 'person');
    return (await isDone()) || undefined;
  });
  await cancel(bridge, sent.value.project.id, '', 'person');
  await until('its end', async () => (await currentRuns(bridge)) === 0 || undefined);
}

async function currentRuns(bridge: Bridge): Promise<number> {
  return (await unfinishedRuns(bridge)).length;
}
