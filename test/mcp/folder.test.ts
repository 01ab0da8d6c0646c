/** The shared folder, through the protocol. */
import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PROGRAM } from '../built.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { folder, type InMemoryClient, ServerProcess, stateFolder } from './rig.ts';

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
}

interface Raw {
  readonly isError?: boolean;
  readonly content: readonly Block[];
  readonly structuredContent?: unknown;
}

function newFolder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-shared-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function served(settings: object = {}, path = newFolder()) {
  const home = stateFolder();
  writeFileSync(join(home, 'config.json'), JSON.stringify({ folder: { path, ...settings } }));
  const client = await folder(home);
  return { home, path, client, at: (name: string) => join(path, name) };
}

async function call({ client }: InMemoryClient, name: string, args: Record<string, unknown>): Promise<Raw> {
  return (await client.callTool({ name, arguments: args })) as unknown as Raw;
}

async function said(client: InMemoryClient, name: string, args: Record<string, unknown>): Promise<string> {
  const answer = await call(client, name, args);
  expect(answer.isError, answer.content[0]?.text).toBeUndefined();
  return answer.content[0]?.text ?? '';
}

async function refused(client: InMemoryClient, name: string, args: Record<string, unknown>): Promise<string> {
  const answer = await call(client, name, args);
  expect(answer.isError, answer.content[0]?.text).toBe(true);
  return answer.content[0]?.text ?? '';
}

const names = async ({ client }: InMemoryClient) => (await client.listTools()).tools.map(({ name }) => name);

const FEW = [
  'read_text_file',
  'write_file',
  'edit_file',
  'list_directory',
  'search_files',
  'get_file_info',
  'create_directory',
];

describe('tools of the folder', () => {
  test('a server that is called takes away what a killed one has left in mid-write', async () => {
    const { client, path, at } = await served();
    // No process has this number: it is above the most that a system gives.
    const left = `.4194999999-${'0'.repeat(8)}-${'0'.repeat(8)}-${randomUUID()}.bridge-draft`;
    writeFileSync(at(left), 'half');
    utimesSync(at(left), 0, 0);
    await said(client, 'list_directory', { path: '.' });
    await eventually(() => expect(readdirSync(path)).toEqual([]));
  });

  test('seven tools are offered, fourteen where the owner wants all, and with read_only those that change nothing', async () => {
    expect(await names((await served()).client)).toEqual(FEW);
    expect(await names((await served({ all_tools: true })).client)).toHaveLength(14);
    const { client } = await served({ all_tools: true, read_only: true });
    expect(await names(client)).not.toContain('write_file');
    expect(await refused(client, 'write_file', { path: 'a', content: 'x' })).toContain('unknown tool');
    expect(await refused(client, 'move_file', { source: 'a', destination: 'b' })).toContain('unknown tool');
  });

  test('each tool answers with the words of the reference server', async () => {
    const { client, path, at } = await served({ all_tools: true });
    expect(await said(client, 'create_directory', { path: 'a/b' })).toBe(
      'Successfully created directory a/b',
    );
    expect(await said(client, 'write_file', { path: 'a/x.txt', content: 'one\ntwo\n' })).toBe(
      'Successfully wrote to a/x.txt',
    );
    expect(await said(client, 'read_text_file', { path: 'a/x.txt' })).toBe('one\ntwo\n');
    expect(await said(client, 'read_file', { path: at('a/x.txt'), head: 1 })).toBe('one');
    expect(
      await said(client, 'edit_file', { path: 'a/x.txt', edits: [{ oldText: 'two', newText: '```' }] }),
    ).toMatch(/^````diff\n[\s\S]*-two\n\+```\n````\n\n$/);
    expect(await said(client, 'list_directory', { path: 'a' })).toBe('[DIR] b\n[FILE] x.txt');
    expect(await said(client, 'list_directory_with_sizes', { path: 'a', sortBy: 'size' })).toMatch(
      /^\[FILE\] x\.txt +8 B\n\[DIR\] b\n\nTotal: 1 files, 1 directories\nCombined size: 8 B$/,
    );
    expect(JSON.parse(await said(client, 'directory_tree', { path: '.' }))).toEqual([
      {
        name: 'a',
        type: 'directory',
        children: [
          { name: 'b', type: 'directory', children: [] },
          { name: 'x.txt', type: 'file' },
        ],
      },
    ]);
    expect(await said(client, 'search_files', { path: '.', pattern: '**/*.txt' })).toBe(join('a', 'x.txt'));
    expect(await said(client, 'search_files', { path: path, pattern: '**/*.txt' })).toBe(
      at(join('a', 'x.txt')),
    );
    expect(await said(client, 'search_files', { path: '.', pattern: '*.no' })).toBe('No matches found');
    expect(await said(client, 'get_file_info', { path: 'a/x.txt' })).toMatch(
      /^size: 8\ncreated: .*Z\nmodified: .*Z\naccessed: .*Z\nisDirectory: false\nisFile: true\npermissions: \d{3}$/,
    );
    expect(await said(client, 'move_file', { source: 'a/x.txt', destination: 'y.txt' })).toBe(
      'Successfully moved a/x.txt to y.txt',
    );
    expect(await said(client, 'read_multiple_files', { paths: ['y.txt', 'no.txt'] })).toBe(
      'y.txt:\none\n```\n\n\n---\nno.txt: Error - ENOENT: no such file or directory: no.txt',
    );
    expect(await said(client, 'list_allowed_directories', {})).toBe(`Allowed directories:\n${path}`);
    expect(await refused(client, 'read_text_file', { path: 'y.txt', head: 1, tail: 1 })).toBe(
      'Cannot specify both head and tail parameters simultaneously',
    );
  });

  test('no answer is doubled: each is text alone, without a structured part', async () => {
    const { client } = await served();
    await said(client, 'write_file', { path: 'a', content: 'x' });
    for (const [name, args] of [
      ['read_text_file', { path: 'a' }],
      ['list_directory', { path: '.' }],
      ['get_file_info', { path: 'a' }],
    ] as const) {
      const answer = await call(client, name, args);
      expect(answer.structuredContent, name).toBeUndefined();
      expect(answer.content, name).toEqual([{ type: 'text', text: expect.any(String) }]);
    }
  });

  test('an image is answered as one, and any other file as a resource', async () => {
    const { client, at } = await served({ all_tools: true });
    writeFileSync(at('a.png'), Buffer.from([1, 0, 2]));
    writeFileSync(at('a.bin'), Buffer.from([1, 0, 2]));
    expect((await call(client, 'read_media_file', { path: 'a.png' })).content).toEqual([
      { type: 'text', text: 'a.png (image/png, 3 bytes)' },
      { type: 'image', data: 'AQAC', mimeType: 'image/png' },
    ]);
    expect((await call(client, 'read_media_file', { path: 'a.bin' })).content[1]).toMatchObject({
      type: 'resource',
      resource: { blob: 'AQAC', mimeType: 'application/octet-stream' },
    });
  });
});

