import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { buildDesktopServer, DESKTOP_TOOLS } from '../../src/mcp/desktop.ts';
import { lineTransport } from '../../src/mcp/line-transport.ts';
import { bridgeAccess } from '../../src/mcp/open-bridge.ts';
import { eventually } from '../eventually.ts';
import { rowsIn, SERVE, ServerProcess, stateFolder } from './rig.ts';

async function serve(home = stateFolder()): Promise<ServerProcess> {
  const server = new ServerProcess([...SERVE, 'desktop'], { BRIDGE_HOME: home });
  await server.initialize();
  return server;
}

/** A server on streams of this process, which has been told one line: the answer to `a`, and what was said of the line. */
async function told(line: string): Promise<{ answer: unknown; said: readonly string[] }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const said: string[] = [];
  const server = buildDesktopServer(bridgeAccess({ BRIDGE_HOME: stateFolder() }, systemClock));
  await server.connect(lineTransport(input, output, (why) => said.push(why)));
  onTestFinished(() => server.close());
  let written = '';
  output.setEncoding('utf8').on('data', (text) => {
    written += text;
  });
  input.write(`${line}\n`);
  const answer = await eventually(() => {
    const answers = written
      .split('\n')
      .filter((one) => one !== '')
      .map((one) => JSON.parse(one));
    const found = answers.find(({ id }) => id === 'a');
    if (!found) throw new Error(`no answer: ${written}`);
    return found;
  });
  return { answer, said };
}

/** The lines on stderr about messages, once the server has taken everything in. */
async function said(server: ServerProcess): Promise<string[]> {
  await server.request('ping');
  server.endInput();
  expect(await server.exit).toBe(0);
  return server.stderr.split('\n').filter((line) => line.startsWith('bridge-supervisor:'));
}

describe('unreadable messages', () => {
  test.each([
    [
      'malformed JSON',
      '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{',
      -32700,
      'it is not JSON',
    ],
    [
      'malformed JSON with its id at the end',
      '{"method":tools/list,"jsonrpc":"2.0","id":"a"}',
      -32700,
      'it is not JSON',
    ],
    ['a batch', '[{"jsonrpc":"2.0","id":"a","method":"ping"}]', -32600, 'it is a batch'],
    ['no jsonrpc', '{"id":"a","method":"tools/list"}', -32600, "it lacks 'jsonrpc'"],
    ['another jsonrpc', '{"jsonrpc":2,"id":"a","method":"tools/list"}', -32600, "it lacks 'jsonrpc'"],
    ['no method', '{"jsonrpc":"2.0","id":"a"}', -32600, "its 'method' is no text"],
    ['a method that is no text', '{"jsonrpc":"2.0","id":"a","method":5}', -32600, "its 'method' is no text"],
    [
      'params that are no object',
      '{"jsonrpc":"2.0","id":"a","method":"ping","params":"x"}',
      -32600,
      "its 'params' are no object",
    ],
    [
      'params that are a list',
      '{"jsonrpc":"2.0","id":"a","method":"ping","params":[1]}',
      -32600,
      "its 'params' are no object",
    ],
  ])('an unreadable message is answered where an id can be read and reported on stderr, and the server goes on: %s', async (_, line, code, why) => {
    const message = expect.stringContaining(`The message cannot be read: ${why}`);
    expect(await told(line)).toEqual({
      answer: { jsonrpc: '2.0', id: 'a', error: { code, message } },
      said: [expect.stringContaining(why)],
    });
  });

  test('the server in a process of its own answers an unreadable message', async () => {
    const server = await serve();
    server.write('{"id":"a","method":"tools/list"}');
    expect(await server.response('a')).toMatchObject({ error: { code: -32600 } });
    const lines = await said(server);
    expect(lines).toEqual([
      expect.stringContaining("a message of the client could not be read: it lacks 'jsonrpc'"),
    ]);
  });

  test('an id that is no whole number is given back as it is', async () => {
    const server = await serve();
    server.write('{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}');
    expect(await server.response(1.5)).toMatchObject({ error: { code: -32600 } });
  });

  test('every request of a batch is answered', async () => {
    const server = await serve();
    server.write('[{"jsonrpc":"2.0","id":"x","method":"ping"},{"jsonrpc":"2.0","method":"n"},{"id":"y"},7]');
    expect(await server.response('x')).toMatchObject({ error: { code: -32600 } });
    expect(await server.response('y')).toMatchObject({ error: { code: -32600 } });
  });

  test.each([
    ['text', 'hello'],
    ['a header of another protocol', 'Content-Length: 12'],
    ['no object', '5'],
    ['no id', '{"jsonrpc":"2.0","method":5}'],
    ['an id inside its params', '{"jsonrpc":"2.0","method":"tools/call","params":{"id":5'],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"ping"}'],
    ['an answer to nothing', '{"jsonrpc":"2.0","id":99,"result":{}}'],
  ])('a message without a readable id, %s, is answered to nobody, and reported', async (_, line) => {
    const server = await serve();
    server.write(line);
    expect(await said(server)).toHaveLength(1);
    expect(server.stdout.map((answer) => JSON.parse(answer))).toHaveLength(2);
  });

  test('the report of an unreadable message is one short line in which nothing can move a cursor', async () => {
    const server = await serve();
    server.write(`\u001b[2J\u202e${'x'.repeat(10_000)}`);
    const [line = ''] = await said(server);
    expect(line).toMatch(/\\u001b\[2J\\u202exxx/);
    expect(line.length).toBeLessThan(400);
  });

  test('a client that sends nothing but bad lines does not fill its log', async () => {
    const server = await serve();
    server.writeBytes('bad\n'.repeat(5_000));
    expect(await said(server)).toHaveLength(101);
  });

  test('bytes that are no text are not stored as other text', async () => {
    const home = stateFolder();
    const server = await serve(home);
    const args = { plan_markdown: '# never touch ?' };
    const call = {
      jsonrpc: '2.0',
      id: 'a',
      method: 'tools/call',
      params: { name: 'bridge_send_plan', arguments: args },
    };
    const bytes = Buffer.from(`${JSON.stringify(call)}\n`);
    bytes[bytes.indexOf('?')] = 0xff;
    server.writeBytes(bytes);
    expect(await server.response('a')).toMatchObject({ error: { code: -32700 } });
    await said(server);
    args.plan_markdown = '# a \uFFFD of one’s own';
    const other = await serve(home);
    expect((await other.call('bridge_send_plan', args)).facts.title).toBe('a \uFFFD of one’s own');
    expect(await rowsIn(home, 'projects')).toHaveLength(1);
  });

  test('a line of more than ten megabytes is passed over, and the next one is read', async () => {
    const server = await serve();
    server.write(
      `{"jsonrpc":"2.0","id":"big","method":"tools/call","params":{"x":"${'x'.repeat(11_000_000)}"}}`,
    );
    expect(await server.response('big')).toMatchObject({
      error: { code: -32600, message: expect.stringContaining('longer than 10485760 bytes') },
    });
    const lines = await said(server);
    expect(lines).toEqual([expect.stringContaining('longer than 10485760 bytes')]);
  });
});

