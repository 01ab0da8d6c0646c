import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { asProjectId, asRunId } from '../../src/project/ids.ts';
import { parsePlan } from '../../src/project/plan.ts';
import {
  ASKS_NOBODY,
  channels,
  code,
  desktop,
  folder,
  graph,
  type InMemoryClient,
  memory,
  relay,
  scripts,
  stateFolder,
} from './rig.ts';

const SCOPE = { ...ASKS_NOBODY, runId: asRunId('aaaaaaaaaaaa'), projectId: asProjectId('bbbbbbbbbbbb') };

async function listed({ client }: InMemoryClient) {
  return (await client.listTools()).tools;
}

describe('schemas of the servers', () => {
  test('the Desktop tools do not change unnoticed', async () => {
    const tools = await listed(await desktop(stateFolder()));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/desktop.snap');
  });

  test("the Code tools in a person's own session do not change unnoticed", async () => {
    const tools = await listed(await code(stateFolder()));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/code.snap');
  });

  test('the Code tools in a run do not change unnoticed', async () => {
    const tools = await listed(await code(stateFolder(), SCOPE));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/code-in-a-run.snap');
  });
});

const IN_A_RUN = { name: 'aaaaaaaaaaaa', prefix: 'bbbbbbbbbbbb:' };

describe('tools of the channels', () => {
  test('the tools of channels do not change unnoticed', async () => {
    const tools = await listed(await channels(stateFolder()));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/channels.snap');
  });

  test('the tools of channels in a run do not change unnoticed', async () => {
    const tools = await listed(await channels(stateFolder(), IN_A_RUN));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/channels-in-a-run.snap');
  });

  test.each([
    ["a person's own session", undefined, 2_400],
    ['a run', IN_A_RUN, 2_100],
  ])('the names, descriptions and schemas of the tools of channels take little in %s', async (_, scope, bytes) => {
    const tools = await listed(await channels(stateFolder(), scope));
    const added = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    }));
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThanOrEqual(bytes);
  });
});

describe('tools of the relay', () => {
  test('the tools of the relay do not change unnoticed', async () => {
    const tools = await listed(await relay(stateFolder()));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/relay.snap');
  });

  test('the names, descriptions and schemas of the tools of the relay take less than 900 bytes', async () => {
    const tools = await listed(await relay(stateFolder()));
    const added = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    }));
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThan(900);
  });
});

const MEMORY_IN_A_RUN = { runId: SCOPE.runId };

describe('tools of the shared memory', () => {
  test('the tools of the shared memory do not change unnoticed', async () => {
    const tools = await listed(await memory(stateFolder()));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/memory.snap');
  });

  test('a run has the same tools of the shared memory, but for the one that deletes', async () => {
    const all = await listed(await memory(stateFolder()));
    const own = await listed(await memory(stateFolder(), MEMORY_IN_A_RUN));
    expect(own).toEqual(all.filter(({ name }) => name !== 'memory_delete'));
    expect(own).toHaveLength(3);
  });

  test('the names, descriptions and schemas of the tools of the shared memory take less than 1,000 bytes', async () => {
    const tools = await listed(await memory(stateFolder()));
    const added = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    }));
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThan(1_000);
  });
});

describe('tools of the memory graph', () => {
  test('the tools of the memory graph do not change unnoticed', async () => {
    const tools = await listed(await graph(stateFolder()));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/graph.snap');
  });

  test('a run has the same tools of the memory graph, but for those that delete', async () => {
    const all = await listed(await graph(stateFolder()));
    const own = await listed(await graph(stateFolder(), MEMORY_IN_A_RUN));
    expect(own).toEqual(all.filter(({ name }) => !name.startsWith('delete_')));
    expect(own).toHaveLength(6);
  });

  test('the names, descriptions and schemas of the tools of the memory graph take less than 2,900 bytes', async () => {
    const tools = await listed(await graph(stateFolder()));
    const added = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    }));
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThan(2_900);
  });
});

describe('tools of scripts', () => {
  test('the tools of scripts do not change unnoticed', async () => {
    const tools = await listed(await scripts(stateFolder()));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/scripts.snap');
  });

  test('the tools of scripts in a run do not change unnoticed', async () => {
    const tools = await listed(await scripts(stateFolder(), SCOPE));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/scripts-in-a-run.snap');
  });

  test.each([
    ["a person's own session", undefined, 1_400],
    ['a run', SCOPE, 940],
  ])('the names, descriptions and schemas of the tools of scripts take little in %s', async (_, scope, bytes) => {
    const tools = await listed(await scripts(stateFolder(), scope));
    const added = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    }));
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThanOrEqual(bytes);
  });
});

