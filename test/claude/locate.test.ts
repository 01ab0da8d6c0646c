import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locateClaude } from '../../src/claude/locate.ts';
import { onWindows } from '../platform.ts';
import { temporaryFolder } from './rig.ts';

const program = onWindows ? 'claude.exe' : 'claude';

async function install(folder: string, mode = 0o755): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, program);
  await writeFile(path, '');
  await chmod(path, mode);
  return path;
}

describe('lookup of claude', () => {
  test('claude is the first on PATH', async () => {
    const folder = await temporaryFolder();
    const path = await install(join(folder, 'b'));
    await install(join(folder, 'c'));
    const PATH = ['a', 'b', 'c'].map((name) => join(folder, name)).join(delimiter);
    expect(locateClaude(undefined, { PATH })).toEqual({ found: true, path });
    expect(locateClaude(undefined, { Path: PATH })).toEqual({ found: true, path });
  });

  test('claude is the configured program, whatever is on PATH', async () => {
    const folder = await temporaryFolder();
    const path = await install(join(folder, 'mine'));
    await install(join(folder, 'bin'));
    expect(locateClaude(path, { PATH: join(folder, 'bin') })).toEqual({ found: true, path });
  });

  test('claude is always named by its absolute path', async () => {
    const path = await install(await temporaryFolder());
    const located = locateClaude(relative(process.cwd(), path), {});
    expect(located.found && isAbsolute(located.path)).toBe(true);
  });

  test('claude is looked up again each time', async () => {
    const folder = await temporaryFolder();
    expect(locateClaude(undefined, { PATH: folder }).found).toBe(false);
    await install(folder);
    expect(locateClaude(undefined, { PATH: folder }).found).toBe(true);
  });
});

describe('missing claude', () => {
  test('a claude that is not on PATH is missing, with what to do', async () => {
    const located = locateClaude(undefined, { PATH: await temporaryFolder() });
    expect(located).toEqual({
      found: false,
      message: expect.stringMatching(/on PATH.*Install.*BRIDGE_CLAUDE/),
    });
    expect(locateClaude(undefined, {}).found).toBe(false);
  });

  test('a configured claude that does not exist is missing, even if another is on PATH', async () => {
    const folder = await temporaryFolder();
    await install(folder);
    const configured = join(folder, 'nowhere', 'claude');
    const located = locateClaude(configured, { PATH: folder });
    expect(located).toEqual({
      found: false,
      message: expect.stringContaining(`'${configured}' is not there`),
    });
  });

  test.skipIf(onWindows)(
    'a claude that is a folder or may not be executed is missing (needs file modes)',
    async () => {
      const folder = await temporaryFolder();
      const path = await install(folder, 0o644);
      expect(locateClaude(path, {}).found).toBe(false);
      expect(locateClaude(undefined, { PATH: folder }).found).toBe(false);
      expect(locateClaude(folder, {}).found).toBe(false);
    },
  );
});
