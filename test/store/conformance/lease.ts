import { describe, expect, test } from 'vitest';
import { asLeaseToken, LOCAL_MACHINE } from '../../../src/project/ids.ts';
import {
  askHolderToStop,
  dropLease,
  extendLease,
  readLease,
  replaceLease,
} from '../../../src/store/lease.ts';
import { minute, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function leaseConform({ write, read }: StoreUnderTest): void {
  describe('the lease', () => {
    const lease = {
      token: asLeaseToken('one'),
      pid: 42,
      pidStartedAt: 't',
      version: '1.0.0',
      startedAt: NOW,
      renewedAt: NOW,
      expiresAt: minute(1),
      stopRequestedAt: null,
      degradedReason: null,
    };

    test('one lease exists at a time', async () => {
      expect(await readLease(read(), LOCAL_MACHINE)).toBeUndefined();
      await write((trx) => replaceLease(trx, LOCAL_MACHINE, lease));
      await write((trx) => replaceLease(trx, LOCAL_MACHINE, { ...lease, token: asLeaseToken('two') }));
      expect(await readLease(read(), LOCAL_MACHINE)).toMatchObject({ ...lease, token: 'two' });
    });

    test('a lease is extended or dropped only by its holder', async () => {
      await write((trx) => replaceLease(trx, LOCAL_MACHINE, lease));
      expect(await write((trx) => extendLease(trx, asLeaseToken('other'), minute(1), minute(2)))).toBe(false);
      expect(await write((trx) => extendLease(trx, asLeaseToken('one'), minute(1), minute(2)))).toBe(true);
      expect(await readLease(read(), LOCAL_MACHINE)).toMatchObject({
        renewedAt: minute(1),
        expiresAt: minute(2),
      });
      await write((trx) => dropLease(trx, asLeaseToken('other')));
      expect(await readLease(read(), LOCAL_MACHINE)).toBeDefined();
      await write((trx) => dropLease(trx, asLeaseToken('one')));
      expect(await readLease(read(), LOCAL_MACHINE)).toBeUndefined();
    });

    test('a request to stop is kept from the first, and a new holder starts without one', async () => {
      expect(await write((trx) => askHolderToStop(trx, LOCAL_MACHINE, minute(0)))).toBe(false);
      await write((trx) => replaceLease(trx, LOCAL_MACHINE, lease));
      expect(await write((trx) => askHolderToStop(trx, LOCAL_MACHINE, minute(1)))).toBe(true);
      expect(await write((trx) => askHolderToStop(trx, LOCAL_MACHINE, minute(2)))).toBe(false);
      expect((await readLease(read(), LOCAL_MACHINE))?.stopRequestedAt).toBe(minute(1));
      await write((trx) => replaceLease(trx, LOCAL_MACHINE, { ...lease, token: asLeaseToken('two') }));
      expect((await readLease(read(), LOCAL_MACHINE))?.stopRequestedAt).toBeNull();
    });
  });
}
