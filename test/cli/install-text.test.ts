/** What `install` shows is of files that may be somebody else's. */
import { expect, test } from 'vitest';
import { openOutput } from '../../src/cli/terminal/output.ts';
import { previewLines } from '../../src/cli/views/install-text.ts';
import type { InstallPlan } from '../../src/install/plan.ts';

test('a name in the install report moves no cursor and colours no terminal, and no value is shown', () => {
  const file = { path: '/state/service.env', before: 'OLD\u001b[2J=1\n', after: 'A\u001b[31mB=secret\n' };
  const plan: Pick<InstallPlan, 'files'> = { files: [{ ...file, isSecret: true }] };
  const lines = previewLines(plan, openOutput({ NO_COLOR: '1' }));
  expect(lines.slice(2)).toEqual(['  + AB=…', '  - OLD=…']);
});
