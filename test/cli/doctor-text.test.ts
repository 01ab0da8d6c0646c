/** What `doctor` shows of its findings. */
import { expect, test } from 'vitest';
import { openOutput } from '../../src/cli/terminal/output.ts';
import { groupLines } from '../../src/cli/views/doctor-text.ts';
import { type FindingFacts, ok, skipped, warning } from '../../src/doctor/check.ts';

const GROUP = { name: 'service', title: 'Service', checks: [] };

function shown(results: readonly FindingFacts[]): string[] {
  const findings = results.map((result) => ({ check: 'service.part', ...result }));
  return groupLines(openOutput({ NO_COLOR: '1' }), GROUP, findings).map((line) => line.trim());
}

test('the doctor shows a cause once, and no check that was skipped for it after that', () => {
  const missing = warning('service', 'No service is installed.', { cause: 'no_service' });
  const part = skipped('files', 'There are no files of a service.', { cause: 'no_service' });
  expect(shown([missing, part, part])).toEqual(['Service', 'warning  No service is installed.', '']);
  expect(shown([part, part])).toEqual(['Service', 'skipped  There are no files of a service.', '']);
});

test('the doctor shows every finding without a cause, also two of the same words', () => {
  const one = skipped('one', 'It is not known.');
  const other = skipped('other', 'It is not known.', { cause: 'no_service' });
  expect(shown([ok('one', 'It is known'), one, one, other])).toHaveLength(6);
});
