import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { LINES, NOUNS, OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { TOOL_RESULTS } from '../../src/wire/schemas/tool-results.ts';

const ALL: Readonly<Record<string, z.ZodType>> = { ...NOUNS, ...OUTPUTS, ...LINES, ...TOOL_RESULTS };

test.for(Object.keys(ALL))('the JSON Schema of %s does not change unnoticed', async (name) => {
  const text = JSON.stringify(z.toJSONSchema(ALL[name] ?? z.never()), null, 2);
  await expect(`${text}\n`).toMatchFileSnapshot(`frozen/schemas/${name.replaceAll(' ', '-')}.snap`);
});

test('docs/json.md is what scripts/json-docs.mjs makes of the schemas', () => {
  const args = ['--experimental-strip-types', '--no-warnings', 'scripts/json-docs.mjs', '--check'];
  execFileSync(process.execPath, args, { stdio: 'pipe' });
});
