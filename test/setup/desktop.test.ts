/** Claude Desktop's configuration as it is found in the wild. */
import { stat } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { entryIn, test } from './rig.ts';

const OTHER = '"github": { "command": "npx", "args": ["-y", "@x/server-github"], "env": { "TOKEN": "t0p" } }';

const WILD: Readonly<Record<string, string | Buffer>> = {
  'another server, as Desktop writes it': `{
  "mcpServers": {
    "files": {
      "command": "npx",
      "args": [
        "-y",
        "@modelcontextprotocol/server-filesystem",
        "/home/a/Documents"
      ]
    }
  },
  "preferences": {
    "isUsingBuiltInNodeForMcp": false
  }
}`,
  'four spaces and a line end': '{\n    "mcpServers": {\n        "a": {}\n    }\n}\n',
  tabs: '{\n\t"theme": "dark",\n\t"mcpServers": {\n\t\t"a": {"command": "x"}\n\t}\n}\n',
  'one line': `{"mcpServers":{${OTHER}},"globalShortcut":"Ctrl+Space"}`,
  'one line with spaces': `{ "mcpServers": { ${OTHER}, "b": {} } }`,
  'odd spacing everywhere': `\n{ "mcpServers" :{\n\n  ${OTHER}\n ,"b":{}  }\n\n,  "x":[1,\n2 ]\n\t}\n\n\n`,
  'Windows line ends': '{\r\n  "mcpServers": {\r\n    "a": {}\r\n  }\r\n}\r\n',
  'a byte order mark': '\uFEFF{\n  "mcpServers": {}\n}\n',
  'a byte order mark and Windows line ends': '\uFEFF{\r\n  "a": 1\r\n}',
  'only a byte order mark': '\uFEFF',
  'an empty file': '',
  'only white space': ' \n\n\t\n',
  'an empty object': '{}',
  'an empty object over two lines': '{\n}\n',
  'no mcpServers': '{\n  "globalShortcut": ""\n}\n',
  'empty mcpServers': '{\n  "mcpServers": {}\n}\n',
  'empty mcpServers over two lines': '{\n  "mcpServers": {\n  },\n  "a": 1\n}\n',
  'text of the whole world':
    '{\n  "mcpServers": {\n    "日本語 😀 \\u00e9": {"args": ["ñ\\n\\"q\\"\\\\"]}\n  }\n}\n',
  'a key that looks like ours': '{"mcpServers":{"x":{"mcpServers":{"claude_bridge_desktop":1}}}}',
  'a key of another object there twice': '{\n  "a": {"k": 1, "k": 2},\n  "mcpServers": {}\n}\n',
  'the key __proto__': '{\n  "__proto__": {"a": 1},\n  "mcpServers": {\n    "__proto__": {}\n  }\n}\n',
  'a large file': `{\n  "notes": "${'x'.repeat(2_000_000)}",\n  "mcpServers": {}\n}\n`,
  'numbers that lose digits when they are read': '{\n  "n": 12345678901234567890.10,\n  "e": 1E2\n}\n',
};

const NAMES = Object.keys(WILD);
const contentOf = (name: string) => Buffer.from(WILD[name] ?? '');

describe('configuration of Claude Desktop', () => {
  test.for(NAMES)('a configuration with %s gets our server and keeps all else byte for byte', async (name, {
    rig,
  }) => {
    await rig.given(contentOf(name));
    const before = parsed(contentOf(name));

    await rig.setup();

    const servers = { ...(before.mcpServers as object), claude_bridge_desktop: entryIn(rig) };
    expect(await rig.json()).toEqual({ ...before, mcpServers: servers });
    expect(Object.keys((await rig.json()) as object)).toEqual(
      Object.keys({ ...before, mcpServers: servers }),
    );
    // Our lines alone are new: without them, and the comma before them, it is the text it was.
    const left = withoutOurs((await rig.bytes()).toString(), JSON.stringify(entryIn(rig)));
    if (before.mcpServers) expect(left).toBe(withoutSpace(contentOf(name).toString()));
  });

  test.for(NAMES)('a configuration with %s is the same after setup twice as once', async (name, { rig }) => {
    await rig.given(contentOf(name));
    await rig.setup();
    const once = { tree: await rig.tree(), bytes: await rig.bytes(), ...(await timesOf(rig.desktop)) };

    await rig.setup();

    expect({ tree: await rig.tree(), bytes: await rig.bytes(), ...(await timesOf(rig.desktop)) }).toEqual(
      once,
    );
  });

  test.for(
    NAMES,
  )('a configuration with %s is restored byte for byte by --remove, with nothing left beside it', async (name, {
    rig,
  }) => {
    await rig.given(contentOf(name));
    const before = await rig.tree();
    await rig.setup();
    await rig.setup({ selfCommand: ['/opt/node/bin/node', '/opt/bridge-2/dist/cli.js'] });

    await rig.remove();

    expect((await rig.bytes()).equals(contentOf(name))).toBe(true);
    expect(await rig.tree()).toEqual(before);
  });

  test.for(
    NAMES,
  )('a configuration with %s keeps what somebody else changed since when we are taken out', async (name, {
    rig,
  }) => {
    await rig.given(contentOf(name));
    await rig.setup();
    const changed = { ...((await rig.json()) as Record<string, unknown>), since: true };
    await rig.given(JSON.stringify(changed, null, 2));

    await rig.remove();

    expect(await rig.json()).toEqual({ ...parsed(contentOf(name)), since: true });
  });
});

