import { describe, expect, test } from 'vitest';
import { expiryOf, hasExpired } from '../../src/project/expiry.ts';
import { PROJECT_STATUSES } from '../../src/project/project.ts';

const SENT = '2026-03-28T12:00:00.000Z';

describe('the expiry of a plan', () => {
  test('a plan expires as long after it was sent as it says, whatever the clocks of the summer do', () => {
    expect(expiryOf(SENT, 24 * 3_600_000)).toBe('2026-03-29T12:00:00.000Z');
    expect(expiryOf(SENT, null)).toBeNull();
  });

  test.each(PROJECT_STATUSES)('a project in status %s expires only if it has not begun', (status) => {
    const expiresAt = expiryOf(SENT, 60_000);
    expect(hasExpired({ status, expiresAt }, '2026-03-28T12:01:00.000Z')).toBe(status === 'pending');
    expect(hasExpired({ status, expiresAt }, '2026-03-28T12:00:59.999Z')).toBe(false);
    expect(hasExpired({ status, expiresAt: null }, '2027-01-01T00:00:00.000Z')).toBe(false);
  });
});
