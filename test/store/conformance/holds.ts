import { describe, expect, test } from 'vitest';
import { allHolds, putHold, removeHold } from '../../../src/store/holds.ts';
import { minute, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function holdsConform({ write, read }: StoreUnderTest): void {
  describe('holds', () => {
    const subject = 'fleet';
    const hold = {
      kind: 'paused',
      scope: '',
      reason: 'lunch',
      since: NOW,
      until: null,
      source: 'person',
    } as const;
    const standing = { subject, probeRunId: null } as const;

    test('one hold of a kind and scope exists; setting it again changes its reason, end and source, not its beginning', async () => {
      await write(async (trx) => {
        await putHold(trx, subject, hold);
        await putHold(trx, subject, {
          ...hold,
          kind: 'usage_limit',
          scope: 'opus',
          since: minute(1),
          until: minute(9),
        });
        await putHold(trx, subject, {
          ...hold,
          reason: 'dinner',
          since: minute(5),
          until: minute(6),
          source: 'run',
        });
      });
      expect(await allHolds(read())).toEqual([
        { ...hold, ...standing, reason: 'dinner', until: minute(6), source: 'run' },
        { ...hold, ...standing, kind: 'usage_limit', scope: 'opus', since: minute(1), until: minute(9) },
      ]);
    });

    test('a hold ends once', async () => {
      await write((trx) => putHold(trx, subject, hold));
      expect(await write((trx) => removeHold(trx, { ...hold, subject, kind: 'billing' }))).toBe(false);
      expect(await write((trx) => removeHold(trx, { ...hold, subject }))).toBe(true);
      expect(await write((trx) => removeHold(trx, { ...hold, subject }))).toBe(false);
      expect(await allHolds(read())).toEqual([]);
    });
  });
}