const REFUSED: readonly [name: string, content: string | Buffer, why: string][] = [
  [
    'more levels than can be gone through',
    '['.repeat(100_000) + ']'.repeat(100_000),
    'nested deeper than 500 levels',
  ],
  ['a comment', '{\n  // mine\n  "mcpServers": {}\n}\n', 'comment at line 2, column 3'],
  ['a comment before all', '/* mine */ {}', 'comment at line 1, column 1'],
  ['a trailing comma', '{\r\n  "mcpServers": {},\r\n}\r\n', 'trailing comma at line 2, column 19'],
  [
    'a trailing comma in a list',
    '{"mcpServers":{"a":{"args":["x",]}}}',
    'trailing comma at line 1, column 32',
  ],
  ['a missing comma', '{"a": 1 "b": 2}', 'missing comma at line 1, column 9'],
  ['no end', '{"mcpServers": {', 'missing } at line 1, column 17'],
  ['two ends', '{}}', 'text after the end at line 1, column 3'],
  ['single quotes', "{'mcpServers': {}}", 'unexpected text at line 1, column 2'],
  ['a raw line break in a text', '{"a": "x\ny"}', 'unterminated string at line 1, column 7'],
  ['a list at the top', '[]', 'it must be an object'],
  ['a text at the top', '"mcpServers"', 'it must be an object'],
  ['mcpServers that is null', '{"mcpServers": null}', '"mcpServers" must be an object ({ … }), but is null'],
  [
    'mcpServers that is a list',
    '{"mcpServers": []}',
    '"mcpServers" must be an object ({ … }), but is a list',
  ],
  [
    'mcpServers twice',
    '{\n"mcpServers": {},\n"mcpServers": {}}',
    '"mcpServers" appears twice, again at line 3, column 1',
  ],
  [
    'our entry twice',
    '{"mcpServers":{"claude_bridge_desktop":{},"claude_bridge_desktop":{}}}',
    'appears twice',
  ],
  ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), 'it is not UTF-8 text'],
  ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'it is not UTF-8 text'],
  ['6 MB', `{"a":"${'x'.repeat(6_000_000)}"}`, 'it is larger than 5 MB'],
];

describe('byte order mark, with which Claude Desktop takes a file for broken', () => {
  const given = '\uFEFF{"mcpServers":{"fs":{"command":"x"}}}';

  test('a byte order mark is left out, and setup says so', async ({ rig }) => {
    await rig.given(given);
    expect((await rig.plan()).warnings).toEqual([
      `${rig.desktop} begins with a byte order mark, which Claude Desktop cannot read: it is removed. setup --remove restores it.`,
    ]);
    await rig.setup();
    expect(JSON.parse((await rig.bytes()).toString())).toHaveProperty('mcpServers.claude_bridge_desktop');
    expect((await rig.plan()).warnings).toEqual([]);
  });

  test('a byte order mark is left out of a file that has our entry already', async ({ rig }) => {
    await rig.given(`\uFEFF${JSON.stringify({ mcpServers: { claude_bridge_desktop: entryIn(rig) } })}`);
    await rig.setup();
    expect(JSON.parse((await rig.bytes()).toString())).toHaveProperty('mcpServers.claude_bridge_desktop');
    await rig.remove();
    expect((await rig.bytes()).toString()).toMatch(/^\uFEFF/);
  });
});

describe('refused configurations of Claude Desktop', () => {
  test.for(REFUSED)('a configuration is refused in one sentence and not touched when it has %s', async ([
    ,
    content,
    why,
  ], { rig }) => {
    await rig.given(content);
    const before = { tree: await rig.tree(), ...(await timesOf(rig.desktop)) };

    const refusal = await rig.refusal();

    expect(refusal).toContain(`${rig.desktop} was not changed: `);
    expect(refusal).toContain(why);
    expect(refusal).not.toContain('\n');
    expect((await rig.bytes()).equals(Buffer.from(content))).toBe(true);
    expect({ tree: await rig.tree(), ...(await timesOf(rig.desktop)) }).toEqual(before);
  });
});

