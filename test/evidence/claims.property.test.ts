import { expect, test } from 'vitest';
import { claimedPaths, compareClaims, type WorkPlace } from '../../src/evidence/claims.ts';
import { fc } from '../property.ts';

const PLACE: WorkPlace = {
  subfolder: 'web',
  roots: [
    { path: '/state/worktrees/0123', below: '' },
    { path: '/code/app/web', below: 'web' },
  ],
  ignoreCase: false,
};

const part = fc
  .oneof(
    fc.constantFrom('a', 'b', 'src', 'web', '-x', '.env', '...', 'a b'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
  )
  // A backslash in a name may be read as a separator; that is tried by examples.
  .map((text) => text.normalize('NFC').replaceAll(/[/\\\0]/g, '_'))
  .filter((text) => text !== '' && text !== '.' && text !== '..' && !/^[A-Za-z]:$/.test(text));
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ['web', ...parts].join('/'));
const change = fc.record({ path, status: fc.constantFrom('A' as const, 'M' as const, 'D' as const) });
const changes = fc.uniqueArray(change, { selector: ({ path }) => path, maxLength: 6 });

/** Ways to say the same path. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path.slice('web/'.length),
  (path) => `./${path.slice('web/'.length)}`,
  (path) => `././${path.slice('web/'.length)}//`,
  (path) => `../${path}`,
  (path) => `/state/worktrees/0123/${path}`,
  (path) => `/code/app/${path}`,
  (path) => `/code//app/./${path}`,
];

test('every spelling of a changed path declares that change and no other', () => {
  fc.assert(
    fc.property(changes, fc.nat(), fc.constantFrom(...SPELLINGS), (all, at, spell) => {
      fc.pre(all.length > 0);
      const meant = all[at % all.length];
      if (meant === undefined) return;
      const claimed = { created: [], modified: [spell(meant.path)] };
      const { missing, undeclared, outside } = compareClaims(claimed, all, PLACE, () => false);
      expect({ missing, outside }).toEqual({ missing: [], outside: [] });
      expect(undeclared).toEqual(all.filter((one) => one !== meant).map((one) => one.path));
    }),
  );
});

test('no claim at all, whatever it says, makes more than one change declared', () => {
  fc.assert(
    fc.property(changes, fc.string({ unit: 'binary' }), (all, claim) => {
      const { undeclared } = compareClaims({ created: [claim], modified: [] }, all, PLACE, () => true);
      expect(all.length - undeclared.length).toBeLessThanOrEqual(1);
    }),
  );
});

test('each claim is matched, missing or ignored, and no path that is asked for leads out of the top', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(path, fc.string())), changes, fc.boolean(), (claims, all, ignores) => {
      const claimed = { created: claims, modified: [] };
      const found = compareClaims(claimed, all, PLACE, () => ignores);
      const declared = all.length - found.undeclared.length;
      expect(declared === 0 && found.missing.length === 0 && found.ignored.length === 0).toBe(
        claims.length === 0,
      );
      for (const asked of claimedPaths(claimed, PLACE)) expect(asked).not.toMatch(/^\/|^\.\.(\/|$)|^$/);
    }),
  );
});
