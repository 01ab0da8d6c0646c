/**
 * What others test MCP servers with: the Inspector, and both conformance suites. They are large, so nothing installs them
 * with this package.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { runProgram } from '../../src/machine/program.ts';
import { freePort } from '../free-port.ts';
import { createRig } from '../rig.ts';
import { type Serving, serve } from './server.ts';

/** `npm install --prefix FOLDER` of the packages that CONTRIBUTING.md names. */
const folder = process.env.MCP_SUITES ?? '';

interface Served {
  readonly api: Serving;
  /** Adds the token to what it hands on: the conformance suites show none. */
  readonly proxyPort: number;
}

async function served(): Promise<Served> {
  const proxyPort = await freePort();
  const rig = await createRig({ storeClock: systemClock });
  onTestFinished(() => rig[Symbol.asyncDispose]());
  const hosts = [`127.0.0.1:${proxyPort}`, `localhost:${proxyPort}`];
  const api = await serve(rig, { clock: systemClock, http: { hosts } });
  onTestFinished(() => api[Symbol.asyncDispose]());
  const proxy = createServer((asked, answer) => {
    const authorization = `Bearer ${api.tokens.admin}`;
    const { method, url: path, headers } = asked;
    const onward = request({
      host: '127.0.0.1',
      port: api.port,
      method,
      path,
      headers: { ...headers, authorization },
    });
    onward.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    asked.pipe(onward);
  }).listen(proxyPort, '127.0.0.1');
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  );
  return { api, proxyPort };
}

/** The one program of a package, in a home of its own. */
async function run(name: string, args: readonly string[]) {
  const home = join(folder, 'home');
  const path = join(folder, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const program = join(path, typeof bin === 'string' ? bin : String(Object.values(bin)[0]));
  return runProgram(process.execPath, [program, ...args], {
    env: { HOME: home, PATH: process.env.PATH, NO_COLOR: '1' },
    timeoutMs: 60_000,
    cwd: folder,
  });
}

describe.skipIf(!existsSync(folder))('suites of others (needs MCP_SUITES, a folder that has them)', () => {
  test.each(
    ['desktop', 'code'].flatMap((side) => ['legacy', 'auto', 'modern'].map((era) => [side, era] as const)),
  )('the Inspector finds nothing wrong with the tools of %s over HTTP as a client of era %s', async (side, era) => {
    const { api } = await served();
    const { code, stdout, stderr } = await run('@modelcontextprotocol/inspector', [
      ...['--cli', '--server-url', `http://127.0.0.1:${api.port}/mcp/${side}`, '--transport', 'http'],
      ...['--header', `Authorization: Bearer ${api.tokens.admin}`, '--protocol-era', era],
      ...['--method', 'tools/list', '--strict', '--format', 'json', '-q'],
    ]);
    expect(code, stdout + stderr).toBe(0);
    expect(JSON.parse(stdout).result.tools.length).toBeGreaterThan(5);
  });

  test.each(
    ['desktop', 'code'].flatMap((side) => ['legacy', 'auto'].map((era) => [side, era] as const)),
  )('the Inspector finds nothing wrong with the tools of %s over stdio as a client of era %s', async (side, era) => {
    const rig = await createRig();
    onTestFinished(() => rig[Symbol.asyncDispose]());
    const serve = join(process.cwd(), 'test/mcp/fixtures/serve.ts');
    const { code, stdout, stderr } = await run('@modelcontextprotocol/inspector', [
      ...['--cli', process.execPath, '--experimental-strip-types', serve, side],
      ...['-e', `BRIDGE_HOME=${rig.home}`, '--protocol-era', era],
      ...['--method', 'tools/list', '--strict', '--format', 'json', '-q'],
    ]);
    expect(code, stdout + stderr).toBe(0);
  });

  test.each([
    ['conformance-2025', '2025-11-25', 'server-initialize'],
    ['conformance-2025', '2025-11-25', 'ping'],
    ['conformance-2025', '2025-11-25', 'tools-list'],
    ['conformance-2025', '2025-11-25', 'dns-rebinding-protection'],
    ['conformance-2026', '2025-11-25', 'server-initialize'],
    ['conformance-2026', '2025-11-25', 'ping'],
    ['conformance-2026', '2025-11-25', 'tools-list'],
    ['conformance-2026', '2026-07-28', 'tools-list'],
    ['conformance-2026', '2026-07-28', 'dns-rebinding-protection'],
    ['conformance-2026', '2026-07-28', 'http-header-validation'],
    ['conformance-2026', '2026-07-28', 'server-sse-multiple-streams'],
    ['conformance-2026', '2026-07-28', 'input-required-result-unsupported-methods'],
    ['conformance-2026', '2026-07-28', 'input-required-result-ignore-extra-params'],
  ])('the suite %s for %s passes in the scenario %s', async (suite, version, scenario) => {
    const { proxyPort } = await served();
    const { code, stdout, stderr } = await conformance(suite, proxyPort, version, scenario);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^Passed: [1-9]\d*\/\d+, 0 failed/m);
  });

  test('a server without sessions fails only the checks of 2026-07-28 that are about what our tools never do', async () => {
    const { proxyPort } = await served();
    const { stdout } = await conformance('conformance-2026', proxyPort, '2026-07-28', 'server-stateless');
    const plain = stripVTControlCharacters(stdout);
    const failed = [...plain.matchAll(/\[(\S+) *\] FAILURE/g)].map(([, check]) => check);
    expect(failed, plain).toEqual([
      // A tool of the suite's own is missing.
      'sep-2575-server-rejects-undeclared-capability',
      'sep-2575-missing-capability-http-400',
      // Nothing changes that could be subscribed to.
      'sep-2575-server-sends-subscription-ack',
      'sep-2575-server-tags-subscription-id',
    ]);
  });
});

function conformance(suite: string, port: number, version: string, scenario: string) {
  const url = `http://127.0.0.1:${port}/mcp/desktop`;
  return run(suite, ['server', '--url', url, '--scenario', scenario, '--spec-version', version]);
}
