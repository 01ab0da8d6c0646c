/** What every `--json` prints, field by field: a script that reads it today must read it tomorrow. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type * as z from 'zod';
import { addToGraph } from '../../src/bridge/graph.ts';
import { setMemory } from '../../src/bridge/memory.ts';
import { install } from '../../src/cli/commands/install.ts';
import { uninstall } from '../../src/cli/commands/uninstall.ts';
import { memoryLimits } from '../../src/config-channels.ts';
import { VERSION } from '../../src/version.ts';
import { LINES, OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { type CommandResult, granted, type Rig, test } from '../cli/rig.ts';
import { test as serviceTest } from '../cli/service-rig.ts';
import { thisProcess } from '../cli/stories.ts';
import { onLinux, onWindows } from '../platform.ts';
import { Mask } from './masked.ts';
import { createWorld } from './world.ts';

function maskOf({ home, root }: Rig): Mask {
  return new Mask({
    [home]: '<state>',
    [root]: '<root>',
    [process.execPath]: '<node>',
    [process.cwd()]: '<checkout>',
    [VERSION]: '<version>',
  });
}

const AGENT = { actor: 'code', runId: '0123456789ab' } as const;

const GRAPH = {
  entities: [
    { name: 'Shop', entityType: 'company', observations: [] },
    { name: 'Ann Lee', entityType: 'person', observations: ['bakes bread'] },
  ],
  relations: [
    { from: 'Ann Lee', relationType: 'works_at', to: 'Shop' },
    { from: 'Ann Lee', relationType: 'knows', to: 'Carl' },
  ],
};

/** Compares the one value on stdout with its schema and with what was frozen; its fields are all of the schema's. */
async function expectFrozen(
  name: string,
  mask: Mask,
  { stdout }: Pick<CommandResult, 'stdout'>,
): Promise<void> {
  const value = JSON.parse(stdout);
  expect(schemaOf(OUTPUTS, name).parse(value)).toEqual(value);
  await expect(mask.json(value)).toMatchFileSnapshot(`frozen/cli/${name}.snap`);
}

/** That of the longest command by which the name begins: `memory graph list` for `memory-graph-list-empty`. */
function schemaOf(schemas: Readonly<Record<string, z.ZodType>>, name: string): z.ZodType {
  const parts = name.split('-');
  const commands = parts.map((_, left) => parts.slice(0, parts.length - left));
  const schema = commands
    .flatMap((words) => [words.join(' '), words.join(' --')])
    .map((command) => schemas[command])
    .find((found) => found !== undefined);
  if (!schema) throw new Error(`no schema is known for ${name}`);
  return schema;
}

/** The same for one value a line. */
async function expectFrozenLines(name: string, mask: Mask, { stdout }: CommandResult): Promise<void> {
  const values = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const value of values) expect(schemaOf(LINES, name).parse(value)).toEqual(value);
  await expect(mask.json(values)).toMatchFileSnapshot(`frozen/cli/${name}.snap`);
}

