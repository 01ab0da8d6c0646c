/** How the commands speak of a service, and to it, where one is installed for the state folder. */
import { chmod, rm, writeFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { currentLease } from '../../src/bridge/lease.ts';
import { recordWorktree } from '../../src/bridge/worktrees.ts';
import { install } from '../../src/cli/commands/install.ts';
import { showLogs } from '../../src/cli/commands/logs.ts';
import { start } from '../../src/cli/commands/start.ts';
import { stop } from '../../src/cli/commands/stop.ts';
import { uninstall } from '../../src/cli/commands/uninstall.ts';
import { statusLines } from '../../src/cli/views/status-text.ts';
import { statusReport } from '../../src/control/status-report.ts';
import { ServiceError, type ServiceStatus } from '../../src/machine/service/service.ts';
import { PLACE } from '../bridge/submitted.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { stableText } from '../stable-text.ts';
import { RUNNING, type ServiceRig, STOPPED, test } from './service-rig.ts';
import { holdLease, NOBODY, TOKEN, thisProcess } from './stories.ts';

async function installed(service: ServiceRig): Promise<void> {
  await install(service.cli(), { start: false }, service.services);
  service.play.calls.length = 0;
}

async function starting(service: ServiceRig, timeoutMs = 20_000) {
  const cli = service.cli();
  await start(cli, timeoutMs, service.services);
  return { code: cli.exitCode, stdout: cli.stdout(), stderr: cli.stderr() };
}

async function stopping(service: ServiceRig, timeoutMs = 20_000) {
  const cli = service.cli();
  await stop(cli, timeoutMs, { services: service.services });
  return { code: cli.exitCode, stdout: cli.stdout(), stderr: cli.stderr() };
}

async function status(service: ServiceRig) {
  const cli = service.cli();
  const report = await statusReport(cli, await service.bridge, service.services);
  return { report, text: statusLines(report, cli.out).join('\n') };
}

describe.skipIf(onWindows)('start of a service (plays claude by a script with #!)', () => {
  test('start has the manager start the service, waits for its lease, and says which', async ({
    service,
  }) => {
    await installed(service);
    const { code, stdout } = await starting(service);
    expect(code).toBe(0);
    expect(service.play.calls).toEqual(['start']);
    expect(stdout).toMatch(/^The played service bridge-supervisor-.* is running \(pid \d+\)\.\n/);
    expect((await starting(service)).stdout).toMatch(/^The played service .* was already running \(pid/);
    expect(service.play.calls).toEqual(['start']);
  });

  test('start that fails says what the manager knows and what was printed', async ({ service }) => {
    await installed(service);
    service.play.printed = 'Error: no luck';
    service.play.onStart = async () => {
      service.play.status = { ...STOPPED, state: 'gave-up', cause: { kind: 'start-limit', end: 'SIGKILL' } };
    };
    const { code, stderr } = await starting(service);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^the played service .* did not start: it ended too often, .* It printed: Error: no luck/,
    );
  });

  test('start that the manager refuses says its reason', async ({ service }) => {
    await installed(service);
    service.play.onStart = async () => {
      throw new ServiceError('systemd did not start it: access denied.');
    };
    expect(await starting(service)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('access denied'),
    });
  });

  test('start without a result in time says where to look', async ({ service }) => {
    await installed(service);
    service.play.onStart = async () => {
      service.play.status = RUNNING;
    };
    const { code, stderr } = await starting(service, 100);
    expect(code).toBe(1);
    expect(stderr).toContain('bridge-supervisor logs --service');
  });

  test('start says when a background supervisor is in the service’s place', async ({ service }) => {
    await installed(service);
    await holdLease(await service.bridge, await thisProcess());
    const { code, stdout } = await starting(service);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^A supervisor was already running in the background \(pid \d+\)\.\n/);
    expect(stdout).toContain('bridge-supervisor restart');
    expect(service.play.calls).toEqual([]);
  });

  test('start refuses a service without its environment file, and says how to write it', async ({
    service,
  }) => {
    await installed(service);
    await rm(`${service.home}/service.env`);
    await expect(starting(service)).rejects.toThrow(/service\.env is missing.*bridge-supervisor install/);
  });
});