describe('our entry at Claude Desktop', () => {
  test('an entry of an earlier version is updated in its place', async ({ rig }) => {
    const before =
      '{\n  "mcpServers": {\n    "claude_bridge_desktop": {"command": "old"},\n    "z": {}\n  }\n}\n';
    await rig.given(before);

    await rig.setup();

    expect(await rig.json()).toEqual({ mcpServers: { claude_bridge_desktop: entryIn(rig), z: {} } });
    expect((await rig.bytes()).toString()).toMatch(/^ {4}"claude_bridge_desktop": \{\n {6}"command"/m);
  });

  test('an entry that setup did not record is removed too', async ({ rig }) => {
    const ours = '{"command": "node", "args": ["/opt/old/dist/cli.js", "mcp", "desktop"]}';
    await rig.given(`{\n  "mcpServers": {\n    "claude_bridge_desktop": ${ours},\n    "z": {}\n  }\n}\n`);
    await rig.remove();
    expect((await rig.bytes()).toString()).toBe('{\n  "mcpServers": {\n    "z": {}\n  }\n}\n');
  });

  test.for([
    ['as it was', (file: string) => file],
    ['also where the file was changed since', (file: string) => file.replace('{', '{\n  "since": true,')],
    ['also where our entry was changed since', (file: string) => file.replace('"mcp"', '"-x", "mcp"')],
  ] as const)('an entry in the place of another server of its name is reported, and --remove gives that one back, %s', async ([
    ,
    change,
  ], { rig }) => {
    const python = { command: 'python3', args: ['/srv/desktop_server.py'], env: { TOKEN: 's3cret' } };
    const given = JSON.stringify({ mcpServers: { a: {}, claude_bridge_desktop: python } }, null, 2);
    await rig.given(given);
    const { warnings } = await rig.plan();
    expect(warnings).toEqual([
      `${rig.desktop} has another server named claude_bridge_desktop: its entry is replaced. setup --remove restores it.`,
    ]);
    await rig.setup();
    expect((await rig.plan()).warnings).toEqual([]);
    await rig.setup({ selfCommand: ['/opt/node/bin/node', '/opt/bridge-2/dist/cli.js'] });
    await rig.given(change((await rig.bytes()).toString()));

    await rig.remove();

    expect(await rig.json()).toMatchObject({ mcpServers: { a: {}, claude_bridge_desktop: python } });
    // A second time there is nothing of ours.
    const once = await rig.bytes();
    await rig.remove();
    expect((await rig.bytes()).equals(once)).toBe(true);
  });

  test('an entry under another name is pointed out', async ({ rig }) => {
    const servers = {
      bridge: { command: 'node', args: ['/opt/bridge/dist/cli.js', 'mcp', 'desktop'] },
      npx: { command: 'npx', args: ['-y', 'bridge-supervisor@latest', 'mcp', 'desktop'] },
      code: { command: 'node', args: ['/opt/bridge/dist/cli.js', 'mcp', 'code'] },
      other: { command: 'npx', args: ['mcp', 'desktop'] },
      remote: { url: 'https://example.com' },
    };
    await rig.given(JSON.stringify({ mcpServers: servers }));

    const { warnings } = await rig.plan();

    expect(warnings).toEqual(
      ['bridge', 'npx'].map(
        (name) =>
          `"${name}" in ${rig.desktop} starts the same server, so Claude Desktop shows every tool twice. Remove it.`,
      ),
    );
  });

  test('an entry names every program by its absolute path, and the state folder', ({ rig }) => {
    expect(entryIn(rig)).toEqual({
      command: '/opt/node/bin/node',
      args: ['/opt/bridge/dist/cli.js', 'mcp', 'desktop'],
      env: { BRIDGE_HOME: rig.context.stateDir },
    });
  });
});

function parsed(content: Buffer): Record<string, unknown> {
  const text = content.toString().replace(/^\uFEFF/, '');
  return text.trim() === '' ? {} : JSON.parse(text);
}

function withoutOurs(text: string, entry: string): string {
  const ours = `"claude_bridge_desktop":${entry}`;
  return withoutSpace(text)
    .replace(`,${withoutSpace(ours)}`, '')
    .replace(withoutSpace(ours), '');
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

async function timesOf(path: string): Promise<{ mtimeMs: number; ino: number }> {
  const { mtimeMs, ino } = await stat(path);
  return { mtimeMs, ino };
}
