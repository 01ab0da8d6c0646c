/** What sessions of the real claude keep for each other: by key, as a graph, and as files of the shared folder. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serverArguments, serverName, type ToolsetName } from '../../src/project/toolset.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { PROGRAM } from '../built.ts';
import { runClaude, temporaryFolder } from '../simulator/claude.ts';

type Script = Parameters<typeof startSimulator>[0]['script'];

/** Has a session of each side, one after the other, with this server and what each is told; returns their last words. */
async function sessions(
  toolset: ToolsetName,
  script: Script,
  stateDir: string,
  ...told: readonly (readonly [client: 'desktop' | 'code', stdin: string])[]
): Promise<unknown[]> {
  await using simulator = await startSimulator({ script });
  const words: unknown[] = [];
  for (const [client, stdin] of told) {
    const config = join(await temporaryFolder('bridge-mcp-'), 'mcp.json');
    const server = {
      command: process.execPath,
      args: [PROGRAM, ...serverArguments(toolset, client)],
      env: { BRIDGE_HOME: stateDir },
    };
    await writeFile(config, JSON.stringify({ mcpServers: { [serverName(toolset)]: server } }));
    const args = ['--mcp-config', config, '--strict-mcp-config'];
    const session = await runClaude(simulator.url, {
      args: [...args, '--allowedTools', `mcp__${serverName(toolset)}`],
      stdin,
    });
    words.push((await session.ended).result?.result);
  }
  return words;
}

const calling = (toolset: ToolsetName) => (tool: string, input: Record<string, unknown>) =>
  call(`mcp__${serverName(toolset)}__${tool}`, input);

const heard = (turn: { readonly toolResults: readonly { readonly text: string }[] }) =>
  turn.toolResults.at(-1)?.text ?? '';

/** Keeps what the last tool answered, and says this. */
const hearing = (answers: string[], words: string) => (turn: Parameters<typeof heard>[0]) => {
  answers.push(heard(turn));
  return say(words);
};

const KEEP = ['desktop', 'You keep it.'] as const;
const LOOK = ['code', 'You look for it.'] as const;

test('what a session of one side keeps under a key a session of the other side reads, with who wrote it', async () => {
  const stateDir = await temporaryFolder('bridge-state-');
  const memory = calling('memory');
  const answers: string[] = [];
  const script = byConversation({
    'You keep it': sequence([
      memory('memory_set', { key: 'shop/port', value: { port: 8080 } }),
      hearing(answers, 'Kept.'),
    ]),
    'You look for it': sequence([memory('memory_get', { key: 'shop/port' }), hearing(answers, 'Read.')]),
  });
  const words = await sessions('memory', script, stateDir, KEEP, LOOK);
  expect(words).toEqual(['Kept.', 'Read.']);
  expect(JSON.parse(answers[0] ?? '')).toMatchObject({ ok: true, key: 'shop/port', version: 1 });
  expect(JSON.parse(answers[1] ?? '')).toMatchObject({ value: { port: 8080 }, author: 'desktop' });
});

test('what a session of one side adds to the graph a session of the other side finds', async () => {
  const stateDir = await temporaryFolder('bridge-state-');
  const graph = calling('graph');
  const answers: string[] = [];
  const script = byConversation({
    'You keep it': sequence([
      graph('create_entities', {
        entities: [{ name: 'Ann', entityType: 'person', observations: ['bakes bread'] }],
      }),
      graph('create_relations', { relations: [{ from: 'Ann', relationType: 'works_at', to: 'Shop' }] }),
      say('Kept.'),
    ]),
    'You look for it': sequence([graph('search_nodes', { query: 'BREAD' }), hearing(answers, 'Read.')]),
  });
  const words = await sessions('graph', script, stateDir, KEEP, LOOK);
  expect(words).toEqual(['Kept.', 'Read.']);
  expect(JSON.parse(answers[0] ?? '')).toMatchObject({
    entities: [{ name: 'Ann', observations: ['bakes bread'], authors: ['desktop'] }],
    relations: [{ from: 'Ann', relationType: 'works_at', to: 'Shop', author: 'desktop' }],
  });
});

test('a session reads a file of the shared folder and edits it, whatever its own folder is', async () => {
  const stateDir = await temporaryFolder('bridge-state-');
  const shared = join(await temporaryFolder('bridge-shared-'), 'shared');
  await mkdir(shared);
  await writeFile(join(shared, 'spec.md'), 'Paint it red.\r\nTwice.\r\n');
  await writeFile(join(stateDir, 'config.json'), JSON.stringify({ folder: { path: shared } }));
  const folder = calling('folder');
  const answers: string[] = [];
  const note = (turn: Parameters<typeof heard>[0]) => answers.push(heard(turn));
  const script = sequence([
    folder('read_text_file', { path: 'spec.md' }),
    (turn) => {
      note(turn);
      return folder('edit_file', { path: 'spec.md', edits: [{ oldText: 'red', newText: 'blue' }] });
    },
    (turn) => {
      note(turn);
      return folder('read_text_file', { path: '../secret.txt' });
    },
    (turn) => {
      note(turn);
      return say('Painted.');
    },
  ]);
  expect(await sessions('folder', script, stateDir, ['code', 'Paint.'])).toEqual(['Painted.']);
  expect(answers[0]).toContain('Paint it red.');
  expect(answers[1]).toContain('+Paint it blue.');
  expect(answers[2]).toContain('Access denied - path outside allowed directories');
  expect(await readFile(join(shared, 'spec.md'), 'utf8')).toBe('Paint it blue.\r\nTwice.\r\n');
});
