/** The task, held against the schema of Task Scheduler, and its launcher against the rules of VBScript and Windows. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom';
import { describe, expect, test as plain } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { readMark } from '../../../src/machine/service/marker.ts';
import type { ServiceDefinition } from '../../../src/machine/service/service.ts';
import {
  decoded,
  encoded,
  launcherText,
  startedTask,
  taskFiles,
} from '../../../src/machine/service/task-scheduler-files.ts';
import {
  commandLine,
  powershellString,
  vbsString,
} from '../../../src/machine/service/task-scheduler-quoting.ts';
import { definition, type Rig, test } from './rig.ts';
import { vbsStringIn, windowsWords } from './windows-words.ts';

async function options(rig: Rig, { scriptHost = true } = {}) {
  const system32 = join(rig.home, 'Windows/System32');
  await mkdir(system32, { recursive: true });
  if (scriptHost)
    for (const file of ['wscript.exe', 'vbscript.dll']) await writeFile(join(system32, file), '');
  const env = {
    SystemRoot: join(rig.home, 'Windows'),
    LOCALAPPDATA: join(rig.home, 'Local'),
    USERDOMAIN: 'HOUSE',
  };
  return { ...rig.options, env };
}

async function taskOf(
  rig: Rig,
  changes: Partial<ServiceDefinition> = {},
  scriptHost = true,
): Promise<string> {
  return taskFiles(definition(changes), await options(rig, { scriptHost }))[0]?.text ?? '';
}

const schema = await readFile(new URL('fixtures/task.xsd', import.meta.url), 'utf8');

/** libxml2 reads UTF-8 here; that the file is UTF-16 is another promise. */
async function problemsOf(task: string): Promise<readonly string[]> {
  const xml = task.replace('encoding="UTF-16"', 'encoding="UTF-8"');
  const { errors } = await validateXML({ xml: [{ fileName: 'task.xml', contents: xml }], schema: [schema] });
  return errors.map(({ message }) => message);
}

/** A second parser, which shares nothing with libxml2. It throws at what is not well-formed. */
function textsOf(task: string, name: string): string[] {
  const parser = new DOMParser({ onError: onErrorStopParsing });
  const found = parser.parseFromString(task, 'text/xml').getElementsByTagName(name);
  return Array.from(found, ({ textContent }) => textContent ?? '');
}

describe('Task Scheduler task', () => {
  test('the task is valid by the schema, stopped, started and without a script host', async ({ rig }) => {
    const task = await taskOf(rig);
    expect(await problemsOf(task)).toEqual([]);
    expect(await problemsOf(startedTask(task))).toEqual([]);
    expect(await problemsOf(await taskOf(rig, {}, false))).toEqual([]);
  });

  test.for([
    ['PT1M', 'PT30S'],
    ['<Priority>5<', '<Priority>11<'],
    ['IgnoreNew<', 'Ignore<'],
    ['Context="Author"', 'Context="Nobody"'],
    ['<Hidden>false</Hidden>', '<Hidden>no</Hidden>'],
    ['<Count>3', '<Count>0'],
  ] as const)('the task is invalid by the schema with %s as %s', async ([from, to], { rig }) => {
    expect(await problemsOf((await taskOf(rig)).replace(from, to))).not.toEqual([]);
  });

  test.for([
    ['MultipleInstancesPolicy', 'IgnoreNew'],
    ['ExecutionTimeLimit', 'PT0S'],
    ['DisallowStartIfOnBatteries', 'false'],
    ['StopIfGoingOnBatteries', 'false'],
    ['Priority', '5'],
    ['AllowStartOnDemand', 'true'],
    ['AllowHardTerminate', 'true'],
    ['StartWhenAvailable', 'true'],
    ['RunOnlyIfNetworkAvailable', 'false'],
    ['RunOnlyIfIdle', 'false'],
    ['StopOnIdleEnd', 'false'],
    ['RestartOnIdle', 'false'],
    ['WakeToRun', 'false'],
    ['Count', '3'],
    ['Hidden', 'false'],
    ['LogonType', 'InteractiveToken'],
    ['RunLevel', 'LeastPrivilege'],
  ] as const)('the task sets %s itself: %s', async ([name, value], { rig }) => {
    expect(textsOf(await taskOf(rig), name)).toEqual([value]);
  });

  test("the task repeats every minute from its user's logon, and from now only when started", async ({
    rig,
  }) => {
    const task = await taskOf(rig);
    expect(textsOf(task, 'Interval')).toEqual(['PT1M', 'PT1M', 'PT1M']);
    expect(textsOf(task, 'UserId')).toEqual(['HOUSE\\ann', 'HOUSE\\ann']);
    expect(textsOf(task, 'Enabled')).toEqual(['true', 'false', 'true']);
    expect(textsOf(startedTask(task), 'Enabled')).toEqual(['true', 'true', 'true']);
  });

  test.for([
    [{ USERDOMAIN: 'WORKGROUP' }, 'ann'],
    [{ USERDOMAIN: undefined }, 'ann'],
    [{ USERDOMAIN: 'AzureAD' }, 'AzureAD\\ann'],
  ] as const)('the task belongs to its user, with %o named %s', async ([env, user], { rig }) => {
    const [task] = taskFiles(definition(), { ...rig.options, env });
    expect(textsOf(task?.text ?? '', 'UserId')).toEqual([user, user]);
  });

  test('the task starts the launcher without a window, in the state folder', async ({ rig }) => {
    const task = await taskOf(rig);
    const launcher = join(rig.home, 'Local/bridge-supervisor/bridge-supervisor.vbs');
    expect(textsOf(task, 'Command')).toEqual([join(rig.home, 'Windows/System32/wscript.exe')]);
    expect(textsOf(task, 'Arguments')).toEqual([`//B //Nologo ${launcher}`]);
    expect(textsOf(task, 'WorkingDirectory')).toEqual(['/home/ann/state']);
  });

  test('the task starts a headless console without VBScript, with the same program in it', async ({
    rig,
  }) => {
    const files = taskFiles(
      definition({ stateDir: "C:\\o'brien\\state" }),
      await options(rig, { scriptHost: false }),
    );
    expect(files).toHaveLength(1);
    const task = files[0]?.text ?? '';
    expect(textsOf(task, 'Command')).toEqual([join(rig.home, 'Windows/System32/conhost.exe')]);
    const [, script = ''] = / -EncodedCommand (\S+)$/.exec(textsOf(task, 'Arguments')[0] ?? '') ?? [];
    expect(Buffer.from(script, 'base64').toString('utf16le')).toBe(
      "$env:BRIDGE_HOME = 'C:\\o''brien\\state'; & '/usr/bin/node' '/opt/bridge/cli.js' 'run' '--environment' '/home/ann/state/service.env'; exit $LASTEXITCODE",
    );
  });

  test('the task bears its mark in the file and at Task Scheduler', async ({ rig }) => {
    const stateDir = 'C:\\Users\\Ann & Bob\\a--b\\100%\\<ü>';
    const task = await taskOf(rig, { stateDir });
    expect(await problemsOf(task)).toEqual([]);
    expect(readMark(task)).toEqual({ version: '1.2.3', stateDir });
    expect(readMark(textsOf(task, 'Source')[0] ?? '')).toEqual({ version: '1.2.3', stateDir });
    expect(textsOf(task, 'WorkingDirectory')).toEqual([stateDir]);
  });
});

