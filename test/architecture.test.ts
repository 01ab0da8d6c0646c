import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

test('docs/architecture.md shows the imports that src/ has (else: npm run docs)', () => {
  const args = ['--experimental-strip-types', '--no-warnings', 'scripts/architecture.mjs', '--check'];
  expect(() => execFileSync(process.execPath, args, { cwd: root, stdio: 'pipe' })).not.toThrow();
});

test('docs/architecture.md names only files and folders that are there', () => {
  const page = readFileSync(`${root}/docs/architecture.md`, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  const named = [...page.matchAll(/`([\w.-]+(?:\/[\w.-]*)+|[\w-]+\.ts)`/g)].flatMap(([, path]) => path ?? []);
  const shortened = ['reader.ts', 'phase.ts'].map((name) => `supervisor/run/${name}`);
  const paths = named.map((path) => shortened.find((whole) => whole.endsWith(`/${path}`)) ?? path);
  const missing = paths.filter(
    (path) => !existsSync(`${root}/src/${path}`) && !existsSync(`${root}/${path}`),
  );
  expect({ count: paths.length > 40, missing }).toEqual({ count: true, missing: ['plans/', 'status/'] });
});
