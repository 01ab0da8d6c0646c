/** The scripts of package.json, run on a package of the test's own. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const MANIFEST: { scripts: Record<string, string>; engines: { node: string } } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

/** A folder with this package.json and the script of ours. */
function packageWith(manifest: object, script: string): { folder: string; script: string } {
  const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'scripts'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join('scripts', script), join(folder, 'scripts', script));
  return { folder, script: join(folder, 'scripts', script) };
}

test.each([
  ['>=99.1', 1],
  ['>=22.14', 0],
  [`>=${process.versions.node.split('.').slice(0, 2).join('.')}`, 0],
  [`>=${process.versions.node.split('.')[0]}.${Number(process.versions.node.split('.')[1]) + 1}`, 1],
])('a script where Node %s is needed refuses another one in one line that says what to do', (node, status) => {
  const { script } = packageWith({ engines: { node } }, 'check-node.mjs');
  const result = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(result).toMatchObject({ status, stdout: '' });
  if (status === 1)
    expect(result.stderr).toMatch(/^Node [\d.]+ or newer is needed, and \S+ is v[\d.]+\. Use `npm run`.*\n$/);
  else expect(result.stderr).toBe('');
});

test('vitest, called directly, refuses a Node that is too old in one line, before a test runs', () => {
  const { folder } = packageWith({ type: 'module', engines: { node: '>=99.1' } }, 'check-node.mjs');
  cpSync('vitest.config.ts', join(folder, 'vitest.config.ts'));
  cpSync('test/state-timeout.ts', join(folder, 'test', 'state-timeout.ts'));
  writeFileSync(join(folder, 'test', 'ran.test.ts'), "throw new Error('a test ran');");
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
  const result = spawnSync(process.execPath, [vitest, 'run'], { cwd: folder, encoding: 'utf8' });
  expect(result).toMatchObject({ status: 1, stdout: '' });
  expect(result.stderr).toMatch(/^Node 99\.1 or newer is needed, and .*\n$/);
});

test('every script checks Node first', () => {
  const looks = [
    /^node scripts\/(check-node|build)\.mjs\b/,
    // The program refuses it itself, before anything is loaded.
    /^node dist\/cli\.js\b/,
    /^node scripts\/packed-manifest\.mjs restore$/,
    // By way of its configuration.
    /^vitest run\b/,
  ];
  const others = Object.entries(MANIFEST.scripts).filter(([, text]) => !looks.some((one) => one.test(text)));
  expect(others).toEqual([]);
  for (const file of ['vitest.config.ts', 'scripts/build.mjs'])
    expect(readFileSync(file, 'utf8')).toMatch(/^import '.*\/check-node\.mjs';$/m);
});

test('a package is packed without scripts, and package.json is as it was afterwards, also after a pack that was cut off', () => {
  const { folder, script } = packageWith({ name: 'x', ...MANIFEST }, 'packed-manifest.mjs');
  const manifest = join(folder, 'package.json');
  const before = readFileSync(manifest, 'utf8');
  for (const steps of [
    ['strip', 'restore'],
    ['strip', 'strip', 'restore', 'restore'],
  ]) {
    for (const step of steps) {
      execFileSync(process.execPath, [script, step]);
      const packed = JSON.parse(readFileSync(manifest, 'utf8'));
      expect('scripts' in packed).toBe(step === 'restore');
      expect(packed).toMatchObject({ engines: MANIFEST.engines, bin: expect.anything() });
    }
    expect(readFileSync(manifest, 'utf8')).toBe(before);
    expect(existsSync(`${manifest}.unpacked`)).toBe(false);
  }
});
