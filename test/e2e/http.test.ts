/** The HTTP API of a real supervisor, with a real Claude. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { runProgram } from '../../src/machine/program.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { freePort } from '../free-port.ts';
import { bridgeCall, test, waitUntil } from './rig.ts';

describe('HTTP', () => {
  test('work is rejected and approved with curl, revised by Claude, and recorded under the name of the token', async ({
    rig,
  }) => {
    const folder = await rig.workspace('site');
    const file = join(folder, 'greeting.txt');
    rig.script = sequence([
      call('Write', { file_path: file, content: 'hello' }),
      bridgeCall('bridge_send_completion', { summary: 'Wrote a greeting', files_created: ['greeting.txt'] }),
      say('Submitted.'),
      call('Write', { file_path: file, content: 'Good day' }),
      bridgeCall('bridge_send_completion', { summary: 'Made it formal', files_modified: ['greeting.txt'] }),
      say('Submitted again.'),
    ]);
    const port = await freePort();
    await rig.configure({ http: { enabled: true, port } });
    const token = (await rig.command('token', 'add', 'phone', '--role', 'decide')).stdout.trim();
    await rig.startSupervisor();
    await rig.logged('http.listening');
    const curl = async (...args: string[]) => {
      const [path = '', ...rest] = args;
      const done = await runProgram(
        'curl',
        ['-sS', '-H', `Authorization: Bearer ${token}`, ...rest, `http://127.0.0.1:${port}${path}`],
        { env: rig.environment, timeoutMs: 20_000 },
      );
      return JSON.parse(done.stdout);
    };
    expect(await curl('/health')).toMatchObject({ status: 'ok', db_path: join(rig.home, 'bridge.db') });

    const id = await rig.send('---\nworkspace: site\n---\n# Greeting\nWrite a greeting into greeting.txt.');
    await rig.until(id, 'awaiting_approval');
    expect(await curl('/projects')).toMatchObject([{ id, status: 'awaiting_approval' }]);
    await rig.happened('run.ended', id);
    const json = ['-H', 'Content-Type: application/json', '-d', '{"reason": "Be formal"}'];
    expect(await curl(`/projects/${id}/reject`, '-X', 'POST', ...json)).toMatchObject({ round: 1 });
    await rig.until(id, 'awaiting_approval');
    expect(await readFile(file, 'utf8')).toBe('Good day');
    const story = await curl(`/projects/${id}`);
    expect(story).toMatchObject({ completion: { round: 2 }, approval: { verdict: 'rejected' } });
    expect(await curl(`/projects/${id}/approve`, '-X', 'POST')).toMatchObject({ round: 2, repeated: false });
    const { decisions } = await rig.until(id, 'complete');
    expect(decisions.map(({ decidedBy, decidedVia }) => [decidedBy, decidedVia])).toEqual([
      ['person: phone', 'http'],
      ['person: phone', 'http'],
    ]);
  });

  test('a port in use is said by status, doctor and loop.log while work goes on', async ({ rig }) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await rig.configure({ http: { enabled: true, port } });
    await rig.startSupervisor();
    await rig.logged(/http\.not_listening .*cause="it is in use"/);
    const words = `the HTTP API cannot listen on port ${port} of 127.0.0.1 (it is in use)`;
    await waitUntil(async () => (await rig.command('status')).stdout.includes(words), 'status to say so');
    expect((await rig.command('doctor', 'supervisor')).stdout.replaceAll(/\s+/g, ' ')).toContain(words);
    other.close();
    await once(other, 'close');
  });

  test('a supervisor opens no socket unless the HTTP API is turned on', async ({ rig }) => {
    const supervisor = await rig.startSupervisor();
    await rig.logged('supervisor.started');
    const { stdout } = await runProgram('ls', ['-l', `/proc/${supervisor.pid}/fd`], {
      env: rig.environment,
      timeoutMs: 10_000,
    });
    const inodes = [...stdout.matchAll(/socket:\[(\d+)\]/g)].map(([, inode]) => inode);
    const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
    const LISTENING = '0A';
    const listening = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)));
    const own = listening.filter((cells) => cells[3] === LISTENING && inodes.includes(cells[9]));
    expect(own).toEqual([]);
  });

  test('the example of the API sends a plan, follows it and approves it, and does nothing more when it is started again', async ({
    rig,
  }) => {
    const folder = await rig.workspace('site');
    rig.script = sequence([
      call('Write', { file_path: join(folder, 'greeting.txt'), content: 'hello' }),
      bridgeCall('bridge_send_completion', { summary: 'Wrote a greeting', files_created: ['greeting.txt'] }),
      say('Submitted.'),
    ]);
    const port = await freePort();
    await rig.configure({ http: { enabled: true, port } });
    const token = (await rig.command('token', 'add', 'example', '--role', 'admin')).stdout.trim();
    await rig.startSupervisor();
    await rig.logged('http.listening');
    const plan = join(rig.root, 'plan.md');
    await writeFile(plan, '---\nworkspace: site\n---\n# Greeting\nWrite a greeting into greeting.txt.');
    const example = fileURLToPath(new URL('../../examples/api.ts', import.meta.url));
    const run = () =>
      runProgram(process.execPath, ['--experimental-strip-types', '--no-warnings', example, plan], {
        env: { ...rig.environment, TOKEN: token, BRIDGE_URL: `http://127.0.0.1:${port}` },
        timeoutMs: 60_000,
      });
    const first = await run();
    const lines = first.stdout.trim().split('\n');
    expect(lines[0], first.stderr).toMatch(/^sent [0-9a-f]{12}$/);
    expect(lines.slice(1).filter((line) => !line.startsWith('run.'))).toEqual([
      'project.sent',
      'project.claimed',
      'project.submitted',
      'project.verified',
      'project.approved',
      'project.completed',
      'it is complete',
    ]);
    expect(first.code).toBe(0);
    const again = await run();
    expect(again.stdout.split('\n')[0]).toBe(lines[0]);
    expect(again.code).toBe(0);
  });
});
