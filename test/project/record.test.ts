import { describe, expect, test } from 'vitest';
import type { Project } from '../../src/project/project.ts';
import { recordEntry, recordHeading } from '../../src/project/record.ts';
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

function entry(type: string, data: Record<string, unknown> = {}, actor = 'desktop'): string {
  return recordEntry({ type, actor, data, createdAt: at }, completion);
}

describe('the record is written for people', () => {
  test('the heading says which project it is', () => {
    const project = { id: projectId, title: 'A clock', workspace: '/w', createdAt: at } as Project;
    expect(recordHeading(project)).toBe(`# A clock\n\nProject ${projectId}, workspace /w, sent ${at}\n\n`);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['project.sent', { title: 'A' }, 'Plan sent'],
    ['project.updated', { message: 'Tests pass' }, 'Tests pass'],
    ['project.approved', { round: 1, reason: '' }, 'Round 1 approved by desktop'],
    [
      'project.rejected',
      { round: 1, reason: 'too slow\ntoo big' },
      'Round 1 rejected by desktop: too slow / too big',
    ],
    ['project.steered', { message: 'use Rust' }, 'Message from the person: use Rust'],
    ['project.cancelled', { reason: '' }, 'Cancelled by desktop'],
    ['project.cancelled', { reason: 'no longer needed' }, 'Cancelled by desktop: no longer needed'],
    ['project.retried', { was: 'x' }, 'Put back into the queue by desktop'],
    ['project.needs_attention', { reason: 'no login' }, 'Needs attention: no login'],
    ['project.completed', {}, 'Complete'],
    ['run.ended', { outcome: { kind: 'throttled' } }, 'Run ended: the service asked to slow down'],
  ])('%s is one timestamped line', (type, data, words) => {
    expect(entry(type, data)).toBe(`- ${at} ${words}\n`);
  });

  test.each(['a\nb', 'a\r\n\r\n  b', '\n a \rb\n', 'a\u2028b'])('whatever its text: %j', (message) => {
    expect(entry('project.updated', { message })).toBe(`- ${at} a / b\n`);
  });

  test('a line of twenty thousand spaces is written in no time', () => {
    const message = `a${' '.repeat(20_000)}b`;
    expect(entry('project.updated', { message: `${message}\nc` })).toBe(`- ${at} ${message} / c\n`);
  });

  test('what only machines need is left out, and so is the end of a run that submitted its work', () => {
    for (const type of [
      'project.claimed',
      'run.started',
      'run.ready',
      'project.steering_delivered',
      'unheard.of',
    ]) {
      expect(entry(type), type).toBe('');
    }
    expect(entry('run.ended', { outcome: { kind: 'submitted' } })).toBe('');
  });

  test('submitted work is a block of its own', () => {
    expect(entry('project.submitted', { round: 2 })).toBe(
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
});
