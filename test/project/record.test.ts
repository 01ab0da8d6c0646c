import { describe, expect, test } from 'vitest';
import type { Project } from '../../src/project/project.ts';
import {
  completionBlock,
  decisionLine,
  recordHeading,
  recordLine,
  updateLine,
} from '../../src/project/record.ts';
import type { Completion } from '../../src/project/review.ts';

const at = '2026-03-01T12:00:00.000Z';
const projectId = '0123456789ab';
const completion: Completion = {
  id: 1,
  projectId,
  round: 2,
  runId: null,
  filesCreated: ['src/a.ts', 'b c.md'],
  filesModified: [],
  summary: 'It works.\n\nBoth clocks tick.',
  caveats: '',
  createdAt: at,
};

describe('the record is written for people', () => {
  test('an update is one timestamped line', () => {
    expect(updateLine({ id: 1, projectId, runId: null, message: 'Tests pass', createdAt: at })).toBe(
      `- ${at} Tests pass\n`,
    );
  });

  test.each(['a\nb', 'a\r\n\r\n  b', '\n a \rb\n', 'a\u2028b'])('whatever its text: %j', (text) => {
    expect(recordLine(at, text)).toBe(`- ${at} a / b\n`);
  });

  test('a line of twenty thousand spaces is written in no time', () => {
    const line = `a${' '.repeat(20_000)}b`;
    expect(recordLine(at, `${line}\nc`)).toBe(`- ${at} ${line} / c\n`);
  });

  test('a decision names its round, who made it and why', () => {
    const decision = { id: 1, projectId, round: 1, decidedBy: 'desktop', createdAt: at };
    expect(decisionLine({ ...decision, verdict: 'approved', reason: '' })).toBe(
      `- ${at} Round 1 approved by desktop\n`,
    );
    expect(decisionLine({ ...decision, verdict: 'rejected', reason: 'too slow\ntoo big' })).toBe(
      `- ${at} Round 1 rejected by desktop: too slow / too big\n`,
    );
  });

  test('a completion is a block of its own', () => {
    expect(completionBlock(completion)).toBe(
      `
## Completion (round 2, ${at})

It works.

Both clocks tick.

- Files created: \`src/a.ts\`, \`b c.md\`
- Files modified: none
- Caveats: none

`,
    );
  });

  test('the heading says which project it is', () => {
    const project = { id: projectId, title: 'A clock', workspace: '/w', createdAt: at } as Project;
    expect(recordHeading(project)).toBe(`# A clock\n\nProject ${projectId}, workspace /w, sent ${at}\n\n`);
  });
});