describe.skipIf(onWindows)('stop of a service (plays claude by a script with #!)', () => {
  test('stop has the manager stop the service, and says when it starts again', async ({ service }) => {
    await installed(service);
    await starting(service);
    const { code, stdout } = await stopping(service);
    expect(code).toBe(0);
    expect(service.play.calls).toEqual(['start', 'stop']);
    expect(stdout).toMatch(/^Stopped the played service .* \(pid \d+\)\.\n/);
    expect(stdout).toContain(
      'It starts again at the next login. To prevent that: bridge-supervisor uninstall\n',
    );
    expect(await currentLease(await service.bridge)).toBeUndefined();
  });

  test('stop says that the service does not run', async ({ service }) => {
    await installed(service);
    expect((await stopping(service)).stdout).toMatch(/^The played service .* was not running\./);
  });

  test('stop ends a supervisor beside the service too', async ({ service }) => {
    await installed(service);
    const running = service.start({}, 'run');
    await running.prints(/supervisor\.started/);
    const { stdout } = await stopping(service);
    expect(stdout).toMatch(new RegExp(`^Stopped the supervisor \\(pid ${running.child.pid}\\)\\.\n`));
    expect((await running.ended).code).toBe(0);
  });

  test('stop signals after the time it was given', async ({ service }) => {
    await installed(service);
    const deaf = service.sleeper();
    service.play.status = { ...RUNNING, pid: deaf.pid ?? 0 };
    const { identify } = await import('../../src/machine/identity.ts');
    const identity = await identify(deaf.pid ?? 0);
    if (!identity) throw new Error('it does not live');
    await holdLease(await service.bridge, identity);
    service.play.onStop = () => eventually(() => expect(deaf.signalCode).not.toBeNull());
    const { stdout } = await stopping(service, 50);
    expect(stdout).toMatch(new RegExp(`^Stopped the played .* \\(pid ${deaf.pid}, ended by SIGINT\\)`));
  });
});

describe.skipIf(onWindows)('status of a service (plays claude by a script with #!)', () => {
  test('status shows what the manager says, in words and as JSON', async ({ service }) => {
    await installed(service);
    await starting(service);
    const { report, text } = await status(service);
    expect(report).toMatchObject({
      ok: true,
      service: {
        manager: 'systemd',
        scope: 'user',
        state: 'running',
        startsAt: 'login',
        detail: null,
        next: null,
      },
      problems: [],
      warnings: [],
    });
    expect(text).toMatch(/^Service: played service bridge-supervisor-.* · running · starts at login$/m);
  });

  test('status asks no manager and has no service where none is installed', async ({ service }) => {
    const { report, text } = await status(service);
    expect(report.service).toBeNull();
    expect(text).not.toContain('Service:');
  });

  test.for([
    [
      'failed',
      { kind: 'permanent-failure' },
      /^It ended with exit code 78; .* then: bridge-supervisor start$/,
      '',
    ],
    [
      'gave-up',
      { kind: 'start-limit', end: 'SIGKILL' },
      /^It ended too often, .*: bridge-supervisor start$/,
      '',
    ],
    [
      'waiting',
      { kind: 'exited', end: 'SIGKILL' },
      /^It ended \(SIGKILL\); .*\.$/,
      ' Next: bridge-supervisor logs --service',
    ],
    ['failed', null, null, "its state is 'failed'. Next: bridge-supervisor start"],
  ] as const)('a service that is %s is a problem, with the command that helps', async ([
    state,
    cause,
    detail,
    next,
  ], { service }) => {
    await installed(service);
    service.play.status = { ...STOPPED, state, cause };
    const { report } = await status(service);
    expect(report).toMatchObject({ ok: false, service: { state } });
    if (detail) expect(report.service?.detail).toMatch(detail);
    else expect(report.service?.detail).toBeNull();
    expect(report.problems).toEqual([`${report.service?.title}: ${report.service?.detail ?? ''}${next}`]);
  });

  test('a supervisor beside a service that does not run is a warning', async ({ service }) => {
    await installed(service);
    await holdLease(await service.bridge, await thisProcess());
    const { report } = await status(service);
    expect(report.ok).toBe(true);
    expect(report.warnings).toEqual([
      expect.stringContaining('runs in the background, not as the installed service'),
    ]);
    expect(report.service?.next).toBe('bridge-supervisor restart');
  });

  test('status warns of another version, and of an environment file that is missing or that others read', async ({
    service,
  }) => {
    await installed(service);
    await chmod(`${service.home}/service.env`, 0o644);
    expect((await status(service)).report.warnings).toEqual([expect.stringContaining('chmod 600')]);
    await rm(`${service.home}/service.env`);
    await writeFile(
      service.unit,
      `# bridge-supervisor service, version 0.0.1, state folder ${service.home}\n`,
    );
    expect((await status(service)).report.warnings).toEqual([
      expect.stringContaining('was installed by version 0.0.1'),
      expect.stringContaining('service.env is missing'),
    ]);
  });

  test('status says when the manager cannot be asked from here', async ({ service }) => {
    await installed(service);
    await holdLease(await service.bridge, NOBODY);
    Object.defineProperty(service.play, 'status', {
      get() {
        throw new ServiceError('systemd has no user manager here.');
      },
    });
    const { report, text } = await status(service);
    expect(report.service).toMatchObject({ state: 'unknown', detail: 'systemd has no user manager here.' });
    expect(text).toMatch(/^Service: .* · unknown$/m);
  });

  test('status ignores a service of another state folder', async ({ service }) => {
    await writeFile(service.unit, '# bridge-supervisor service, version 0.1.0, state folder /elsewhere\n');
    expect((await status(service)).report.service).toBeNull();
  });
});

