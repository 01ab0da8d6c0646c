/** The examples are what the program takes, without a word of complaint. */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configOfText } from '../src/config.ts';
import { parsePlan } from '../src/project/plan.ts';

const examples = fileURLToPath(new URL('../examples/', import.meta.url));
const plans = readdirSync(join(examples, 'plans'));
const configs = readdirSync(join(examples, 'configs'));

const read = (...path: string[]) => readFileSync(join(examples, ...path), 'utf8');

test('six plans and four configurations are examples, each named in their README', () => {
  expect([plans.length, configs.length]).toEqual([6, 4]);
  const readme = read('README.md');
  for (const file of plans) expect(readme).toContain(`(plans/${file})`);
  for (const file of configs) expect(readme).toContain(`(configs/${file})`);
});

test.each(plans)('the plan %s is taken, with every key of its front matter', async (file) => {
  expect(await parsePlan(read('plans', file))).toMatchObject({ ok: true, notUsed: [] });
});

test('one plan has every key of the front matter', async () => {
  expect(await parsePlan(read('plans', 'with-settings.md'))).toMatchObject({
    plan: {
      title: 'Word count',
      workspace: 'tools',
      model: 'sonnet',
      priority: 5,
      maxTurns: 60,
      timeoutMs: 7_200_000,
      budgetUsd: 5,
    },
  });
});

test.each(configs)('the configuration %s is taken as it is', (file) => {
  const text = read('configs', file);
  const config: Record<string, unknown> = configOfText(text, file, {});
  const { $schema, ...settings } = JSON.parse(text);
  expect($schema).toBe('./config.schema.json');
  for (const key of Object.keys(settings)) expect(config[key], key).toBeDefined();
});

test('the workspaces that plans name are those of a configuration', async () => {
  const { workspaces } = configOfText(read('configs', 'laptop.json'), 'laptop.json', {});
  expect(workspaces.site).toBe(join(homedir(), 'code', 'site'));
  for (const file of plans) {
    const parsed = await parsePlan(read('plans', file));
    const workspace = parsed.ok ? parsed.plan.workspace : undefined;
    if (workspace !== null) expect(Object.keys(workspaces)).toContain(workspace);
  }
});
