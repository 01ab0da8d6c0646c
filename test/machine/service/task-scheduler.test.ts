/** What is asked of Task Scheduler, and what its answers mean. No Windows is here: it is played after its reference. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { ServiceError, type ServiceManager } from '../../../src/machine/service/service.ts';
import { taskScheduler } from '../../../src/machine/service/task-scheduler.ts';
import { HurryingClock, played, takeAsked } from './recorder.ts';
import { definition, explained, type Rig, test } from './rig.ts';
import { PlayedTaskScheduler } from './task-scheduler-model.ts';

const NAME = 'bridge-supervisor';
const folderOf = (rig: Rig) => join(rig.home, 'Local/bridge-supervisor');
const never = () => Promise.reject(new Error('nobody is to be asked'));

interface Scene {
  readonly manager: ServiceManager;
  readonly system: PlayedTaskScheduler;
  readonly clock: HurryingClock;
  /** What was asked since the last look, `?` for a question by PowerShell. */
  asked(): string[];
}

async function scene(rig: Rig, { installed = true } = {}): Promise<Scene> {
  const windows = join(rig.home, 'Windows');
  const system32 = join(windows, 'System32');
  await mkdir(system32, { recursive: true });
  for (const file of ['wscript.exe', 'vbscript.dll']) await writeFile(join(system32, file), '');
  const env = {
    SystemRoot: windows,
    LOCALAPPDATA: join(rig.home, 'Local'),
    USERDOMAIN: 'HOUSE',
    TOKEN: undefined,
  };
  const clock = new HurryingClock();
  const system = new PlayedTaskScheduler();
  const manager = taskScheduler({ ...played(rig, system.play, clock), env });
  const schtasks = join(system32, 'schtasks.exe');
  const asked = () =>
    takeAsked(rig).map((line) =>
      line.includes('powershell.exe')
        ? '?'
        : line.replace(schtasks, 'schtasks').replace(folderOf(rig), '%FOLDER%'),
    );
  if (installed) await manager.install(definition());
  asked();
  return { manager, system, clock, asked };
}

const CREATE = `schtasks /Create /TN ${NAME} /XML %FOLDER%/${NAME}.xml.registering.xml /F`;
const RUN = `schtasks /Run /TN ${NAME}`;
const DISABLE = `schtasks /Change /TN ${NAME} /DISABLE`;
const END = `schtasks /End /TN ${NAME}`;
const DELETE = `schtasks /Delete /TN ${NAME} /F`;

describe('Task Scheduler: install', () => {
  test('Task Scheduler install writes the task and its launcher, and registers it without a start', async ({
    rig,
  }) => {
    const { manager, system, asked } = await scene(rig, { installed: false });
    await manager.install(definition());
    expect(asked()).toEqual(['?', CREATE]);
    expect(system.task).toMatchObject({ state: 3, repeats: false });
    expect((await readdir(folderOf(rig))).sort()).toEqual([`${NAME}.vbs`, `${NAME}.xml`]);
    expect(await manager.installed()).toEqual({
      version: '1.2.3',
      stateDir: '/home/ann/state',
      hardened: false,
      files: manager.files(definition()),
    });
    expect((await manager.status()).state).toBe('stopped');
  });

  test('Task Scheduler install twice is the same as once', async ({ rig }) => {
    const { manager, system, asked } = await scene(rig);
    const first = [await manager.installed(), system.task];
    await manager.install(definition());
    expect([await manager.installed(), system.task]).toEqual(first);
    expect(asked()).toEqual(['?', CREATE]);
  });

  test('Task Scheduler install leaves a running task alone, which can be started again', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    await manager.start();
    await manager.install(definition({ version: '2.0.0' }));
    expect(system.task).toMatchObject({ state: 4, repeats: true });
    expect(await manager.installed()).toMatchObject({ version: '2.0.0' });
  });

  test('Task Scheduler install and uninstall refuse a file of somebody else', async ({ rig }) => {
    const { manager, asked } = await scene(rig, { installed: false });
    const file = join(folderOf(rig), `${NAME}.xml`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '<Task/>');
    for (const act of [
      () => manager.install(definition()),
      () => manager.uninstall(),
      () => manager.installed(),
    ])
      await expect(act()).rejects.toThrow(/was not written by bridge-supervisor/);
    expect(await readFile(file, 'utf8')).toBe('<Task/>');
    expect(asked()).toEqual([]);
  });

  test('Task Scheduler install refuses to replace a task of somebody else', async ({ rig }) => {
    const { manager, system, asked } = await scene(rig, { installed: false });
    system.task = { state: 3, lastResult: 0, repeats: false, source: null };
    await expect(manager.install(definition())).rejects.toThrow(
      /did not make.*schtasks \/Delete \/TN bridge-supervisor/,
    );
    await manager.uninstall();
    expect(asked()).toEqual(['?']);
  });

  test("Task Scheduler install reports a refusal in Task Scheduler's own language", async ({ rig }) => {
    const { manager, system } = await scene(rig, { installed: false });
    system.refusal = 'FEHLER: Zugriff verweigert.\r\n';
    await expect(manager.install(definition())).rejects.toThrow(ServiceError);
    await expect(manager.install(definition())).rejects.toThrow(
      /: FEHLER: Zugriff verweigert\. A task .* in the way/,
    );
    expect((await readdir(folderOf(rig))).sort()).toEqual([`${NAME}.vbs`, `${NAME}.xml`]);
  });
});

