import { describe, expect, test } from 'vitest';
import { testTitles, titlesIn } from './house/test-titles.ts';

/**
 * A title is read without its `describe` in a list of skipped tests, in docs/faults.md and after `-t`. One that begins
 * with such a word leans on what stands above it: begin with the subject.
 */
const LEANS = [
  // conjunctions
  ...[
    'also',
    'although',
    'and',
    'as',
    'because',
    'but',
    'if',
    'nor',
    'or',
    'since',
    'so',
    'than',
    'then',
    'though',
  ],
  ...['unless', 'until', 'when', 'where', 'while', 'yet', 'not', 'once', 'twice'],
  // prepositions
  ...[
    'after',
    'against',
    'at',
    'before',
    'behind',
    'beside',
    'between',
    'by',
    'during',
    'for',
    'from',
    'in',
    'inside',
  ],
  ...['of', 'on', 'over', 'through', 'to', 'under', 'with', 'without'],
  // pronouns
  ...[
    'he',
    'it',
    'its',
    'she',
    'that',
    'their',
    'them',
    'they',
    'these',
    'those',
    'which',
    'who',
    'whom',
    'whose',
  ],
  // verbs that want a subject
  ...['are', 'can', 'cannot', 'did', 'do', 'does', 'had', 'has', 'have', 'is', 'may', 'must', 'was', 'were'],
  // participles
  ...[
    'called',
    'given',
    'interrupted',
    'kept',
    'killed',
    'made',
    'restarted',
    'started',
    'stopped',
    'taken',
    'told',
  ],
];

/** The words of one author; the field has others: again, correct, fixed. */
const UNCOMMON = /\b(anew|aright|mended|mends|in vain)\b/;

const titles = testTitles();

describe('reader of titles', () => {
  test.for([
    ["test('a', () => {});", ['a']],
    ["it('a', () => {});", ['a']],
    ['test("it\'s", () => {});', ["it's"]],
    ["test.skipIf(off)(\n  'a (needs b)',\n  () => {},\n);", ['a (needs b)']],
    ["test.for([\n  ['x', (y: string) => y],\n] as const)('%s a', () => {});", ['%s a']],
    ["test.each<[string]>([['x']])('a %s', () => {});", ['a %s']],
    ["test.runIf(on).for([1])('a %i', () => {});", ['a %i']],
    ["describe('a', () => {\n  test('b', () => {});\n});", ['b']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    ['test(`a ${b}`, () => {});', ['a ${b}']],
    ["/x/.test('a');", []],
  ] as const)('the reader of titles reads %j', ([source, expected]) => {
    expect(titlesIn(source)).toEqual(expected);
  });

  test('the reader of titles reads every folder of tests', () => {
    expect(titles.length).toBeGreaterThan(1_500);
  });
});

test('every test title stands alone: it begins with its subject or its verb', () => {
  const leaning = titles.filter(({ title }) =>
    LEANS.includes(title.split(/[^\p{L}]/u)[0]?.toLowerCase() ?? ''),
  );
  expect(leaning).toEqual([]);
});

test('every test title has the words of the field', () => {
  expect(titles.filter(({ title }) => UNCOMMON.test(title))).toEqual([]);
});
