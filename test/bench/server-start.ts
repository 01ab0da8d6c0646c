/** How long a client waits for the tools of a stdio server that it starts. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { bundleFixture } from './bundle.ts';
import type { Measurement, Row, Setting } from './measurement.ts';
import { moment } from './puppet.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';
import { PATH, program } from './supervised.ts';

export const serverStart: Measurement = {
  name: 'server-start',
  title: 'Stdio server started -> tools/list answered',
  about:
    'Measured: from the call that starts the server to its answer to tools/list, after the handshake; median. Yardstick: a server of the SDK alone with as many tools that do nothing, bundled by esbuild with the same settings.',
  async measure({ stage, quick }: Setting) {
    const bare = await bundleFixture(stage, 'bare-server');
    const environment = { PATH, HOME: stage.root, BRIDGE_HOME: join(stage.root, 'state') };
    const scope = { BRIDGE_RUN_ID: '0123456789ab', BRIDGE_PROJECT_ID: 'ba9876543210' };
    const variants = [
      { name: 'Desktop', side: 'desktop', environment },
      { name: 'Code, by hand', side: 'code', environment },
      { name: 'Code, in a run', side: 'code', environment: { ...environment, ...scope } },
    ];
    const rows: Row[] = [];
    for (const variant of variants) {
      const ours = () => timeToTools(stage, [program, 'mcp', variant.side], variant.environment);
      const { tools } = await ours();
      const names = Array.from({ length: tools }, (_, number) => `tool_${number}`);
      const theirs = () => timeToTools(stage, [bare, ...names], environment);
      await theirs();
      const { measured, yardstick } = await byTurns(quick ? 5 : 25, { measured: ours, yardstick: theirs });
      rows.push({
        name: `${variant.name} (${tools} tools)`,
        unit: 'ms',
        measured: median(measured.map(({ ms }) => ms)),
        yardstick: median(yardstick.map(({ ms }) => ms)),
        aim: { mostRatio: 0.8 },
      });
    }
    return { rows, notes: [] };
  },
};

const answerSchema = z.object({
  id: z.number().optional(),
  result: z.looseObject({ tools: z.array(z.unknown()).optional() }).optional(),
});

const HELLO = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1.0.0' },
};

/** Speaks the protocol by hand: a client library would add its own time to both. */
async function timeToTools(
  stage: Stage,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ ms: number; tools: number }> {
  const from = moment();
  const child = stage.spawn(process.execPath, args, environment, {
    cwd: stage.root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the server was started without pipes');
  const ended = once(child, 'exit');
  const say = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  say({ id: 1, method: 'initialize', params: HELLO });
  for await (const line of createInterface({ input: stdout })) {
    const { id, result } = answerSchema.parse(JSON.parse(line));
    if (id === 1) {
      say({ method: 'notifications/initialized' });
      say({ id: 2, method: 'tools/list' });
    }
    if (id !== 2) continue;
    const ms = moment() - from;
    if (!result?.tools) throw new Error(`no tools in: ${line}`);
    stdin.end();
    await ended;
    return { ms, tools: result.tools.length };
  }
  throw new Error(`${args.join(' ')} ended before it answered`);
}
