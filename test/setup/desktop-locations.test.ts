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

test("Desktop's configuration on macOS is in the application support folder", () => {
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
])("Desktop's configuration on Linux with %j is %s", (env, file) => {
  expect(location({ platform: 'linux', env })).toEqual({ found: true, file });
});

test("Desktop's configuration on Windows without a package is in the classic installer's folder", () => {
  expect(windows([])).toEqual({ found: true, file: CLASSIC });
  expect(windows(['ClaudeX_1', 'Microsoft.Claude_1', 'Other'])).toEqual({ found: true, file: CLASSIC });
});

test("Desktop's configuration on Windows without the usual variables is below the home", () => {
  expect(location({ platform: 'windows', env: {}, homeDir: 'C:\\Users\\ada' })).toEqual({
    found: true,
    file: CLASSIC,
  });
});

test("Desktop's configuration of a Windows package is in its own folder, even beside a classic file", () => {
  const file = inPackage('Claude_pzs8sxrjxfjjc');
  expect(windows(['Claude_pzs8sxrjxfjjc', 'Other'])).toEqual({ found: true, file });
  expect(windows(['Claude_pzs8sxrjxfjjc'], [CLASSIC])).toEqual({ found: true, file });
});

test("Desktop's configuration of several Windows packages is the only file, or else all are named", () => {
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
  return desktopLocation({ env: {}, homeDir: HOME, list: () => [], isFile: () => false, ...system });
}
