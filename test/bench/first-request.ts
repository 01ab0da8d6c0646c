/** How much we add to what Claude sends to the model first: everything later carries it along. */
import { z } from 'zod';
import { cancel } from '../../src/bridge/control.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { loadConfig } from '../../src/config.ts';
import { simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import { say } from '../../src/simulator/reply.ts';
import { repeatingLast } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { claudeProgram, runBareClaude } from './claude.ts';
import type { Measurement, Setting } from './measurement.ts';
import { startRequestRecorder } from './request-recorder.ts';
import { PATH, startSupervised } from './supervised.ts';

const PLAN = '# A greeting\n\nWrite a greeting into greeting.txt. Then read it again and make it friendlier.';

export const firstRequest: Measurement = {
  name: 'first-request',
  title: "What we add to Claude's first request",
  about:
    'Measured: the body of the first request of a run of the supervisor, and what it has more than the yardstick. Yardstick: the first request of the same claude in the same mode, environment and folder, but without our server and our settings, and with the plan itself as its prompt.',
  async measure({ stage }: Setting) {
    const simulator = await startSimulator({ script: repeatingLast([say('Done.')]) });
    stage.closeLater(() => simulator.close());
    const recorder = await startRequestRecorder(stage, simulator.url);
    const workspace = await stage.folder('workspace');
    const environmentOf = (home: string) =>
      simulatedClaudeEnvironment({ url: recorder.url, homeDir: home, path: PATH });

    // Two homes, so that neither finds what the other has left; names of one length, since Claude may tell the model.
    const bareHome = await stage.folder('home-1');
    await runBareClaude(stage, {
      workspace,
      environment: environmentOf(bareHome),
      sessionId: crypto.randomUUID(),
      resume: false,
      prompt: PLAN,
    });
    const bare = firstOf(recorder.bodies);
    const bareRequests = recorder.bodies.length;

    const environment = environmentOf(await stage.folder('home-2'));
    const config = { workspaces: { here: workspace } };
    const supervised = await startSupervised(stage, { environment, claude: claudeProgram, config });
    const { bridge, home, until } = supervised;
    const input = { markdown: PLAN, workspace: 'here' };
    const sent = await sendPlan(bridge, loadConfig(home, {}), input, 'desktop');
    if (!sent.ok) throw new Error(sent.refusal);
    const ours = await until("Claude's first request", async () =>
      firstOf(recorder.bodies.slice(bareRequests)),
    );
    await cancel(bridge, sent.value.project.id, '', 'person');

    if (!bare) throw new Error('bare claude has asked nothing');
    const added = ours.bytes - bare.bytes;
    return {
      rows: [
        { name: 'first request', unit: 'bytes', measured: ours.bytes, yardstick: bare.bytes },
        { name: 'added by us', unit: 'bytes', measured: added, aim: { most: 2048 } },
      ],
      notes: [explain(ours, bare, added)],
    };
  },
};

const requestSchema = z.looseObject({
  system: z.unknown(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
});

interface Request {
  readonly bytes: number;
  readonly system: number;
  readonly messages: number;
  readonly tools: ReadonlyMap<string, number>;
}

/** The first request of the agent's work; one without tools is of another kind, such as for a title. */
function firstOf(bodies: readonly Buffer[]): Request | undefined {
  return bodies.map(read).find(({ tools }) => tools.size > 0);
}

function read(body: Buffer): Request {
  const { system, messages, tools } = requestSchema.parse(JSON.parse(body.toString()));
  return {
    bytes: body.length,
    system: size(system),
    messages: size(messages),
    tools: new Map(tools.map((tool) => [tool.name, size(tool) + 1])),
  };
}

function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value ?? ''));
}

function explain(ours: Request, bare: Request, added: number): string {
  const tools = [...ours.tools].filter(([name]) => !bare.tools.has(name));
  const missing = [...bare.tools].filter(([name]) => !ours.tools.has(name));
  const parts = [
    ['prompt and messages', ours.messages - bare.messages],
    ['system prompt', ours.system - bare.system],
    ...tools,
    ...missing.map(([name, bytes]) => [`without ${name}`, -bytes] as const),
  ] as const;
  const rest = added - parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  const said = [...parts, ['the rest', rest] as const].filter(([, bytes]) => bytes !== 0);
  return `Added: ${said.map(([name, bytes]) => `${name} ${bytes}`).join(', ')}.`;
}
