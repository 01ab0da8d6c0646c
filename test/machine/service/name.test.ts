import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { serviceName } from '../../../src/machine/service/name.ts';

const account = { name: 'ann', homeDir: resolve('/home/ann') };
const defaultStateDir = resolve('/home/ann/.claude-bridge');

test('the default state folder has the plain service name; a system service adds its user', () => {
  expect(serviceName({ scope: 'user', account, stateDir: defaultStateDir })).toBe('bridge-supervisor');
  expect(serviceName({ scope: 'system', account, stateDir: defaultStateDir })).toBe('bridge-supervisor-ann');
});

test('every other state folder has a stable service name of its own', () => {
  const nameOf = (stateDir: string) => serviceName({ scope: 'user', account, stateDir });
  expect(nameOf('/srv/one')).toMatch(/^bridge-supervisor-[0-9a-f]{8}$/);
  expect(nameOf('/srv/one')).toBe(nameOf('/srv/x/../one/'));
  expect(nameOf('/srv/one')).not.toBe(nameOf('/srv/two'));
  expect(serviceName({ scope: 'system', account, stateDir: '/srv/one' })).toMatch(
    /^bridge-supervisor-ann-[0-9a-f]{8}$/,
  );
});

test("a domain user's name gives no character that a unit may not have", () => {
  const ofDomain = { ...account, name: 'CORP\\ann@corp$' };
  expect(serviceName({ scope: 'system', account: ofDomain, stateDir: defaultStateDir })).toBe(
    'bridge-supervisor-CORP_ann_corp_',
  );
});
