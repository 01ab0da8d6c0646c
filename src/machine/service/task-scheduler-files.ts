/** The task and its launcher, from the templates in `service/`. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fillTemplate } from '../../template.ts';
import { encodedScript, powershell, systemProgram } from '../windows-programs.ts';
import { markOf } from './marker.ts';
import type { ManagerOptions, ServiceDefinition, ServiceFile } from './service.ts';
import { commandLine, powershellString, vbsString } from './task-scheduler-quoting.ts';
import { xmlText } from './xml-text.ts';

type Environment = ManagerOptions['env'];

export interface TaskPaths {
  readonly folder: string;
  readonly task: string;
  readonly launcher: string;
}

/** Not in the state folder: before the files are read, only the service's name is known. */
export function taskPaths({
  name,
  env,
  account,
}: Pick<ManagerOptions, 'name' | 'env' | 'account'>): TaskPaths {
  const local = env.LOCALAPPDATA || join(account.homeDir, 'AppData', 'Local');
  const folder = join(local, 'bridge-supervisor');
  return { folder, task: join(folder, `${name}.xml`), launcher: join(folder, `${name}.vbs`) };
}

/** The launcher's exit code when the program could not be started, as in a shell. */
export const NOT_STARTED = 127;

/** Without effect: Windows keeps a user's folders private by itself. */
export const TASK_FILE_MODE = 0o600;

/**
 * The files with line feeds; `encoded` converts them for Windows. Throws ServiceError for a path that they cannot
 * hold.
 */
export function taskFiles(definition: ServiceDefinition, options: ManagerOptions): readonly ServiceFile[] {
  const paths = taskPaths(options);
  const scripts = hasScriptHost(options.env);
  const [command, ...args] = scripts
    ? [systemProgram(options.env, 'wscript.exe'), '//B', '//Nologo', paths.launcher]
    : withoutScriptHost(definition, options.env);
  const mark = markOf(definition);
  const task = fillTemplate('service/bridge-supervisor.xml', {
    mark,
    source: xmlText(mark),
    user: xmlText(userOf(options)),
    command: xmlText(command ?? ''),
    arguments: xmlText(commandLine(args)),
    stateDir: xmlText(definition.stateDir),
  });
  const launcher = { path: paths.launcher, text: launcherText(definition), mode: TASK_FILE_MODE };
  return [{ path: paths.task, text: `${task}\n`, mode: TASK_FILE_MODE }, ...(scripts ? [launcher] : [])];
}

/** Whether this Windows has VBScript; newer versions do not. */
export function hasScriptHost(env: Environment): boolean {
  return ['wscript.exe', 'vbscript.dll'].every((file) => existsSync(systemProgram(env, file)));
}

/** The text of the launcher. Throws ServiceError for a path that it cannot hold. */
export function launcherText(definition: ServiceDefinition): string {
  const text = fillTemplate('service/bridge-supervisor.vbs', {
    mark: markOf(definition),
    stateDir: vbsString(definition.stateDir),
    command: vbsString(commandLine(definition.command)),
    notStarted: String(NOT_STARTED),
  });
  return `${text}\n`;
}

/** A console without a window. It is reported to work with PowerShell, and not always with Node itself. */
function withoutScriptHost({ command, stateDir }: ServiceDefinition, env: Environment): readonly string[] {
  const script = [
    `$env:BRIDGE_HOME = ${powershellString(stateDir)}`,
    `& ${command.map(powershellString).join(' ')}`,
    'exit $LASTEXITCODE',
  ].join('; ');
  return [systemProgram(env, 'conhost.exe'), '--headless', powershell(env), ...encodedScript(script)];
}

/** Over SSH the domain is that of the service (`WORKGROUP`), which has no such user. */
function userOf({ account, env }: ManagerOptions): string {
  const domain = env.USERDOMAIN;
  return domain && domain.toUpperCase() !== 'WORKGROUP' ? `${domain}\\${account.name}` : account.name;
}

/** The same task, repeated every minute from now on. */
export function startedTask(text: string): string {
  return text.replace(/(<TimeTrigger id="started">\s*<Enabled>)false/, '$1true');
}

/** UTF-16 with a byte order mark: `schtasks /XML` and `wscript` read every letter of it. */
export function encoded(text: string): Buffer {
  return Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'utf16le');
}

/** The text of a file, with line feeds. */
export function decoded(bytes: Buffer): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes
    .toString(utf16 ? 'utf16le' : 'utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n');
}
