/** What is kept and shown of the output of scripts. */
import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { ECHO, ownersFolder } from './owner-scripts.ts';
import { openStore, scripts } from './rig.ts';

const KEPT = 65_536;

async function printing(text: string, env: Record<string, string> = {}) {
  const owner = ownersFolder();
  owner.write('print.mjs', text, 0o644);
  owner.write('echo.sh', ECHO);
  owner.allow(['print.mjs', 'echo.sh']);
  const client = await scripts(owner.home, undefined, env);
  const ran = await client.call('run_script', { script: 'print.mjs' });
  const bridge = await openStore(owner.home);
  const row = await databaseOf(bridge).read.selectFrom('script_runs').selectAll().executeTakeFirstOrThrow();
  return { client, ran, row, facts: ran.facts, bridge };
}

describe('bounds', () => {
  test.each([
    ['one byte less', KEPT - 1, false],
    ['exactly as much', KEPT, false],
    ['one byte more', KEPT + 1, true],
    ['very much more', 3_000_000, true],
  ])('the end of %s than is kept is kept, and it is said when there was more', async (_, bytes, isCut) => {
    const { row, facts } = await printing(
      `process.stdout.write('a'.repeat(${bytes - 4}) + 'END.'); process.stderr.write('e');`,
    );
    expect(row.stdout.length).toBe(Math.min(bytes, KEPT));
    expect(row.stdout.endsWith('aEND.')).toBe(true);
    expect(row).toMatchObject({ stdout_bytes: bytes, stderr: 'e', stderr_bytes: 1 });
    expect(facts.stdout_truncated).toBe(isCut ? true : undefined);
    expect(facts.stdout_total_bytes).toBe(isCut ? bytes : undefined);
    expect(facts).not.toHaveProperty('stderr_truncated');
  });

  test('an answer has the end of the output, and get_operation_status the rest, until nothing is left', async () => {
    const lines = Array.from({ length: 3_000 }, (_, number) => `line ${number}`);
    const { client, ran, facts } = await printing(
      `console.log(Array.from({ length: 3000 }, (_, n) => 'line ' + n).join('\\n'));`,
    );
    expect(Buffer.byteLength(JSON.stringify(facts))).toBeLessThan(20_000);
    expect(Buffer.byteLength(ran.text)).toBeLessThan(20_000);
    expect(String(facts.stdout).endsWith('line 2999\n')).toBe(true);
    let from = /and from (\S+)\.$/.exec(String(facts.next))?.[1];
    let whole = '';
    while (from !== undefined) {
      const part = await client.call('get_operation_status', { operation_id: facts.operation_id, from });
      whole += part.facts.stdout;
      from = /and from (\S+)\.$/.exec(String(part.facts.next))?.[1];
    }
    expect(whole).toBe(`${lines.join('\n')}\n`);
    for (const wrong of ['1', 'stdin@0', 'stdout@-1', 'stdout@'])
      expect(
        (await client.call('get_operation_status', { operation_id: facts.operation_id, from: wrong }))
          .isError,
      ).toBe(true);
  });

  test('binary output and half characters are text that can be shown', async () => {
    const { row, facts } = await printing(
      `process.stdout.write(Buffer.concat([Buffer.from([0, 255, 27]), Buffer.from('[31mü\\u202e\\r\\n')])); process.stderr.write('ü'.repeat(40000));`,
    );
    expect(facts.stdout).not.toMatch(/[\u0000\u001b\u202e]/);
    expect(facts.stdout).toContain('ü');
    expect(row.stderr).toMatch(/^ü+$/);
  });
});

const TOKEN = `ghp_${'x1Y2'.repeat(9)}`;
const BODY = Array.from({ length: 40 }, (_, number) => `Ab${number}`.repeat(16).slice(0, 64)).join('\n');
const KEY = `-----BEGIN PRIVATE KEY-----\n${BODY}\n-----END PRIVATE KEY-----`;

describe('secrets', () => {
  test.each([
    ['a token of a known shape', TOKEN, TOKEN],
    ['a key of many lines', KEY, 'Ab7Ab7'],
    ['a password in an address', 'https://me:hunter2hunter2@example.com/', 'hunter2'],
    ['a header', 'Authorization: Bearer abcdefghijklmnop', 'abcdefghijkl'],
    ['an assignment', 'export API_TOKEN=abcdefghijklmnop', 'abcdefghijkl'],
  ])('%s that a script prints is neither kept nor shown; a plain word beside it is', async (_, secret, leak) => {
    const { ran, row } = await printing(`console.log(${JSON.stringify(`before\n${secret}\nafter`)});`);
    // What is looked for is printed: without redaction it would be here.
    expect(`before\n${secret}\nafter`).toContain(leak);
    for (const shown of [JSON.stringify(ran.facts), ran.text, JSON.stringify(row)]) {
      expect(shown).not.toContain(leak);
      expect(shown).toContain('[redacted]');
      expect(shown).toContain('before');
      expect(shown).toContain('after');
    }
  });

  test('a key whose beginning is no longer kept is recognized', async () => {
    const { row } = await printing(
      `console.log(${JSON.stringify(KEY)} + '\\n' + 'z'.repeat(${KEPT - 1_000}));`,
    );
    expect(row.stdout).not.toMatch(/Ab\d/);
    expect(row.stdout).toContain('zzzz');
  });

  test('the value of a variable that is named like a secret is not shown, whatever it looks like', async () => {
    const env = { MY_PASSWORD: 'correct horse', PLAIN: 'correct saddle' };
    const { facts } = await printing(`console.log(process.env.MY_PASSWORD, process.env.PLAIN);`, env);
    expect(facts.stdout).toBe('[redacted] correct saddle\n');
  });

  test('a secret among the arguments reaches the script, and is not kept', async () => {
    const { client, bridge } = await printing('');
    const args = [TOKEN, 'plain'];
    await client.call('run_script', { script: 'echo.sh', args });
    const rows = await databaseOf(bridge).read.selectFrom('script_runs').selectAll().execute();
    expect(rows[1]?.args).toBe('["[redacted]","plain"]');
    expect(rows[1]?.stdout_bytes).toBe(`<${TOKEN}>\n<plain>\n`.length);
  });
});