describe.skipIf(onWindows)('logs of a service (plays claude by a script with #!)', () => {
  const options = { lines: 20 };

  test('logs says which service the log is of', async ({ service }) => {
    await installed(service);
    const cli = service.cli();
    await showLogs(cli, options, service.services);
    expect(cli.stderr()).toMatch(/^The log of played service .*loop\.log\n/);
  });

  test('logs --service shows what the manager kept', async ({ service }) => {
    await installed(service);
    service.play.printed = 'one\ntwo\u001b[31m\n';
    const cli = service.cli();
    await showLogs(cli, { ...options, service: true }, service.services);
    expect(cli.stdout()).toBe('one\ntwo\n');
    expect(cli.exitCode).toBe(0);
  });

  test('logs --service says why there is nothing, without a service too', async ({ service }) => {
    const without = service.cli();
    await showLogs(without, { ...options, service: true }, service.services);
    expect(without.stderr()).toMatch(/^no service is installed for .* bridge-supervisor install --help/);
    await installed(service);
    const cli = service.cli();
    await showLogs(cli, { ...options, service: true }, service.services);
    expect(cli.stderr()).toContain('nothing is kept here');
    expect([without.exitCode, cli.exitCode]).toEqual([1, 1]);
  });
});

describe.skipIf(onWindows)('uninstall (plays claude by a script with #!)', () => {
  test('uninstall stops the service, removes its files, and leaves the state folder', async ({ service }) => {
    await installed(service);
    await starting(service);
    const cli = service.cli();
    await uninstall(cli, {}, service.services);
    expect(cli.exitCode).toBe(0);
    expect(service.play.calls).toEqual(['start', 'stop', 'uninstall']);
    expect(cli.stdout()).toMatch(/^Stopped the service \(pid \d+\)\.\nRemoved: played service /);
    expect(cli.stdout()).toContain(`The state folder stays as it is, with service.env: ${service.home}\n`);
  });

  test('uninstall names the projects whose work is only in the state folder', async ({ service }) => {
    const bridge = await service.bridge;
    const { id } = await service.send('# Fix it');
    await holdLease(bridge, await thisProcess());
    await recordWorktree({ bridge, token: TOKEN }, id, PLACE);
    const cli = service.cli();
    await uninstall(cli, { dryRun: true }, service.services);
    expect(cli.stderr()).toBe(
      [
        'Do not delete the state folder yet: it has the worktrees of 1 project, and what is on no other branch is nowhere else.',
        `${id} "Fix it": pending, branch bridge/1-clock of /code/app`,
        'See what each holds: bridge-supervisor worktree list',
        '',
      ].join('\n'),
    );
  });

  test('uninstall without a service says so, and does not fail', async ({ service }) => {
    const cli = service.cli();
    await uninstall(cli, {}, service.services);
    expect(cli.exitCode).toBe(0);
    expect(cli.stdout()).toMatch(
      /^Nothing to remove: no played service .* is installed\.\nThe state folder stays/,
    );
    expect(service.play.calls).toEqual([]);
  });

  test('uninstall --dry-run only shows it; --json reports it to programs', async ({ service }) => {
    await installed(service);
    const dry = service.cli();
    await uninstall(dry, { dryRun: true }, service.services);
    expect(dry.stdout()).toMatch(/^Would stop and remove: played service /);
    expect(service.play.calls).toEqual([]);
    const cli = service.cli();
    await uninstall(cli, { json: true }, service.services);
    expect(JSON.parse(cli.stdout())).toMatchObject({
      removed: true,
      files: [service.unit],
      stopped_pid: null,
    });
  });

  test('uninstall refuses where the manager cannot be asked, and says what to do instead', async ({
    service,
  }) => {
    service.play.unavailable = 'systemd is not here (no systemctl). Start it with: bridge-supervisor start';
    const cli = service.cli();
    await uninstall(cli, {}, service.services);
    expect(cli.exitCode).toBe(1);
    expect(cli.stderr().trim()).toBe(
      'no service can be looked for here: systemd is not here (no systemctl). Start it with: bridge-supervisor start',
    );
    expect(service.play.calls).toEqual([]);
  });

  test('uninstall refuses on a system without a service manager, and says what to do instead', async ({
    service,
  }) => {
    service.play.scope = 'system';
    const cli = service.cli();
    await uninstall(cli, {}, service.services);
    expect(cli.exitCode).toBe(1);
    expect(cli.stderr()).toMatch(
      /^no service can be looked for here: it is not played here\. Without a service: /,
    );
  });

  test('uninstall works with a damaged store', async ({ service }) => {
    await installed(service);
    service.play.status = { ...RUNNING, pid: 4711 };
    service.play.onStop = async () => undefined;
    await writeFile(`${service.home}/bridge.db`, 'no database'.repeat(1000));
    const cli = service.cli();
    await uninstall(cli, {}, service.services);
    expect(service.play.calls).toEqual(['stop', 'uninstall']);
    expect(cli.stdout()).toMatch(/^Stopped the service \(pid 4711\)\.\n/);
  });

  test('uninstall removes a system service even when its user no longer exists', async ({ service }) => {
    await installed(service);
    service.play.scope = 'system';
    const cli = service.cli();
    await uninstall(cli, { system: true, user: 'no-such-user' }, service.services);
    expect(cli.exitCode).toBe(0);
    expect(service.play.options?.name).toMatch(/^bridge-supervisor-no-such-user-/);
    expect(service.play.calls).toEqual(['uninstall']);
  });

  test('uninstall leaves a supervisor alone that runs beside it', async ({ service }) => {
    await installed(service);
    await holdLease(await service.bridge, await thisProcess());
    await uninstall(service.cli(), {}, service.services);
    expect(service.play.calls).toEqual(['uninstall']);
    expect((await currentLease(await service.bridge))?.stopRequestedAt).toBeNull();
  });
});

