import { describe, expect, test } from 'vitest';
import { type Excerpt, jsonReporter, textReporter } from '../../src/cli/demo/reporter.ts';
import type { Output } from '../../src/cli/terminal/output.ts';
import { widthOf } from '../../src/cli/terminal/text.ts';
import { TestClock } from '../rig.ts';

/** What is printed, and nothing else of an output. */
function recording(columns: number): { out: Output; printed: string[] } {
  const printed: string[] = [];
  const out: Output = {
    columns,
    isTerminal: false,
    readerGone: new AbortController().signal,
    line: (text = '') => void printed.push(text),
    json: (value) => void printed.push(JSON.stringify(value)),
    jsonLine: (value) => void printed.push(JSON.stringify(value)),
    raw: (text) => void printed.push(text),
    hint: () => undefined,
    failure: () => undefined,
    details: () => undefined,
    style: (_, text) => text,
  };
  return { out, printed };
}

const KINDS: Excerpt['kind'][] = ['output', 'diff', 'text', 'evidence'];

describe('text of the demo', () => {
  test.for([40, 80, 120])('the demo fits %i columns, whatever programs print', (columns) => {
    const { out, printed } = recording(columns);
    const reporter = textReporter(out, new TestClock());
    reporter.step('One');
    const long = `${'word '.repeat(40)}${'x'.repeat(200)} 日本語`;
    for (const kind of KINDS) reporter.say('Supervisor', long, { kind, lines: Array(50).fill(long) });
    reporter.live('nobody looks');
    reporter.end();
    for (const line of printed) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
    const shown = printed.filter((line) => line.includes('│'));
    expect(shown.length, 'lines of 50 each').toBeLessThan(5 + 12 + 12 + 30 + 1);
    expect(printed.join('\n')).not.toContain('nobody looks');
  });

  test('the demo lets no word of a program steer the terminal', () => {
    const { out, printed } = recording(80);
    const reporter = textReporter(out, new TestClock());
    const hostile = '\u001b[2Jgone\u0007\r\u202e';
    for (const kind of KINDS) reporter.say('Claude', hostile, { kind, lines: [hostile] });
    expect(printed.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});

test('the demo prints a step as JSON when it is over, with its time and all its lines', () => {
  const { out, printed } = recording(80);
  const clock = new TestClock();
  const reporter = jsonReporter(out, clock);
  reporter.step('One');
  reporter.say('You', 'look', { kind: 'output', lines: ['a', 'b'] });
  clock.advance(1_500);
  expect(printed).toEqual([]);
  reporter.step('Two');
  reporter.end();
  reporter.end();
  expect(printed.map((line) => JSON.parse(line))).toEqual([
    { step: 1, title: 'One', duration_ms: 1_500, lines: [{ who: 'You', text: 'look', shown: ['a', 'b'] }] },
    { step: 2, title: 'Two', duration_ms: 0, lines: [] },
  ]);
});
