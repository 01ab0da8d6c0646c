import { join } from 'node:path';
import { expect, test } from 'vitest';
import { desktopLocation, type System } from '../../src/setup/desktop-locations.ts';

const HOME = join('/home', 'ada');
const WINDOWS: System['env'] = {
  APPDATA: 'C:\\Users\\ada\\AppData\\Roaming',
  LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local',
};
const PACKAGES = 'C:\\Users\\ada\\AppData\\Local\\Packages';
const CLASSIC = 'C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json';
const inPackage = (name: string) =>
  `${PACKAGES}\\${name}\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json`;

test('macOS: the application support folder', () => {
  expect(location({ platform: 'macos' })).toEqual({
    found: true,
    file: join(HOME, 'Library', 'Application Support', 'Claude', 'claude_desktop_config.json'),
  });
});

test.each([
  [{}, join(HOME, '.config', 'Claude', 'claude_desktop_config.json')],
  [{ XDG_CONFIG_HOME: '/cfg' }, join('/cfg', 'Claude', 'claude_desktop_config.json')],
  [{ XDG_CONFIG_HOME: 'rel' }, join(HOME, '.config', 'Claude', 'claude_desktop_config.json')],
  [{ XDG_CONFIG_HOME: '' }, join(HOME, '.config', 'Claude', 'claude_desktop_config.json')],
])('Linux with %j: %s', (env, file) => {
  expect(location({ platform: 'linux', env })).toEqual({ found: true, file });
});

test('Windows without a package: the folder of the classic installer', () => {
  expect(windows([])).toEqual({ found: true, file: CLASSIC });
  expect(windows(['ClaudeX_1', 'Microsoft.Claude_1', 'Other'])).toEqual({ found: true, file: CLASSIC });
});

test('Windows without the usual variables: the folders below the home', () => {
  expect(location({ platform: 'windows', env: {}, home: 'C:\\Users\\ada' })).toEqual({
    found: true,
    file: CLASSIC,
  });
});

test('Windows with a package: its own folder, also beside a classic file', () => {
  const file = inPackage('Claude_pzs8sxrjxfjjc');
  expect(windows(['Claude_pzs8sxrjxfjjc', 'Other'])).toEqual({ found: true, file });
  expect(windows(['Claude_pzs8sxrjxfjjc'], [CLASSIC])).toEqual({ found: true, file });
});

test('Windows with several packages: the only one with a file, or else all are named', () => {
  const [one, two] = [inPackage('Claude_one'), inPackage('Claude_two')];
  expect(windows(['Claude_one', 'Claude_two'], [two])).toEqual({ found: true, file: two });
  expect(windows(['Claude_one', 'Claude_two'])).toEqual({ found: false, candidates: [one, two] });
  expect(windows(['Claude_one', 'Claude_two'], [one, two])).toEqual({ found: false, candidates: [one, two] });
});

function windows(packages: readonly string[], files: readonly string[] = []) {
  return location({
    platform: 'windows',
    env: WINDOWS,
    list: (folder) => (folder === PACKAGES ? packages : []),
    isFile: (path) => files.includes(path),
  });
}

function location(system: Partial<System> & Pick<System, 'platform'>) {
  return desktopLocation({ env: {}, home: HOME, list: () => [], isFile: () => false, ...system });
}
