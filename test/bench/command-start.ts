/** How long a command takes from its start to its end. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../src/make-folder.ts';
import type { Measurement, Row, Setting } from './measurement.ts';
import { moment } from './puppet.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';
import { PATH, program } from './supervised.ts';

const COMMANDS = [
  { args: ['--version'], mostRatio: 2 },
  { args: ['--help'], mostRatio: 2 },
  { args: ['status'], mostRatio: 3.5 },
];

export const commandStart: Measurement = {
  name: 'command-start',
  title: 'Command started -> ended',
  about:
    'Measured: a command in an empty state folder with a filled compile cache; median. Yardstick: `node -e 0`.',
  async measure({ stage, quick }: Setting) {
    const stateDir = join(stage.root, 'state');
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    makePrivateFolder(join(stateDir, 'cache', version));
    const environment = { PATH, HOME: stage.root, BRIDGE_HOME: stateDir };
    const bare = () => timeToEnd(stage, ['-e', '0'], environment);
    const rows: Row[] = [];
    for (const { args, mostRatio } of COMMANDS) {
      const ours = () => timeToEnd(stage, [program, ...args], environment);
      await ours();
      const { measured, yardstick } = await byTurns(quick ? 5 : 25, { measured: ours, yardstick: bare });
      rows.push({
        name: args.join(' '),
        unit: 'ms',
        measured: median(measured),
        yardstick: median(yardstick),
        aim: { mostRatio },
      });
    }
    return { rows, notes: [] };
  },
};

async function timeToEnd(
  stage: Stage,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const from = moment();
  const child = stage.spawn(process.execPath, args, environment, { cwd: stage.root, stdio: 'ignore' });
  await once(child, 'exit');
  return moment() - from;
}