describe('what is large', () => {
  const size = (answer: Raw) => Buffer.byteLength(JSON.stringify(answer));

  test('a large file comes in parts of less than 20 kB, which together are the file', async () => {
    const { client, at } = await served();
    const text = Array.from({ length: 4_000 }, (_, line) => `line ${line} – "é" 😀\n`).join('');
    writeFileSync(at('a'), text);
    let read = '';
    for (let from: number | undefined = 0; from !== undefined; ) {
      const answer: Raw = await call(client, 'read_text_file', { path: 'a', from });
      expect(size(answer)).toBeLessThan(20_000);
      read += answer.content[0]?.text ?? '';
      const next: string | undefined = /Go on with from (\d+)/.exec(answer.content[1]?.text ?? '')?.[1];
      from = next === undefined ? undefined : Number(next);
    }
    expect(read).toBe(text);
  });

  test.each([
    ['control characters', '\u0001'.repeat(50_000)],
    ['bytes that are no text', Buffer.alloc(50_000, 0xff)],
  ])('a file of %s takes no more room', async (_, content) => {
    const { client, at } = await served();
    writeFileSync(at('a'), content);
    const answer = await call(client, 'read_text_file', { path: 'a' });
    expect(size(answer)).toBeLessThan(20_000);
    expect(answer.content[1]?.text).toContain('Go on with from ');
  });

  test('a large folder is listed in parts, which together are the folder', async () => {
    const { client, at } = await served();
    const files = Array.from({ length: 1_200 }, (_, number) => `file-${String(number).padStart(5, '0')}.txt`);
    for (const name of files) writeFileSync(at(name), '');
    const listed: string[] = [];
    for (let after = ''; ; ) {
      const answer = await call(client, 'list_directory', { path: '.', after });
      expect(size(answer)).toBeLessThan(20_000);
      listed.push(...(answer.content[0]?.text ?? '').split('\n'));
      const next = /after (\S+)$/.exec(answer.content[1]?.text ?? '')?.[1];
      if (next === undefined) break;
      after = next;
    }
    expect(listed).toEqual(files.map((name) => `[FILE] ${name}`));
  });

  test('many matches come in parts', async () => {
    const { client, at } = await served();
    for (let number = 0; number < 400; number += 1) writeFileSync(at(`${'x'.repeat(60)}-${number}`), '');
    const first = await call(client, 'search_files', { path: '.', pattern: '**' });
    expect(size(first)).toBeLessThan(20_000);
    const after = /after (\S+)$/.exec(first.content[1]?.text ?? '')?.[1];
    const second = await call(client, 'search_files', { path: '.', pattern: '**', after });
    const count = ({ content }: Raw) => content[0]?.text?.split('\n').length ?? 0;
    expect(count(first) + count(second)).toBe(400);
  });
});