describe.skipIf(onWindows)('frozen JSON of the command line (needs a POSIX process table)', () => {
  test('the JSON of status without a supervisor is frozen', async ({ rig }) => {
    await expectFrozen('status-idle', maskOf(rig), await rig.run('status', '--json'));
  });

  test('the JSON of status, list, show, logs and watch of a whole week is frozen', async ({ rig }) => {
    const world = await createWorld(rig, await thisProcess());
    const mask = maskOf(rig);
    await expectFrozen('list', mask, await rig.run('list', '--all', '--json'));
    await expectFrozen('status', mask, await rig.run('status', '--json'));
    await expectFrozenLines('logs', mask, await rig.run('logs', '--json'));
    for (const name of ['complete', 'parked', 'running', 'queued'] as const)
      await expectFrozen(`show-${name}`, mask, await rig.run('show', world[name], '--json'));
    await expectFrozen('evidence', mask, await rig.run('evidence', world.waiting, '--json'));
    for (const name of ['complete', 'cancelled'] as const)
      await expectFrozenLines(
        `watch-${name}`,
        mask,
        await rig.run('watch', world[name], '--history', '--json'),
      );
    await expectFrozen('retry', mask, await rig.run('retry', world.parked, '--json'));
  });

  test('the JSON of retry --all is frozen', async ({ rig }) => {
    await createWorld(rig, await thisProcess());
    await expectFrozen('retry-all', maskOf(rig), await rig.run('retry', '--all', '--json'));
  });

  test('the JSON of send, once and again, and of amend is frozen', async ({ rig }) => {
    const plan = await rig.file('plan.md', '---\nlabel: x\n---\n# A plan\n\nx\n');
    const mask = maskOf(rig);
    const args = ['send', plan, '--request-id', 'one', '--json'];
    await expectFrozen('send', mask, await rig.run(...args));
    await expectFrozen('send-repeated', mask, await rig.run(...args));
    const { project } = JSON.parse((await rig.run(...args)).stdout);
    const other = await rig.file('other.md', '# A plan\n\ny\n');
    await expectFrozen('amend', mask, await rig.run('amend', project.id, other, '--json'));
  });

  test('the JSON of memory set, get, list and delete is frozen', async ({ rig }) => {
    const mask = maskOf(rig);
    const frozen = async (name: string, ...args: string[]) =>
      expectFrozen(`memory-${name}`, mask, await rig.run('memory', ...args, '--json'));
    await frozen('list-empty', 'list');
    await frozen('set', 'set', 'shop/port', '8080');
    await frozen('set-again', 'set', 'shop/port', '8080');
    granted(
      await setMemory(await rig.bridge, memoryLimits(), { key: 'shop/port', value: { https: 8443 } }, AGENT),
    );
    await frozen('list', 'list');
    await frozen('get', 'get', 'shop/port');
    await frozen('delete', 'delete', 'shop/port', '--yes');
    await frozen('delete-again', 'delete', 'shop/port', '--yes');
  });

  test('the JSON of memory graph list, show, search and delete is frozen', async ({ rig }) => {
    const mask = maskOf(rig);
    const frozen = async (name: string, ...args: string[]) =>
      expectFrozen(`memory-graph-${name}`, mask, await rig.run('memory', 'graph', ...args, '--json'));
    await frozen('list-empty', 'list');
    granted(await addToGraph(await rig.bridge, GRAPH, AGENT));
    await frozen('list', 'list');
    await frozen('show', 'show', 'Ann Lee');
    await frozen('search', 'search', 'bread');
    await frozen('search-nothing', 'search', 'steel');
    await frozen('delete-relation', 'delete', 'Ann Lee', '--relation', 'knows', '--to', 'Carl', '--yes');
    await frozen('delete', 'delete', 'Ann Lee', '--yes');
  });

  test('the JSON of doctor is frozen', async ({ rig }) => {
    await mkdir(rig.home, { mode: 0o700 });
    await writeFile(join(rig.home, 'config.json'), '{"concurrency": 0}');
    const { stdout } = await rig.run('doctor', 'folder', 'config', 'claude', '--json');
    // Which checks there are, and what they say, is the doctor's own; what a finding consists of is not.
    const { findings, summary } = OUTPUTS.doctor.parse(JSON.parse(stdout));
    const shapes = findings.map((finding: object) => shapeOf(finding));
    const different = [...new Map(shapes.map((shape: object) => [JSON.stringify(shape), shape])).values()];
    const frozen = { findings: different, summary: shapeOf(summary) };
    await expect(maskOf(rig).json(frozen)).toMatchFileSnapshot('frozen/cli/doctor.snap');
  });

  test.skipIf(!onLinux)(
    'the JSON of setup --dry-run is frozen (needs the place of Claude Desktop on Linux)',
    async ({ rig }) => {
      const claude = await rig.file('claude', '#!/bin/sh\necho "2.1.329 (Claude Code)"\n');
      const { stdout } = await rig.runWith(
        { env: { BRIDGE_CLAUDE: claude } },
        'setup',
        '--dry-run',
        '--json',
      );
      await expectFrozen('setup', maskOf(rig), { stdout });
    },
  );
});

describe.skipIf(onWindows)('the JSON of install and uninstall is frozen (plays claude by a script)', () => {
  serviceTest('install, again, and uninstall', async ({ service }) => {
    const mask = maskOf(service);
    service.play.remarks = ['Log in once after a restart.'];
    const call = async (name: string, options: object) => {
      const cli = service.cli();
      await install(cli, { start: true, json: true, ...options }, service.services);
      await expectFrozen(name, mask, { stdout: cli.stdout() });
    };
    await call('install-dry-run', { dryRun: true });
    await call('install', {});
    await call('install-again', {});
    const cli = service.cli();
    await uninstall(cli, { json: true }, service.services);
    await expectFrozen('uninstall', mask, { stdout: cli.stdout() });
  });
});

/** The type of each field, and the verdict itself. */
function shapeOf(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      part === null || key === 'verdict' ? part : typeof part,
    ]),
  );
}
