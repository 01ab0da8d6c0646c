/** Where a list stands in its window. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Item,
  lineCount,
  type Position,
  scroll,
  settle,
  step,
  toEdge,
  toFile,
  visibleLines,
} from '../../src/cli/tui/lines/scroll.ts';

function item(key: string, lines: number, options: Partial<Item> = {}): Item {
  return { key, lines: Array.from({ length: lines }, (_, at) => [{ text: `${key}${at}` }]), ...options };
}

const keys = { enter: () => undefined };

const anyItems = fc.array(
  fc.record({ lines: fc.integer({ min: 0, max: 12 }), isChoice: fc.boolean(), isFile: fc.boolean() }),
  { maxLength: 8 },
);

test('whatever is pressed, the window stays in the list, and what is chosen is one of it', () => {
  const moves = fc.array(fc.constantFrom('j', 'k', 'page', 'back', 'n', 'N', 'end', 'home'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(anyItems, moves, fc.integer({ min: 1, max: 10 }), (shapes, pressed, height) => {
      const items = shapes.map(({ lines, isChoice, isFile }, at) =>
        item(`i${at}`, lines, { isFile, ...(isChoice && { keys }) }),
      );
      const window = { items, height };
      let position: Position = settle({ top: 0, chosen: undefined }, window);
      for (const key of pressed) {
        if (key === 'j' || key === 'k') position = step(position, key === 'j' ? 1 : -1, window);
        else if (key === 'page' || key === 'back')
          position = scroll(position, key === 'page' ? height : -height, window);
        else if (key === 'n' || key === 'N') position = toFile(position, key === 'n' ? 1 : -1, window);
        else position = toEdge(key === 'end' ? 'end' : 'start', window);
        position = settle(position, window);
        expect(position.top).toBeGreaterThanOrEqual(0);
        expect(position.top).toBeLessThanOrEqual(Math.max(0, lineCount(items) - height));
        expect(visibleLines(position, window).length).toBe(Math.min(height, lineCount(items)));
        const choices = shapes.flatMap(({ isChoice }, at) => (isChoice ? [`i${at}`] : []));
        if (choices.length > 0) expect(choices).toContain(position.chosen);
      }
    }),
  );
});

test('every line of a list is reached by j alone, and the first again by k', () => {
  fc.assert(
    fc.property(anyItems, fc.integer({ min: 1, max: 6 }), (shapes, height) => {
      const items = shapes.map(({ lines, isChoice }, at) => item(`i${at}`, lines, isChoice ? { keys } : {}));
      const window = { items, height };
      const seen = new Set<string>();
      let position = settle({ top: 0, chosen: undefined }, window);
      for (let press = 0; press < 200; press += 1) {
        for (const { line } of visibleLines(position, window)) seen.add(line[0]?.text ?? '');
        position = step(position, 1, window);
      }
      expect(seen.size).toBe(lineCount(items));
      for (let press = 0; press < 200; press += 1) position = step(position, -1, window);
      expect(position.top).toBe(0);
    }),
  );
});

test('what was chosen stays chosen when something comes before it', () => {
  const before = { items: [item('a', 1, { keys }), item('b', 1, { keys })], height: 5 };
  const after = { items: [item('new', 2, { keys }), ...before.items], height: 5 };
  expect(settle({ top: 0, chosen: 'b' }, after).chosen).toBe('b');
  expect(settle({ top: 0, chosen: 'gone' }, after).chosen).toBe('new');
});
