/** The doctor beside a service of a real systemd: what it says of it, and a whole plan as that service would run it. */
import { describe, expect } from 'vitest';
import type { Finding } from '../../src/doctor/check.ts';
import { test } from '../service/installed-rig.ts';
import { whyNoSystemd } from '../service/namespace.ts';

interface Report {
  readonly findings: readonly Finding[];
}

const why = await whyNoSystemd();

describe.skipIf(why !== undefined)(`the doctor beside a service of systemd ${why ? `(${why})` : ''}`, () => {
  test('an installed service is found, with its environment, and carries a plan through', async ({
    service,
    rig,
  }) => {
    expect(await service.command('install', '--yes')).toMatchObject({ code: 0 });
    // What the person has here and the service has not must not be taken for its own.
    rig.environment = { ...rig.environment, ANTHROPIC_AUTH_TOKEN: 'only-in-the-terminal' };
    const { stdout } = await service.command('doctor', 'service', 'supervisor', 'claude', 'deep', '--json');
    const { findings } = JSON.parse(stdout) as Report;
    const line = (check: string) => findings.find((finding) => finding.check === check);
    expect(line('service.installed')).toMatchObject({ verdict: 'ok' });
    expect(line('service.program')).toMatchObject({ verdict: 'ok', subject: process.execPath });
    expect(line('service.environment')).toMatchObject({ verdict: 'ok' });
    expect(line('service.state')).toMatchObject({
      verdict: 'ok',
      message: expect.stringMatching(/is running \(pid \d+\)/),
    });
    expect(line('supervisor.lease')).toMatchObject({ verdict: 'ok' });
    expect(line('claude.program')).toMatchObject({
      verdict: 'ok',
      message: expect.stringContaining('found in the environment of the service'),
    });
    expect(line('claude.account')?.message).not.toContain('ANTHROPIC_AUTH_TOKEN');
    expect(line('deep.loop')).toMatchObject({
      verdict: 'ok',
      message: expect.stringContaining('in the environment of the service'),
    });
  });

  test('a service that has given up is a problem that says how to go on', async ({ service }) => {
    expect(await service.command('install', '--yes')).toMatchObject({ code: 0 });
    await service.override('ExecStart=\nExecStart=/bin/false\nRestartSec=10ms');
    await service.manager.systemctl('restart', 'bridge-supervisor*').catch(() => undefined);
    await expect
      .poll(
        async () => {
          const { stdout } = await service.command('doctor', 'service', '--json');
          const { findings } = JSON.parse(stdout) as Report;
          return findings.find(({ check }) => check === 'service.state');
        },
        { interval: 500 },
      )
      .toMatchObject({ verdict: 'problem', hint: expect.stringContaining('bridge-supervisor start') });
  });
});
