import { expect, test } from 'vitest';
import { projectRules } from '../../src/bridge/work-rules.ts';
import { schema } from '../../src/config-schema.ts';
import type { Project } from '../../src/project/project.ts';

const CHECKS = ['lint', 'test'].map((name) => ({ name, run: `npm run ${name}` }));

function rules(asked: Partial<Pick<Project, 'checks' | 'onApprove'>>, onApprove = 'push') {
  const site = { path: '/site', checks: CHECKS, on_approve: onApprove };
  const config = schema.parse({ workspaces: { site } });
  const project = { place: 'site', workspace: '/site', checks: null, onApprove: null, ...asked } as Project;
  const { checks, onApprove: action } = projectRules(config, project);
  return { checks: checks.map(({ name }) => name), action };
}

test("a plan that asks for nothing has all of the owner's checks, and what the owner does on approval", () => {
  expect(rules({})).toEqual({ checks: ['lint', 'test'], action: 'push' });
});

test('a plan has the checks that it names; names that the configuration has no more leave none out', () => {
  expect(rules({ checks: ['test'] }).checks).toEqual(['test']);
  expect(rules({ checks: ['test', 'gone'] }).checks).toEqual(['lint', 'test']);
});

test('a plan may leave its work on a branch, and never asks for more than the owner allows by now', () => {
  expect(rules({ onApprove: 'branch' }).action).toBe('branch');
  expect(rules({ onApprove: 'push' }, 'merge').action).toBe('merge');
});
