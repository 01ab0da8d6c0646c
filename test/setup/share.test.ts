/** Servers of the person's own in Claude Desktop: shared when asked for, kept up to date, and taken away alone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { planLines, setupJson } from '../../src/cli/views/setup-report.ts';
import { planSetup } from '../../src/setup/setup.ts';
import { ENTRY, entryIn, type Rig, test } from './rig.ts';

const GITHUB = { command: '/opt/github', args: ['--read'], env: { TOKEN: 's3cret' } };
const SERVERS = { github: { type: 'stdio', alwaysLoad: true, ...GITHUB }, files: { command: 'npx' } };
const SHARE = { share: ['github'], servers: SERVERS };

/** Why it is not planned. */
async function refusalOf(
  rig: Rig,
  share: string,
  servers: Record<string, Record<string, unknown>>,
): Promise<string> {
  const folders = { workspaces: {}, roots: [] };
  const wanted = { selfCommand: ENTRY, desktop: rig.desktop, code: false, folders, share: [share], servers };
  const planned = await planSetup(wanted, rig.context);
  if (planned.ok) throw new Error('it was not refused');
  return planned.refusal;
}

describe('a server that is shared', () => {
  test('setup adds its command, arguments and environment, and says which secrets it copies', async ({
    rig,
  }) => {
    const { warnings } = await rig.plan(SHARE);
    expect(warnings).toEqual([
      "the values of TOKEN of github are written into Claude Desktop's file: they may be secrets.",
    ]);
    await rig.setup(SHARE);
    expect(await rig.json()).toEqual({
      mcpServers: { claude_bridge_desktop: entryIn(rig), github: GITHUB },
    });
  });

  test('a second setup changes nothing, and a later one keeps it up to date', async ({ rig }) => {
    await rig.setup(SHARE);
    const before = await rig.bytes();
    await rig.setup(SHARE);
    expect(await rig.bytes()).toEqual(before);
    const newer = { github: { ...GITHUB, command: '/opt/github-2' } };
    await rig.setup({ servers: newer });
    expect(await rig.json()).toMatchObject({ mcpServers: { github: newer.github } });
    await rig.setup({ servers: {} });
    expect(await rig.json()).toMatchObject({ mcpServers: { github: newer.github } });
  });

  test('a shared server is taken away alone, and at the end the file is as it was', async ({ rig }) => {
    const original = '{"mcpServers": {"mine":{"command":"x"}},  "odd":1}\n';
    await rig.given(original);
    await rig.setup(SHARE);
    expect((await rig.bytes()).toString()).toContain('"mine":{"command":"x"}');
    await rig.remove({ share: ['github'] });
    expect(await rig.json()).toEqual({
      mcpServers: { mine: { command: 'x' }, claude_bridge_desktop: entryIn(rig) },
      odd: 1,
    });
    await rig.remove();
    expect((await rig.bytes()).toString()).toBe(original);
  });

  test('a shared server that somebody has changed since is neither replaced nor taken away', async ({
    rig,
  }) => {
    await rig.setup(SHARE);
    const changed = (await rig.bytes()).toString().replace('/opt/github', '/mine');
    await rig.given(changed);
    expect(await refusalOf(rig, 'github', SERVERS)).toContain('it has another server named github');
    await rig.setup({ servers: SERVERS });
    await rig.remove({ share: ['github'] });
    expect((await rig.bytes()).toString()).toBe(changed);
  });

  test("another's server of that name stays, to the byte", async ({ rig }) => {
    const original = '{"mcpServers":{"github":{"command":"theirs"}}}';
    await rig.given(original);
    expect(await refusalOf(rig, 'github', SERVERS)).toContain(
      'another server named github, which stays as it is',
    );
    await rig.remove({ share: ['github'] });
    expect((await rig.bytes()).toString()).toBe(original);
  });

  test('no value of it is shown before or after it is written', async ({ rig }) => {
    const plan = await rig.plan(SHARE);
    const out = { style: (_: unknown, text: string) => text } as never;
    const shown = [planLines(plan, out).join(' '), JSON.stringify(setupJson(plan, null))];
    for (const text of shown) {
      expect(text).toContain('github');
      expect(text).not.toContain('s3cret');
    }
    await rig.setup(SHARE);
    expect(await readFile(join(rig.context.stateDir, 'setup.json'), 'utf8')).toContain('github');
  });
});

describe('a server that cannot be shared', () => {
  test.for<[title: string, share: string, servers: Record<string, Record<string, unknown>>, why: RegExp]>([
    ['an unknown one', 'gone', SERVERS, /no server of that name \(there are: github, files\)/],
    ['one where there are none', 'gone', {}, /config\.json has no mcp_servers/],
    ['the name of what every object has', 'toString', SERVERS, /no server of that name/],
    [
      'one at an address',
      'team',
      { team: { type: 'http', url: 'https://mcp.example/x?key=s3cret', headers: { a: 'b' } } },
      /a server at mcp\.example, .* Settings > Connectors/,
    ],
    [
      'one with a variable',
      'v',
      { v: { command: 'x', env: { TOKEN: `\${TOKEN}` } } },
      /replaces no variable/,
    ],
    ['one without a command', 'v', { v: {} }, /needs a command/],
  ])('setup refuses %s, and writes nothing', async ([, share, servers, why], { rig }) => {
    const refusal = await refusalOf(rig, share, servers);
    expect(refusal).toMatch(why);
    expect(refusal).not.toContain('s3cret');
    expect(await rig.tree()).not.toContain(join('home', 'Claude', 'claude_desktop_config.json'));
  });
});
