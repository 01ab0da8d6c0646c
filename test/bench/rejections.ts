/** What rejections cost once the service has let the conversation go: each revision reads it again, or begins afresh. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectState } from '../../src/bridge/queries.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { CODE_SERVER } from '../../src/claude/command-line.ts';
import { loadConfig } from '../../src/config.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { ReviseIn } from '../../src/project/revision.ts';
import { simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import { estimateTokens } from '../../src/simulator/message.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { type Script, type ScriptStep, sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { claudeProgram } from './claude.ts';
import type { Measurement, Setting } from './measurement.ts';
import { startRequestRecorder } from './request-recorder.ts';
import type { Stage } from './stage.ts';
import { PATH, type Supervised, startSupervised } from './supervised.ts';

const PLAN = '# A greeting\n\nRead everything in here. Then write a greeting into greeting.txt.';
const REASON = 'Too informal, be formal';
/** What the first run reads: some sixty thousand tokens. */
const FILES = 15;
const FILE_BYTES = 16_000;

export const rejections: Measurement = {
  name: 'rejections',
  title: 'What ten rejections cost after an hour',
  about:
    'Measured: all first requests of the revisions of one project, each in a fresh session that is told plan, reason, evidence and changes. Yardstick: the same where each goes on in the session of the work. An hour later the service has kept none of either. The real claude sends them; the tokens are estimated at four bytes each.',
  async measure({ stage, quick }: Setting) {
    const count = quick ? 3 : 10;
    let script: Script = sequence([]);
    const simulator = await startSimulator({ script: (turn) => script(turn) });
    stage.closeLater(() => simulator.close());
    const recorder = await startRequestRecorder(stage, simulator.url);
    const homeDir = await stage.folder('home');
    const environment = simulatedClaudeEnvironment({ url: recorder.url, homeDir, path: PATH });
    const config = { workspace_roots: [stage.root] };
    const supervised = await startSupervised(stage, { environment, claude: claudeProgram, config });
    const tokensOf = async (reviseIn: ReviseIn) => {
      const folder = await folderToRead(stage, reviseIn);
      script = sequence(rounds(folder, count));
      const id = await submitted(supervised, folder);
      const first: number[] = [];
      for (let round = 2; round <= count + 1; round++) {
        const before = recorder.bodies.length;
        const options = { reviseIn, maxRounds: count + 2 };
        const done = await reject(supervised.bridge, id, REASON, 'person', options);
        if (!done.ok) throw new Error(done.refusal);
        await waits(supervised, id, round);
        first.push(tokensOfFirst(recorder.bodies.slice(before)));
      }
      return first;
    };
    const resumed = await tokensOf('session');
    const fresh = await tokensOf('fresh');
    const last = (tokens: readonly number[]) => tokens.at(-1) ?? 0;
    const row = { unit: 'tokens', aim: { mostRatio: 0.5 } } as const;
    return {
      rows: [
        { ...row, name: `${count} rejections`, measured: sum(fresh), yardstick: sum(resumed) },
        { ...row, name: 'the last of them', measured: last(fresh), yardstick: last(resumed) },
      ],
      notes: ['A fresh session then reads again what it needs, which is not in these figures.'],
    };
  },
};

async function folderToRead(stage: Stage, name: string): Promise<string> {
  const folder = await stage.folder(name);
  for (let file = 0; file < FILES; file++)
    await writeFile(join(folder, `${file}.txt`), `${file}: a line to be read.\n`.repeat(FILE_BYTES / 25));
  return folder;
}

function rounds(folder: string, revisions: number): ScriptStep[] {
  const reads = Array.from({ length: FILES }, (_, file) =>
    call('Read', { file_path: join(folder, `${file}.txt`) }),
  );
  const round = (number: number) => [
    call('Bash', { command: `echo hello ${number} > greeting.txt` }),
    call(`mcp__${CODE_SERVER}__bridge_send_completion`, { summary: `Greeting ${number}` }),
    say('Done.'),
  ];
  return [...reads, ...Array.from({ length: revisions + 1 }, (_, number) => round(number)).flat()];
}

async function submitted(supervised: Supervised, workspace: string): Promise<ProjectId> {
  const { bridge, home } = supervised;
  const sent = await sendPlan(bridge, loadConfig(home, {}), { markdown: PLAN, workspace }, 'desktop');
  if (!sent.ok) throw new Error(sent.refusal);
  const { id } = sent.value.project;
  await waits(supervised, id, 1);
  return id;
}

/** For a decision on this round. */
async function waits({ bridge, until }: Supervised, id: ProjectId, round: number): Promise<void> {
  await until(`round ${round} of ${id} to wait for a decision`, async () => {
    const state = await projectState(bridge, id);
    if (!state.ok) return undefined;
    const { project } = state.value;
    return project.status === 'awaiting_approval' && project.round === round ? project : undefined;
  });
}

const requestSchema = z.looseObject({ tools: z.array(z.unknown()).default([]) });

/** Of the agent's work; a request without tools is of another kind, such as for a title. */
function tokensOfFirst(bodies: readonly Buffer[]): number {
  const first = bodies.find((body) => requestSchema.parse(JSON.parse(body.toString())).tools.length > 0);
  if (!first) throw new Error('a revision has asked nothing');
  return estimateTokens(first.length);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
