/** Each service definition gives its manager back the words that went into it, or is refused, whatever is in them. */
import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom';
import * as plist from 'plist';
import { expect } from 'vitest';
import { plistText } from '../../../src/machine/service/launchd-plist.ts';
import { readMark } from '../../../src/machine/service/marker.ts';
import { type ServiceDefinition, ServiceError } from '../../../src/machine/service/service.ts';
import { unitText } from '../../../src/machine/service/systemd-unit.ts';
import {
  decoded,
  encoded,
  launcherText,
  taskFiles,
} from '../../../src/machine/service/task-scheduler-files.ts';
import { anyText, fc } from '../../property.ts';
import { definition, test } from './rig.ts';
import { vbsStringIn, windowsWords } from './windows-words.ts';

const paths = anyText.map((text) => `/${text}`);
const definitions: fc.Arbitrary<ServiceDefinition> = fc
  .record({ program: paths, args: fc.array(anyText, { maxLength: 3 }), stateDir: paths, workspace: paths })
  .map(({ program, args, stateDir, workspace }) =>
    definition({ command: [program, ...args], stateDir, writable: [workspace] }),
  );

/** Undefined where the definition is refused in words. */
function written(write: () => string): string | undefined {
  try {
    return write();
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError);
    return undefined;
  }
}

test('systemd reads the command, the environment and the folders as they are', ({ rig }) => {
  fc.assert(
    fc.property(definitions, (each) => {
      const unit = written(() => unitText(each, { ...rig.options, scope: 'system' }));
      if (unit === undefined) return;
      const stored = Buffer.from(unit).toString();
      const [program = '', ...args] = systemdWords(settingIn(stored, 'ExecStart'));
      // A dollar sign stands for itself when doubled, except in the program's name.
      expect([program, ...args.map((word) => word.replaceAll('$$', '$'))]).toEqual(each.command);
      expect(systemdWords(settingIn(stored, 'Environment'))).toEqual([`BRIDGE_HOME=${each.stateDir}`]);
      const folders = [...new Set([each.stateDir, ...each.writable])].map((folder) => `-${folder}`);
      expect(systemdWords(settingIn(stored, 'ReadWritePaths'))).toEqual(folders);
      expect(readMark(stored)?.stateDir).toBe(each.stateDir);
    }),
  );
});

test('launchd reads the command and the folders as they are', () => {
  fc.assert(
    fc.property(definitions, (each) => {
      const text = written(() => plistText(each, 'bridge-supervisor'));
      if (text === undefined) return;
      const stored = Buffer.from(text).toString();
      expect(plist.parse(stored)).toMatchObject({
        ProgramArguments: [...each.command, '--give-up'],
        EnvironmentVariables: { BRIDGE_HOME: each.stateDir },
        WorkingDirectory: each.stateDir,
      });
      expect(readMark(stored)?.stateDir).toBe(each.stateDir);
    }),
  );
});

test('Task Scheduler and the launcher read the command and the folder as they are', ({ rig }) => {
  const options = { ...rig.options, env: { SystemRoot: rig.home, LOCALAPPDATA: rig.home } };
  fc.assert(
    fc.property(definitions, (each) => {
      const task = written(() => taskFiles(each, options)[0]?.text ?? '');
      if (task !== undefined) {
        const document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(
          decoded(encoded(task)),
          'text/xml',
        );
        const [folder] = Array.from(document.getElementsByTagName('WorkingDirectory'));
        expect(folder?.textContent).toBe(each.stateDir);
        expect(readMark(task)?.stateDir).toBe(each.stateDir);
      }
      const launcher = written(() => launcherText(each));
      if (launcher !== undefined) {
        const stored = decoded(encoded(launcher));
        expect(vbsStringIn(stored, 'variables("BRIDGE_HOME") = ')).toBe(each.stateDir);
        expect(windowsWords(vbsStringIn(stored, 'variables("SERVICE_COMMAND") = '))).toEqual(each.command);
      }
    }),
  );
});

function settingIn(unit: string, name: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
}

/**
 * Words in double quotes, with escapes and specifiers, read by hand
 * (https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting).
 */
function systemdWords(setting: string): string[] {
  const words = [...setting.matchAll(/"((?:[^"\\]|\\["\\])*)"(?: |$)/g)];
  expect(words.map(([whole]) => whole).join('')).toBe(setting);
  return words.map(([, word = '']) => {
    expect(word.replaceAll('%%', '')).not.toContain('%');
    return word.replaceAll(/\\(.)/g, '$1').replaceAll('%%', '%');
  });
}