describe('Task Scheduler: start', () => {
  test('Task Scheduler start has the task repeated from now on, and runs it', async ({ rig }) => {
    const { manager, asked } = await scene(rig);
    await manager.start();
    expect(asked()).toEqual(['?', CREATE, RUN]);
    expect(await manager.status()).toEqual({ state: 'running', pid: null, startsAt: 'login', cause: null });
    await manager.start();
    expect(asked()).toEqual(['?']);
  });

  test('Task Scheduler start enables a task that a person disabled', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.play('schtasks', ['/Change', '/TN', NAME, '/DISABLE']);
    expect(await manager.status()).toMatchObject({ state: 'stopped', startsAt: null });
    await manager.start();
    expect((await manager.status()).state).toBe('running');
  });

  test('Task Scheduler start says that the task is not installed', async ({ rig }) => {
    const { manager } = await scene(rig, { installed: false });
    await expect(manager.start()).rejects.toThrow(
      /not installed. Install it with: bridge-supervisor install/,
    );
  });
});

describe('Task Scheduler: stop', () => {
  test('Task Scheduler stop asks the supervisor while nothing restarts it, until the next logon', async ({
    rig,
  }) => {
    const { manager, system, asked } = await scene(rig);
    await manager.start();
    asked();
    await manager.stop(async () => {
      expect(system.task).toMatchObject({ state: 4 });
      expect(asked().at(-1)).toBe(DISABLE);
      system.end(0);
    });
    expect(asked()).toEqual(['?', DELETE, CREATE]);
    expect(system.task?.repeats).toBe(false);
    expect(await manager.status()).toEqual({ state: 'stopped', pid: null, startsAt: 'login', cause: null });
  });

  test('Task Scheduler stop ends a supervisor that does not respond', async ({ rig }) => {
    const { manager, clock, asked } = await scene(rig);
    await manager.start();
    asked();
    await manager.stop(() => Promise.reject(new Error('it does not answer')));
    expect(asked()).toEqual(['?', DISABLE, '?', END, '?', DELETE, CREATE]);
    expect(clock.passed).toBeGreaterThanOrEqual(15_000);
  });

  test('Task Scheduler stop says so when the supervisor cannot be ended', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    await manager.start();
    system.onEnd = () => {};
    await expect(manager.stop(async () => {})).rejects.toThrow(/did not end bridge-supervisor/);
  });

  test('Task Scheduler stop keeps a task that has just died from being restarted', async ({ rig }) => {
    const { manager, system, asked } = await scene(rig);
    await manager.start();
    system.end(1);
    expect((await manager.status()).state).toBe('waiting');
    asked();
    await manager.stop(never);
    expect(asked()).toEqual(['?', DISABLE, DELETE, CREATE]);
    expect((await manager.status()).state).toBe('stopped');
  });

  test('Task Scheduler stop does nothing when nothing runs', async ({ rig }) => {
    const { manager, asked } = await scene(rig);
    await manager.stop(never);
    expect(asked()).toEqual(['?']);
  });
});

test('Task Scheduler uninstall deletes the task and its files, once or twice', async ({ rig }) => {
  const { manager, asked } = await scene(rig);
  await manager.uninstall();
  expect(asked()).toEqual(['?', DELETE]);
  await manager.uninstall();
  expect(asked()).toEqual(['?']);
  expect(await manager.installed()).toBeNull();
  expect(await readdir(join(rig.home, 'Local'))).toEqual([]);
});

