/** The linter's rules about promises, tried on code that breaks them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const oxlint = join(dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin', 'oxlint');

const BROKEN = `
  import { rm } from 'node:fs/promises';
  async function work(): Promise<void> {}
  export function callsOwn(): void { work(); }
  export function callsNode(): void { rm('x'); }
  export function callsThen(): void { work().then(() => 1); }
  export function listens(signal: AbortSignal): void { signal.addEventListener('abort', async () => work()); }
  export function iterates(): void { [1].forEach(async () => work()); }
  export async function asks(): Promise<number> { if (work()) return 1; return 2; }
`;

test('the linter refuses promises that nobody awaits, also those of Node and of a listener of abort', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lint-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    types: ['node'],
    typeRoots: [resolve('node_modules/@types')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(folder, 'broken.ts'), BROKEN);
  const args = [oxlint, `--config=${resolve('.oxlintrc.json')}`, '--format=json', folder];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const found: { code: string; labels: { span: { line: number } }[] }[] = JSON.parse(stdout).diagnostics;
  const broken = found.map(({ code, labels: [label] }) => `${label?.span.line}: ${code}`).sort();
  expect(broken).toEqual([
    '4: typescript(no-floating-promises)',
    '5: typescript(no-floating-promises)',
    '6: typescript(no-floating-promises)',
    '7: typescript(no-misused-promises)',
    '8: typescript(no-misused-promises)',
    '9: typescript(no-misused-promises)',
  ]);
  expect(status).toBe(1);
});
