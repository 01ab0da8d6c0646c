/** The link that signs a browser in: it works with the supervisor that answers, and else says what to do. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { describe, expect } from 'vitest';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { onLinux } from '../platform.ts';
import { rowsOf } from '../store/raw.ts';
import { type Rig, test } from './rig.ts';

/** A supervisor that serves the API on a port of its own. */
async function serving(rig: Rig, http: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const port = await freePort();
  await rig.configure({ http: { enabled: true, port, ...http } });
  rig.start({}, 'run');
  await eventually(async () => {
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  }, 20);
  return port;
}

async function spend(port: number, url: string): Promise<Response> {
  const code = new URL(url).hash.slice('#signin='.length);
  return fetch(`http://127.0.0.1:${port}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
}

describe('dashboard', () => {
  test('dashboard prints a link whose code signs one browser in, once, as admin', async ({ rig }) => {
    const port = await serving(rig);
    const { stdout, stderr } = await rig.run('dashboard');
    expect(stdout).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#signin=bsl_[\\w-]{22}\n$`));
    expect(stderr).toBe(
      "It signs one browser in, once, within 2 minutes, with the role 'admin'. Pass it to nobody else.\n",
    );
    const url = stdout.trim();
    expect(await (await spend(port, url)).json()).toMatchObject({ name: 'browser', role: 'admin' });
    expect((await spend(port, url)).status).toBe(401);
    expect((await rig.run('token', 'list')).stdout).toMatch(/^browser {2}admin {3}signed in .*, until /);
    expect(JSON.stringify(rowsOf(rig.home, 'sign_in_codes'))).toBe('[]');
  });

  test('dashboard --print prints the link alone, and --json with its role and end', async ({ rig }) => {
    const port = await serving(rig);
    const printed = await rig.run('dashboard', '--print', '--role', 'read');
    expect([printed.stdout.split('\n').length, printed.stderr]).toEqual([2, '']);
    expect(await (await spend(port, printed.stdout.trim())).json()).toMatchObject({ role: 'read' });
    const { url, role } = OUTPUTS.dashboard.parse(
      JSON.parse((await rig.run('dashboard', '--json', '--role', 'decide')).stdout),
    );
    expect(role).toBe('decide');
    expect((await spend(port, url)).status).toBe(200);
  });

  /** The command in a terminal of a desktop, where opening an address is noted in a file. */
  async function inTerminal(rig: Rig, options: string, env: Readonly<Record<string, string>> = {}) {
    const opened = `${rig.root}/opened`;
    const opener = `#!/bin/sh\nprintf '%s\\n' "$#" "$1" >"${opened}.draft" && mv "${opened}.draft" "${opened}"\n`;
    await mkdir(`${rig.root}/bin`, { recursive: true });
    await writeFile(`${rig.root}/bin/xdg-open`, opener, { mode: 0o755 });
    const wrapper = ['sh', '-c', `exec script -qefc "$* ${options}" /dev/null`, 'sh'];
    const { PATH } = rig.environment;
    const desktop = { DISPLAY: ':0', PATH: `${rig.root}/bin:${PATH}`, ...env };
    const ended = await rig.runWith({ wrapper, env: desktop }, 'dashboard');
    return { ...ended, opened };
  }

  test.skipIf(!onLinux)(
    'dashboard opens its link in a terminal on a desktop, and no other user reads it in the list of processes (needs script of util-linux)',
    async ({ rig }) => {
      await serving(rig);
      const { stdout, opened } = await inTerminal(rig, '');
      const [url = ''] = /^http:\S+/.exec(stdout) ?? [];
      expect(stdout).toContain('It opens in your browser;');
      const file = `${rig.home}/sign-in.html`;
      const expected = `1\n${pathToFileURL(file).href}\n`;
      await eventually(async () => expect(await readFile(opened, 'utf8')).toBe(expected));
      expect(await readFile(file, 'utf8')).toContain(`content="0;url=${url}"`);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    },
  );

  test.skipIf(!onLinux)(
    'dashboard opens nothing with --print, with --json and over ssh (needs script of util-linux)',
    async ({ rig }) => {
      await serving(rig);
      const ssh = { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 22' };
      for (const [options, env] of [['--print'], ['--json'], ['', ssh]] as const) {
        const { stdout, opened } = await inTerminal(rig, options, env);
        expect(stdout).toContain('#signin=bsl_');
        expect(stdout).not.toContain('opens');
        expect(existsSync(opened)).toBe(false);
      }
    },
  );

  test('dashboard --phone prints the public address, also as a QR code, for one who decides', async ({
    rig,
  }) => {
    await serving(rig, { public_url: 'https://box.example' });
    const { stdout, stderr } = await rig.run('dashboard', '--phone');
    const [url = '', ...code] = stdout.trimEnd().split('\n');
    expect(url).toMatch(/^https:\/\/box\.example\/#signin=bsl_/);
    expect(code.length).toBeGreaterThan(15);
    expect(code.every((line) => /^[█▀▄ ]+$/.test(line))).toBe(true);
    expect(stderr).toContain("within 10 minutes, with the role 'decide'");
    expect(rowsOf(rig.home, 'sign_in_codes')).toMatchObject([{ name: 'phone', role: 'decide' }]);
  });

  test('token revoke ends what a signed-in browser has open within a second', async ({ rig }) => {
    const port = await serving(rig);
    const answer = await spend(port, (await rig.run('dashboard', '--print')).stdout.trim());
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const { key } = (await answer.json()) as { key: string };
    const headers = { cookie, 'bridge-key': key };
    const stream = await fetch(`http://127.0.0.1:${port}/events`, { headers });
    expect(stream.status).toBe(200);
    const whole = stream.text();
    expect((await rig.run('token', 'revoke', 'browser')).stdout).toBe("The token 'browser' is revoked.\n");
    const revoked = performance.now();
    expect(await whole).toMatch(/event: bye\ndata: \{"reason":"revoked"\}\n\n$/);
    expect(performance.now() - revoked).toBeLessThan(1_000);
    expect((await fetch(`http://127.0.0.1:${port}/session`, { headers })).status).toBe(401);
  });

  test('dashboard makes no code that nobody can spend, and says what is wrong and what to do', async ({
    rig,
  }) => {
    await rig.configure({ http: { enabled: false } });
    const said = async (...options: string[]) => {
      const { code, stdout, stderr } = await rig.run('dashboard', ...options);
      expect([code, stdout]).toEqual([1, '']);
      return stderr;
    };
    expect(await said()).toBe(
      'bridge-supervisor: the HTTP API is off. Set {"http": {"enabled": true}} in config.json, then: bridge-supervisor restart\n',
    );
    const port = await freePort();
    await rig.configure({ http: { enabled: true, port } });
    expect(await said()).toMatch(/no supervisor runs, .*\. Start it with: bridge-supervisor start\n$/);
    expect(await said('--phone')).toMatch(/a phone cannot reach 127\.0\.0\.1\. .*http\.public_url/);

    const other = createServer((_, answer) => answer.end('hello')).listen(port, '127.0.0.1');
    await once(other, 'listening');
    rig.start({}, 'run');
    await eventually(async () => {
      expect(await said()).toMatch(
        new RegExp(`another program answers on port ${port} of 127\\.0\\.0\\.1\\. Free the port`),
      );
    }, 20);
    other.close();
    await once(other, 'close');
    await rig.configure({ http: { enabled: true, port: await freePort() } });
    expect(await said()).toMatch(
      /does not listen on port \d+ of 127\.0\.0\.1\. .* bridge-supervisor restart/,
    );
    expect(rowsOf(rig.home, 'sign_in_codes')).toEqual([]);
  });

  test('dashboard on the port of another supervisor makes no code', async ({ rig }) => {
    const port = await serving(rig);
    const elsewhere = { env: { BRIDGE_HOME: `${rig.root}/second` } };
    const configure = (http: object) => writeFile(`${rig.root}/second/config.json`, JSON.stringify({ http }));
    await mkdir(`${rig.root}/second`, { mode: 0o700 });
    await configure({ enabled: false });
    const started = rig.start(elsewhere, 'run');
    await started.prints(/supervisor\.started/);
    const { stderr } = await rig.runWith(elsewhere, 'dashboard');
    expect(stderr).toContain('the HTTP API is off');
    await configure({ enabled: true, port });
    const other = await rig.runWith(elsewhere, 'dashboard');
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringContaining(`another program answers on port ${port}`),
    ]);
  });

  test('a run can make no link', async ({ rig }) => {
    const { code, stderr } = await rig.runWith({ env: { BRIDGE_RUN_ID: 'a00000000001' } }, 'dashboard');
    expect([code === 0, stderr]).toEqual([false, expect.stringContaining('a run cannot decide about work')]);
  });
});