describe('Task Scheduler: state', () => {
  test.for([
    [0, /exit code 0.*restarted within a minute/],
    [1, /exit code 1.*restarted within a minute/],
    [78, /will not help.*every minute.*bridge-supervisor stop/],
    [127, /no longer exists.*bridge-supervisor install/],
    [0x80070002, /no longer exists/],
    [0xc000013a, /logged off/],
    [0x800710e0, /how is not known/],
    [0xc0000005, /code 0xc0000005/],
  ] as const)('the Task Scheduler state after exit code %d says what to do', async ([result, detail], {
    rig,
  }) => {
    const { manager, system } = await scene(rig);
    await manager.start();
    system.end(result);
    const status = await manager.status();
    expect(status).toMatchObject({ state: 'waiting', startsAt: 'login' });
    expect(explained(manager, status)).toMatch(detail);
  });

  test('the Task Scheduler state says that somebody deleted the task', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.task = null;
    const status = await manager.status();
    expect(status).toMatchObject({ state: 'stopped', startsAt: null });
    expect(explained(manager, status)).toMatch(/no longer has a task bridge-supervisor/);
  });

  test('the Task Scheduler state says that a start is about to happen', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    if (system.task) system.task.state = 2;
    expect((await manager.status()).state).toBe('starting');
  });

  test('the Task Scheduler state of a task that is not installed asks nobody', async ({ rig }) => {
    const { manager, asked } = await scene(rig, { installed: false });
    expect(await manager.status()).toEqual({ state: 'stopped', pid: null, startsAt: null, cause: null });
    expect(asked()).toEqual([]);
  });
});

describe('questions to Task Scheduler', () => {
  test("Task Scheduler is asked by numbers, not by words in the system's language", async ({ rig }) => {
    const { manager } = await scene(rig);
    await manager.status();
    const [line = ''] = rig.asked;
    const program = join(rig.home, 'Windows/System32/WindowsPowerShell/v1.0/powershell.exe');
    expect(
      line.startsWith(`${program} -NoProfile -NonInteractive -Command $ErrorActionPreference = 'Stop'; try`),
    ).toBe(true);
    expect(line).toContain("Get-ScheduledTask -TaskPath '\\' -TaskName 'bridge-supervisor'");
    expect(line).toContain('[int]$task.State');
    expect(line).toContain('[long]$info.LastTaskResult');
    // Quotes inside would have to survive two command lines.
    expect(line).not.toContain('"');
  });

  test.for([
    [{ code: null, failure: 'missing' as const }, /powershell\.exe is not here.*bridge-supervisor run/],
    [
      { code: 1, stderr: 'Zugriff verweigert\r\n + CategoryInfo' },
      /did not say.*Zugriff verweigert\. .*supervisor run/,
    ],
    [{ code: null, failure: 'late' as const }, /did not say.*did not answer/],
    [{ stdout: 'Hallo' }, /not understood: Hallo/],
    [{ stdout: '{"state":"Ready"}' }, /not understood/],
  ] as const)('an unavailable Task Scheduler is reported: %o', async ([answer, message], { rig }) => {
    const broken = taskScheduler(played(rig, () => answer));
    expect(await broken.unavailable()).toMatch(message);
    await expect(broken.install(definition())).rejects.toThrow(message);
  });

  test('Task Scheduler is available when there is no such task', async ({ rig }) => {
    expect(await taskScheduler(played(rig, () => ({ stdout: 'null\r\n' }))).unavailable()).toBeNull();
  });
});

test("the task has its user's environment, keeps no output, and needs a logon", async ({ rig }) => {
  const { manager } = await scene(rig);
  expect(await manager.baseEnvironment()).toEqual({
    SystemRoot: join(rig.home, 'Windows'),
    LOCALAPPDATA: join(rig.home, 'Local'),
    USERDOMAIN: 'HOUSE',
  });
  expect(manager.ownOutput(10, false)).toMatchObject({ kind: 'none' });
  expect(await manager.remarks()).toEqual([expect.stringMatching(/only while ann is logged on/)]);
});

test('the Task Scheduler remarks say how the task runs without VBScript', async ({ rig }) => {
  const { manager } = await scene(rig);
  const bare = taskScheduler({ ...rig.options, env: { SystemRoot: join(rig.home, 'elsewhere') } });
  expect(await manager.remarks()).toHaveLength(1);
  expect((await bare.remarks())[1]).toMatch(/no VBScript/);
});