describe.skipIf(onWindows)('texts about a service (plays claude by a script with #!)', () => {
  test('every text of start, status, stop and uninstall of a service is kept', async ({ service }) => {
    await installed(service);
    const texts: string[] = [];
    const keep = (title: string, ...lines: readonly string[]) =>
      texts.push(
        `# ${title}\n${lines
          .map((text) => text.trim())
          .filter(Boolean)
          .join('\n')}`,
      );
    const step = async (title: string, act: typeof starting | typeof stopping) => {
      const { code, stdout, stderr } = await act(service);
      keep(`${title}: exit code ${code}`, stdout, stderr);
    };
    await step('stop, not running', stopping);
    keep('status, stopped', serviceLines((await status(service)).text));
    await step('start', starting);
    await step('start, running', starting);
    keep('status, running', serviceLines((await status(service)).text));
    await step('stop', stopping);
    for (const [state, cause] of ENDS) {
      const ended = { ...STOPPED, state, cause };
      service.play.status = ended;
      keep(`status, ${state}`, serviceLines((await status(service)).text));
      service.play.onStart = async () => {
        service.play.status = ended;
      };
      await step(`start, ${state}`, starting);
    }
    const cli = service.cli();
    service.play.status = STOPPED;
    await uninstall(cli, { dryRun: true }, service.services);
    await uninstall(cli, {}, service.services);
    await uninstall(cli, {}, service.services);
    keep('uninstall --dry-run, uninstall, uninstall', cli.stdout());
    expect(stableText(texts.join('\n\n'), { [service.root]: '<root>' })).toMatchSnapshot();
  });
});

const ENDS: readonly [ServiceStatus['state'], ServiceStatus['cause']][] = [
  ['failed', { kind: 'exited', end: 'exit code 1' }],
  ['failed', { kind: 'permanent-failure' }],
  ['failed', { kind: 'not-startable' }],
  ['gave-up', { kind: 'start-limit', end: 'SIGKILL' }],
  ['gave-up', { kind: 'gave-up', at: '2026-11-21T03:04:05.000Z', why: 'it failed 5 times within 5 minutes' }],
  ['stopped', { kind: 'unregistered' }],
  ['stopped', { kind: 'disabled' }],
];

/** What status says of the service, without the rest of the overview. */
function serviceLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => /service|doctor|logs|install/i.test(line))
    .join('\n');
}