describe('unusual messages', () => {
  test.each([
    ['params null', '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":null}'],
    ['params []', '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":[]}'],
    ['a null cursor', '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{"cursor":null}}'],
    ['a cursor that is a number', '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{"cursor":5}}'],
    ['a null _meta', '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{"_meta":null}}'],
    [
      'a null progress token',
      '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{"_meta":{"progressToken":null}}}',
    ],
    [
      'a task that is none',
      '{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/related-task":5}}}',
    ],
    ['a member that is not known', '{"jsonrpc":"2.0","id":"a","method":"tools/list","auth":null,"x":1}'],
    ['a byte order mark', '\uFEFF{"jsonrpc":"2.0","id":"a","method":"tools/list"}'],
    ['spaces and a Windows line end', ' \t{"jsonrpc":"2.0","id":"a","method":"tools/list"} \r'],
  ])('an unusual message is understood: %s', async (_, line) => {
    const { answer, said } = await told(line);
    expect(answer).toMatchObject({ result: { tools: { length: DESKTOP_TOOLS.length } } });
    expect(said).toEqual([]);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    [
      'null at every depth',
      {
        protocolVersion: '2025-06-18',
        capabilities: { roots: null, sampling: { tools: null } },
        clientInfo: { name: 'x', version: '1', title: null },
      },
    ],
    ['no version and no capabilities', { clientInfo: { name: 'x' } }],
    ['numbers', { protocolVersion: 20250618, clientInfo: { name: 5, version: 1, title: [] } }],
    [
      'members of other kinds',
      {
        protocolVersion: '2025-06-18',
        capabilities: { roots: true, sampling: [], elicitation: 'yes', tasks: 1 },
        clientInfo: { name: 'x', version: '1', icons: 'x.png', websiteUrl: 'here', description: {} },
      },
    ],
    ['texts', { capabilities: 'none', clientInfo: 'x 1.0' }],
  ])('the server understands a client that introduces itself with %s', async (_, params) => {
    const { answer } = await told(JSON.stringify({ jsonrpc: '2.0', id: 'a', method: 'initialize', params }));
    expect(answer).toMatchObject({ result: { serverInfo: { name: 'claude_bridge_desktop' } } });
  });

  test('an error of the protocol is one line', async () => {
    const output = new PassThrough();
    const transport = lineTransport(new PassThrough(), output, () => undefined);
    const error = { code: -32603, message: `[\n  {\n${'    "expected": "string",\n'.repeat(100)}  }\n]` };
    await transport.send({ jsonrpc: '2.0', id: 'a', error });
    const { message } = JSON.parse(String(output.read())).error;
    expect(message).toMatch(/^\[ \{ "expected": "string", [^\n]{1,480}$/);
  });

  test('the server reads a last message without the end of its line', async () => {
    const server = await serve();
    server.writeBytes(
      '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"bridge_list_projects"}}',
    );
    server.endInput();
    expect(await server.exit).toBe(0);
    expect(await server.response('a')).toMatchObject({ result: { structuredContent: { projects: [] } } });
  });

  test('the server reads a message that comes in many pieces, in the middle of a character', async () => {
    const server = await serve();
    const line = `${JSON.stringify({ jsonrpc: '2.0', id: '🐝', method: 'ping' })}\n`;
    for (const byte of Buffer.from(line)) server.writeBytes(Uint8Array.of(byte));
    expect(await server.response('🐝')).toMatchObject({ result: {} });
  });

  test('an unknown method is answered -32601', async () => {
    const server = await serve();
    expect(await server.request('resources/list')).toMatchObject({
      error: { code: -32601, message: 'Method not found' },
    });
  });
});

const FULL = '/dev/full';

describe('broken connections', () => {
  test.skipIf(!existsSync(FULL))(
    'a broken connection is reported on stderr, and the exit code is not 0 (needs /dev/full)',
    () => {
      const stdout = openSync(FULL, 'w');
      const { status, stderr } = spawnSync(process.execPath, [...SERVE, 'desktop'], {
        env: { BRIDGE_HOME: stateFolder() },
        input: '{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
        stdio: ['pipe', stdout, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(stdout);
      expect(stderr).toMatch(/^bridge-supervisor: the connection to the client ended: ENOSPC/m);
      expect(status).toBe(1);
    },
  );
});