plain('files are UTF-16 with its mark and CRLF, and are read back as they were', () => {
  const text = 'Ü 日本\nzwei\n';
  expect(encoded(text).subarray(0, 4)).toEqual(Buffer.from([0xff, 0xfe, 0xdc, 0x00]));
  expect(encoded(text).toString('utf16le')).toBe('\uFEFFÜ 日本\r\nzwei\r\n');
  expect(decoded(encoded(text))).toBe(text);
  expect(decoded(Buffer.from('\uFEFFold\r\n'))).toBe('old\n');
});

const NASTY = [
  'plain',
  '',
  'with space',
  'C:\\ends with\\',
  'C:\\no-space\\',
  "o'brien & sons (x86)",
  '100%PATH%',
  'quo"te',
  'back\\"slash \\\\" quote',
  '^caret|pipe<>',
  'ü日本',
  '-',
];

describe('Windows command line', () => {
  plain('is taken apart into the same words', () => {
    expect(windowsWords(commandLine(NASTY))).toEqual(NASTY);
    for (const word of NASTY) expect(windowsWords(commandLine([word]))).toEqual([word]);
  });

  plain('has quotes only where they are needed', () => {
    expect(commandLine(['a\\b', 'c d', 'e\\f g\\'])).toBe('a\\b "c d" "e\\f g\\\\"');
  });
});

describe('launcher script', () => {
  plain('is told the state folder and the command, whatever is in their names', () => {
    for (const word of NASTY) {
      const text = launcherText(definition({ stateDir: `C:\\${word}`, command: ['C:\\node.exe', word] }));
      expect(vbsStringIn(text, 'variables("BRIDGE_HOME") = ')).toBe(`C:\\${word}`);
      expect(windowsWords(vbsStringIn(text, 'variables("SERVICE_COMMAND") = '))).toEqual([
        'C:\\node.exe',
        word,
      ]);
    }
  });

  plain('runs a variable, as Run would replace the percent signs of a command', () => {
    expect(launcherText(definition())).toContain('shell.Run("%SERVICE_COMMAND%", 0, True)');
  });

  plain('says in its exit code how the program ended, or that it could not be started', () => {
    const lines = launcherText(definition()).trimEnd().split('\n').slice(-3);
    expect(lines).toEqual([
      'exitCode = shell.Run("%SERVICE_COMMAND%", 0, True)',
      'If Err.Number <> 0 Then exitCode = 127',
      'WScript.Quit exitCode',
    ]);
  });

  plain('cannot be told of a line break', () => {
    expect(() => vbsString('a\nb')).toThrow(/control character/);
  });
});

plain('a string of PowerShell ends where it should, also with its typographic quotes', () => {
  expect(powershellString("a'b’c$d`e")).toBe("'a''b’’c$d`e'");
});
