import { execFileSync } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { absolutePath, correctHome, expandHome } from '../src/home-path.ts';
import { onWindows } from './platform.ts';

const MODULE = pathToFileURL(resolve('src/home-path.ts')).href;

/** What `expression` is in a process with this HOME. */
function withHome(home: string, expression: string): string {
  const script = `import { absolutePath, homeFolder } from '${MODULE}'; console.log(${expression})`;
  const args = ['--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', script];
  return execFileSync(process.execPath, args, { env: { HOME: home }, encoding: 'utf8' }).trim();
}

describe('home folder', () => {
  test.skipIf(onWindows).for(['', 'rel', `${'$'}{HOME}`, '.'])(
    "the home folder is the account's own where HOME is %j, and so is `~` (needs HOME)",
    (home) => {
      const own = userInfo().homedir;
      expect(withHome(home, 'homeFolder()')).toBe(own);
      expect(withHome(home, "absolutePath('~/x.json')")).toBe(join(own, 'x.json'));
    },
  );

  test.skipIf(onWindows)('the home folder is what HOME names, where that is absolute (needs HOME)', () => {
    expect(withHome('/some/where', 'homeFolder()')).toBe('/some/where');
  });

  test('the home folder is set right for what we start, and an absolute or missing one stays', () => {
    const env = { HOME: 'rel', OTHER: 'rel' };
    correctHome(env);
    expect(env).toEqual({ HOME: homedir(), OTHER: 'rel' });
    for (const right of [{}, { HOME: resolve('/x') }, { USERPROFILE: 'C:\\Users\\ada' }]) {
      const before = { ...right };
      correctHome(right);
      expect(right).toEqual(before);
    }
  });
});

describe('paths as a person writes them', () => {
  test.each([
    ['~', homedir()],
    ['~/x.json', join(homedir(), 'x.json')],
    ['x.json', resolve('x.json')],
    ['./a/../x.json', resolve('x.json')],
    [resolve('/x.json'), resolve('/x.json')],
    ['~ann/x.json', resolve('~ann/x.json')],
    ['a~/x', resolve('a~/x')],
  ])("a person's path %j is the absolute %j", (written, meant) => {
    expect(absolutePath(written)).toBe(meant);
  });

  test("a person's path keeps all but a `~` at its start where it must not be resolved", () => {
    expect(expandHome('a/~/b')).toBe('a/~/b');
    expect(expandHome('~')).toBe(homedir());
  });
});