describe('tools of the shared folder', () => {
  test('the tools of the shared folder do not change unnoticed', async () => {
    const tools = await listed(await folder(stateFolder(), { allTools: true }));
    await expect(JSON.stringify(tools, null, 2)).toMatchFileSnapshot('schemas/folder.snap');
  });

  test.each([
    ['those that suffice', false, 2_040],
    ['all', true, 3_800],
  ])('the names, descriptions and schemas of the tools of the shared folder take little: %s', async (_, allTools, bytes) => {
    const tools = await listed(await folder(stateFolder(), { allTools }));
    const added = tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    }));
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThanOrEqual(bytes);
  });
});

describe('descriptions of the tools', () => {
  test.each([
    ['folder', () => folder(stateFolder(), { allTools: true })],
    ['desktop', () => desktop(stateFolder())],
    ['channels', () => channels(stateFolder())],
    ['relay', () => relay(stateFolder())],
    ['memory', () => memory(stateFolder())],
    ['graph', () => graph(stateFolder())],
    ['scripts', () => scripts(stateFolder())],
    ['code', () => code(stateFolder())],
    ['code in a run', () => code(stateFolder(), SCOPE)],
  ])('every tool of the %s server has a title and every hint, takes no argument it does not name, and stays inside the machine', async (_, start) => {
    for (const tool of await listed(await start())) {
      expect(tool.annotations, tool.name).toEqual({
        title: expect.any(String),
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        idempotentHint: expect.any(Boolean),
        openWorldHint: false,
      });
      expect(tool.title).toBe(tool.annotations?.title);
      expect(tool.inputSchema.additionalProperties, tool.name).toBe(false);
      expect(tool.description?.length, tool.name).toBeLessThan(1_000);
    }
  });

  test('all servers say when to use them, in less than the 2 kB that clients keep', async () => {
    for (const { client } of [
      await desktop(stateFolder()),
      await code(stateFolder()),
      await channels(stateFolder()),
      await relay(stateFolder()),
      await memory(stateFolder()),
      await graph(stateFolder()),
      await scripts(stateFolder()),
      await folder(stateFolder()),
    ]) {
      expect(client.getInstructions()?.length).toBeGreaterThan(100);
      expect(Buffer.byteLength(client.getInstructions() ?? '')).toBeLessThan(2_000);
    }
  });

  test('the description of bridge_send_plan names every front matter key there is', async () => {
    const refused = await parsePlan('---\nmodle: 1\n---\n# T\n');
    const keys = refused.ok ? '' : (/allowed keys: (.*)$/.exec(refused.problems[0] ?? '')?.[1] ?? '');
    const tool = (await listed(await desktop(stateFolder()))).find(({ name }) => name === 'bridge_send_plan');
    expect(keys.split(', ').length).toBeGreaterThan(5);
    for (const key of keys.split(', ')) expect(tool?.description).toContain(key);
  });
});

describe('tokens of a run', () => {
  test("the tools add under 1,250 bytes to Claude's first request, without a word of instructions", async () => {
    const { client } = await code(stateFolder(), SCOPE);
    const { tools } = await client.listTools();
    const added = tools.map(({ name, description, inputSchema }) => ({
      name: `mcp__claude_bridge_code__${name}`,
      description,
      input_schema: inputSchema,
    }));
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThan(1_250);
    expect(client.getInstructions()).toBeUndefined();
    for (const tool of tools) expect(tool._meta).toEqual({ 'anthropic/alwaysLoad': true });
  });
});

describe('a server that is only started', () => {
  test.each([
    'desktop',
    'code',
    'channels',
    'relay',
    'memory',
    'graph',
    'scripts',
    'folder',
  ])('the %s server loads neither SQLite nor a verb nor the configuration before the first call', async (side) => {
    const { metafile } = await build({
      entryPoints: [`src/mcp/${side}.ts`],
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      outdir: 'unwritten',
      external: ['better-sqlite3', 'react-devtools-core'],
      logLevel: 'silent',
    });
    const loaded = new Set<string>();
    const load = (output: string) => {
      if (loaded.has(output)) return;
      loaded.add(output);
      for (const { path, kind } of metafile.outputs[output]?.imports ?? []) {
        if (kind === 'import-statement') load(path);
      }
    };
    load(`unwritten/${side}.js`);
    const inputs = [...loaded].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));
    expect(inputs).toContain('src/mcp/server.ts');
    expect([...loaded]).not.toContain('better-sqlite3');
    expect(inputs.filter((path) => /^src\/(bridge|store|config)|kysely|yaml|winston/.test(path))).toEqual([]);
  });
});
