/** The property list, read by a parser of its own and compared with what launchd.plist(5) says of every key. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { PlistValue } from 'plist';
import * as plist from 'plist';
import { describe, test as everywhere, expect } from 'vitest';
import { plistText } from '../../../src/machine/service/launchd-plist.ts';
import { readMark } from '../../../src/machine/service/marker.ts';
import { onWindows } from '../../platform.ts';
import { definition, test } from './rig.ts';

/** Windows joins paths in its own way. */
const plain = everywhere.skipIf(onWindows);

type Dictionary = { readonly [key: string]: PlistValue };

function isDictionary(value: PlistValue | undefined): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function dictionary(value: PlistValue | undefined): Dictionary {
  if (!isDictionary(value)) throw new Error(`no dictionary: ${JSON.stringify(value)}`);
  return value;
}

function read(changes = {}): Dictionary {
  return dictionary(plist.parse(plistText(definition(changes), 'bridge-supervisor')));
}

const string = (value: PlistValue) => typeof value === 'string' && value !== '';
const boolean = (value: PlistValue) => typeof value === 'boolean';
const integer = (value: PlistValue) => Number.isInteger(value);
const path = (value: PlistValue) => typeof value === 'string' && value.startsWith('/');
const strings = (value: PlistValue) => Array.isArray(value) && value.length > 0 && value.every(string);
const dictionaryOf = (check: (value: PlistValue) => boolean, keys: readonly string[] | null) => {
  return (value: PlistValue) =>
    isDictionary(value) &&
    Object.entries(value).every(([key, one]) => (keys === null || keys.includes(key)) && check(one));
};

/** Keys and types as in the man page (https://keith.github.io/xcode-man-pages/launchd.plist.5.html). */
const KEYS: Readonly<Record<string, (value: PlistValue) => boolean>> = {
  Label: string,
  ProgramArguments: strings,
  EnvironmentVariables: dictionaryOf(string, null),
  WorkingDirectory: path,
  RunAtLoad: boolean,
  KeepAlive: dictionaryOf(boolean, ['SuccessfulExit', 'Crashed', 'AfterInitialDemand']),
  ThrottleInterval: integer,
  ExitTimeOut: integer,
  ProcessType: (value) => ['Background', 'Standard', 'Adaptive', 'Interactive'].some((one) => one === value),
  StandardOutPath: path,
  StandardErrorPath: path,
};

describe('launchd plist', () => {
  plain('has only keys that launchd knows, each of the type it wants', () => {
    const entries = Object.entries(read());
    expect(entries.map(([key]) => key).sort()).toEqual(Object.keys(KEYS).sort());
    for (const [key, value] of entries) expect(KEYS[key]?.(value), key).toBe(true);
  });

  plain('says what is to run, where, and how', () => {
    expect(read()).toEqual({
      Label: 'bridge-supervisor',
      ProgramArguments: [...definition().command, '--give-up'],
      EnvironmentVariables: { BRIDGE_HOME: '/home/ann/state' },
      WorkingDirectory: '/home/ann/state',
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      ExitTimeOut: 75,
      ProcessType: 'Interactive',
      StandardOutPath: '/dev/null',
      StandardErrorPath: '/home/ann/state/service.err',
    });
  });

  plain('leaves more time for the end than an orderly stop may take', () => {
    for (const stopMs of [1, 60_000, 3_600_001])
      expect(Number(read({ stopMs }).ExitTimeOut)).toBeGreaterThan(stopMs / 1000);
  });

  plain('bears the mark by which it is known again', () => {
    const stateDir = '/Users/ann & bob/a--b <x> "q"/ü';
    expect(readMark(plistText(definition({ stateDir }), 'x'))).toEqual({ version: '1.2.3', stateDir });
  });
});

const NASTY = [
  '/Users/ann/My Projects/state',
  "/Users/o'brien & sons/<state>",
  '/Users/ann/"quoted" 100% {{label}} $HOME `x`',
  '/Users/ann/]]> --> --',
  '/Users/ann/zwei\nZeilen\r\n\tund ein Tab',
  '/Users/ännë/日本語 😀',
  '/Users/ann/next\u0085line\u2028and\u2029separators',
];

describe('paths in a plist', () => {
  plain.for(NASTY)('%j', (stateDir) => {
    const command = [`${stateDir}/node`, `${stateDir}/cli.js`, 'run', '&amp;', "it's"];
    expect(read({ stateDir, command })).toMatchObject({
      ProgramArguments: [...command, '--give-up'],
      EnvironmentVariables: { BRIDGE_HOME: stateDir },
      WorkingDirectory: stateDir,
      StandardErrorPath: `${stateDir}/service.err`,
    });
  });

  plain('or is refused, when XML has no way to write it', () => {
    expect(() => read({ stateDir: '/Users/ann/\u0007' })).toThrow(/control character.*Rename the folder/);
    expect(() => read({ command: ['/usr/bin/node', '\ud800'] })).toThrow(/invalid one.*Rename the folder/);
    expect(() => read({ stateDir: '/Users/ann/\ud800' })).toThrow(/half a character.*Rename the folder/);
  });

  const plistutil = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'plistutil'))
    .find((file) => existsSync(file));

  test.skipIf(!plistutil).for(NASTY)(
    'a second parser reads the path as it is (plistutil of libplist-utils): %j',
    async (stateDir, { rig }) => {
      const file = join(rig.home, 'x.plist');
      await writeFile(file, plistText(definition({ stateDir }), 'bridge-supervisor'));
      const binary = join(rig.home, 'x.bin');
      execFileSync(plistutil ?? '', ['-i', file, '-o', binary, '-f', 'bin']);
      expect(plist.parseBinary(await readFile(binary))).toEqual(read({ stateDir }));
    },
  );
});