describe('what is hostile', () => {
  test('what hides in a file is not shown, and its number is told', async () => {
    const { client, at } = await served();
    writeFileSync(at('a'), 'plain\u202e\u{e0041}\u001b[31m text');
    const answer = await call(client, 'read_text_file', { path: 'a' });
    expect(answer.content[0]?.text).toBe('plain text');
    expect(answer.content[1]?.text).toContain('are not shown');
  });

  test.skipIf(onWindows)(
    'a name with line breaks or hidden characters is one line, and works as it is written',
    async () => {
      const { client, at } = await served({ all_tools: true });
      const name = 'a\n[DIR] fake\u202e';
      writeFileSync(at(name), 'x');
      const shown = '"a\\n[DIR] fake\\u202e"';
      expect(await said(client, 'list_directory', { path: '.' })).toBe(`[FILE] ${shown}`);
      expect(await said(client, 'search_files', { path: '.', pattern: '**' })).toBe(shown);
      expect(JSON.parse(await said(client, 'directory_tree', { path: '.' }))).toEqual([
        { name: shown, type: 'file' },
      ]);
      expect(await said(client, 'read_text_file', { path: JSON.parse(shown) })).toBe('x');
      expect(await said(client, 'write_file', { path: name, content: 'y' })).toBe(
        `Successfully wrote to ${shown}`,
      );
      expect(await refused(client, 'read_text_file', { path: `no\u202e` })).toContain('"no\\u202e"');
    },
  );
});

describe('the folder itself', () => {
  test('each call says how to name a folder while there is none, and the next works once it is named', async () => {
    const home = stateFolder();
    const client = await folder(home);
    expect(await names(client)).toEqual(FEW);
    expect(await refused(client, 'list_directory', { path: '.' })).toMatch(
      /^ERROR: no folder is shared yet\. Name one: bridge-supervisor setup --toolset folder --folder PATH/,
    );
    writeFileSync(join(home, 'config.json'), JSON.stringify({ folder: { path: newFolder() } }));
    expect(await said(client, 'list_directory', { path: '.' })).toBe('');
  });

  test('a folder that goes away is an error of each call, and is used again when it is back', async () => {
    const { client, path } = await served();
    rmSync(path, { recursive: true });
    expect(await refused(client, 'list_directory', { path: '.' })).toMatch(
      /the shared folder .* does not exist/,
    );
    writeFileSync(path, '');
    expect(await refused(client, 'list_directory', { path: '.' })).toMatch(/is no folder/);
    rmSync(path);
    mkdirSync(path);
    expect(await said(client, 'write_file', { path: 'a', content: 'x' })).toBe('Successfully wrote to a');
  });

  test('a configuration that cannot be read is told by each call, and nothing is read or written', async () => {
    const { home, client, path } = await served({ read_only: true });
    writeFileSync(join(home, 'config.json'), '{"folder": {"pth": 1}}');
    expect(await refused(client, 'write_file', { path: 'a', content: 'x' })).toContain(
      "unknown key 'pth'; allowed keys: path, all_tools, read_only",
    );
    const named = await folder(home, { path });
    expect(await refused(named, 'write_file', { path: 'a', content: 'x' })).toContain("unknown key 'pth'");
  });

  test.each([
    ['the state folder', (home: string) => home],
    ['a folder in it', (home: string) => join(home, 'worktrees')],
    ['a folder above it', (home: string) => join(home, '..')],
    ["Claude's own folder", () => join(homedir(), '.claude', 'shared')],
    ['what git keeps of a repository', () => join(newFolder(), '.git')],
  ])('%s is never shared', async (_, pathFor) => {
    const home = stateFolder();
    const path = pathFor(home);
    const isOurs = !path.startsWith(homedir()) || path.startsWith(tmpdir());
    if (isOurs) mkdirSync(path, { recursive: true });
    writeFileSync(join(home, 'config.json'), JSON.stringify({ folder: { path } }));
    expect(await refused(await folder(home), 'list_directory', { path: '.' })).toMatch(
      isOurs ? /overlaps with|what git keeps/ : /overlaps with|does not exist/,
    );
  });

  test.skipIf(onWindows)('a link to the state folder is not shared either', async () => {
    const home = stateFolder();
    const path = join(newFolder(), 'link');
    symlinkSync(home, path);
    writeFileSync(join(home, 'config.json'), JSON.stringify({ folder: { path } }));
    expect(await refused(await folder(home), 'list_directory', { path: '.' })).toMatch(
      /overlaps with the state folder/,
    );
  });

  test('folders that a client names as its own change nothing', async () => {
    const home = stateFolder();
    const path = newFolder();
    writeFileSync(join(home, 'config.json'), JSON.stringify({ folder: { path } }));
    const server = new ServerProcess([PROGRAM, 'mcp', 'folder'], { BRIDGE_HOME: home, HOME: home });
    await server.request('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: { roots: { listChanged: true } },
      clientInfo: { name: 'test', version: '1' },
    });
    server.write('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    server.write('{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}');
    const answer = await server.request('tools/call', {
      name: 'write_file',
      arguments: { path: 'a', content: 'x' },
    });
    expect(answer.result).toMatchObject({ content: [{ text: 'Successfully wrote to a' }] });
    expect(readFileSync(join(path, 'a'), 'utf8')).toBe('x');
    expect(server.stdout.join()).not.toContain('roots/list');
  });
});
