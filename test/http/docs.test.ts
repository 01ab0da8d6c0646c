import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { PROBLEMS } from '../../src/http/problem.ts';
import { ROUTES } from '../../src/http/routes.ts';

test('docs/http.md is what scripts/http-docs.mjs makes of the routes', () => {
  const args = ['--experimental-strip-types', '--no-warnings', 'scripts/http-docs.mjs', '--check'];
  execFileSync(process.execPath, args, { stdio: 'pipe' });
});

test('every route names its parameters, each with what it means, and only problems that there are', () => {
  for (const { path, params, query, body, problems, summary } of ROUTES) {
    const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(params.shape)).toEqual(named);
    const fields = [params, query, body].flatMap((part) => Object.entries(part?.shape ?? {}));
    for (const [name, field] of fields)
      expect((field as { description?: string }).description, name).toBeTruthy();
    expect(problems.filter((code) => !(code in PROBLEMS))).toEqual([]);
    expect(summary).toMatch(/\.$/);
  }
});
