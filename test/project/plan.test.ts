import { describe, expect, test } from 'vitest';
import { type Plan, type PlanResult, parsePlan, planBody } from '../../src/project/plan.ts';
import { SETTING_NAMES } from '../../src/project/settings.ts';
import { LIMITS } from '../../src/project/text.ts';

const body = '# Build a clock\n\nIt shows the time.\n';

function withKeys(...lines: string[]): string {
  return ['---', ...lines, '---', body].join('\n');
}

async function accepted(reading: Promise<PlanResult>): Promise<Plan> {
  const result = await reading;
  if (!result.ok) throw new Error(`refused: ${result.problems.join('; ')}`);
  return result.plan;
}

async function problems(reading: Promise<PlanResult>): Promise<readonly string[]> {
  const result = await reading;
  if (result.ok) throw new Error('accepted, although it should not have been');
  return result.problems;
}

describe('plans without front matter', () => {
  test('a plan without front matter has its first heading as title, and defaults for the rest', async () => {
    expect(await accepted(parsePlan(body))).toEqual({
      title: 'Build a clock',
      markdown: body,
      workspace: null,
      model: null,
      priority: 0,
      isolation: null,
      base: null,
      maxTurns: null,
      timeoutMs: null,
      budgetUsd: null,
      checks: null,
      onApprove: null,
      outline: false,
      maxRounds: null,
      dependsOn: null,
      expiresMs: null,
      timetable: null,
      permissionMode: null,
      deny: null,
      ask: null,
      answerAfterMs: null,
    });
  });

  test.each([
    ['of any level, anywhere', 'Do this.\n\n### Later heading\n', 'Later heading'],
    ['with closing marks', '## Build a clock ##\n', 'Build a clock'],
    ['with marks inside', '# Learn C# and F# now\n', 'Learn C# and F# now'],
    ['with Windows line ends', '# Build a clock\r\nIt ticks.\r\n', 'Build a clock'],
    ['after a byte order mark', '\uFEFF# Build a clock\n', 'Build a clock'],
    ['with tabs and double spaces', '#\tBuild\t a  clock \n', 'Build a clock'],
  ])('a heading %s is the title', async (_, markdown, title) => {
    expect((await accepted(parsePlan(markdown))).title).toBe(title);
  });

  test('a plan without a heading needs a title', async () => {
    expect(await problems(parsePlan('Just do it.'))).toEqual([
      "the plan has no title: give 'title', or start the plan with a '# heading'",
    ]);
    expect((await accepted(parsePlan('Just do it.', 'A clock'))).title).toBe('A clock');
    expect(await problems(parsePlan('#\n#hashtag\n####### seven'))).toHaveLength(1);
  });

  test('a heading that is too long for a title is shortened; the plan keeps it whole', async () => {
    const heading = `# ${'very '.repeat(1_000)}long`;
    const plan = await accepted(parsePlan(heading));
    expect(plan.title).toBe('very '.repeat(40).trim());
    expect(plan.markdown).toBe(heading);
  });

  test('a shortened title never ends in half a character', async () => {
    const { title } = await accepted(parsePlan(`# a${'😀'.repeat(200)}`));
    expect(title).toBe(`a${'😀'.repeat(99)}`);
  });

  test('a heading made of a megabyte of spaces is read in no time', async () => {
    const spaces = ' '.repeat(900_000);
    expect((await accepted(parsePlan(`# a${spaces}b\n`))).title).toBe('a');
    expect(await problems(parsePlan(`#${spaces}\n`))).toHaveLength(1);
  });
});

describe('keys of a front matter', () => {
  test('a front matter may have all keys together', async () => {
    const plan = await accepted(
      parsePlan(
        withKeys(
          'title: A better clock',
          'workspace: clocks',
          'model: claude-opus-4-1[1m]',
          'priority: -5',
          'max_turns: 40',
          'timeout: 1.5h',
          'budget_usd: 2.5',
        ),
      ),
    );
    expect(plan).toMatchObject({
      title: 'A better clock',
      workspace: 'clocks',
      model: 'claude-opus-4-1[1m]',
      priority: -5,
      maxTurns: 40,
      timeoutMs: 5_400_000,
      budgetUsd: 2.5,
    });
  });

  test.each([
    ['a title that was given wins over the one in the front matter', 'title: Other', { title: 'Given' }],
    ['a number in quotes is still text', 'title: "2048"', { title: 'Given' }],
    ['seconds', 'timeout: 90s', { timeoutMs: 90_000 }],
    ['minutes, with a space', 'timeout: 45 m', { timeoutMs: 2_700_000 }],
    ['days', 'timeout: 7d', { timeoutMs: 604_800_000 }],
    ['a duration is a whole number of milliseconds', 'timeout: 1.0001s', { timeoutMs: 1_000 }],
    ['the highest priority', 'priority: 100', { priority: 100 }],
    ['cents', 'budget_usd: 0.01', { budgetUsd: 0.01 }],
    ['a path', 'workspace: /home/me/clock', { workspace: '/home/me/clock' }],
    ['a model alias', 'model: opus # the big one', { model: 'opus' }],
    ['a model id of a cloud', 'model: us.anthropic.claude-3:0', { model: 'us.anthropic.claude-3:0' }],
  ])('a front matter does what it says: %s', async (_, line, expected) => {
    expect(await accepted(parsePlan(withKeys(line), 'Given'))).toMatchObject(expected);
  });

  test('a plan is kept exactly as it was sent, and Claude gets it without its front matter', async () => {
    const markdown = withKeys('priority: 1');
    expect((await accepted(parsePlan(markdown))).markdown).toBe(markdown);
    expect(planBody(markdown)).toBe(body.trim());
    expect(planBody(body)).toBe(body.trim());
  });

  test.each([
    ['Windows line ends', '---\r\npriority: 7\r\n---\r\n# A\r\n'],
    ['a byte order mark', '\uFEFF---\npriority: 7\n---\n# A\n'],
    ['spaces after the marks', '---  \npriority: 7\n---\t\n# A\n'],
    ['empty lines', '---\n\n\npriority: 7\n\n---\n# A\n'],
    ['the end mark of YAML', '---\npriority: 7\n...\n# A\n'],
    ['line ends of an old Mac', '---\rpriority: 7\r---\r# A\r'],
    ['blank lines before it', '\n \t\n\n---\npriority: 7\n---\n# A\n'],
    ['a byte order mark and blank lines before it', '\uFEFF\r\n\r\n---\r\npriority: 7\r\n---\r\n# A\r\n'],
    ['spaces that do not break', '---\u00A0\npriority\u00A0:\u00A07\n---\u00A0\n# A\n'],
    ['a character without width in a key', '---\nprio\u200Brity: 7\n---\n# A\n'],
    ['spaces without width before it', '\u200B\uFEFF---\npriority: 7\n---\n# A\n'],
    ['tabs after the colon', '---\npriority:\t7\n---\n# A\n'],
  ])('a front matter is not disturbed by %s', async (_, markdown) => {
    expect(await accepted(parsePlan(markdown))).toMatchObject({ priority: 7, title: 'A' });
    expect(planBody(markdown)).toBe('# A');
  });

  test('an empty front matter says nothing', async () => {
    expect((await accepted(parsePlan(`---\n---\n${body}`))).title).toBe('Build a clock');
    expect(planBody(`---\n \n---\n${body}`)).toBe(body.trim());
  });

  test('a ruler further down is no front matter', async () => {
    const markdown = `${body}\n---\npriority: high\n---\n`;
    expect((await accepted(parsePlan(markdown))).priority).toBe(0);
    expect(planBody(markdown)).toBe(markdown.trim());
  });

  test('escape codes in a title are removed', async () => {
    expect((await accepted(parsePlan(withKeys('title: "\\e[31mred\\e[0m \\0clock"')))).title).toBe(
      'red clock',
    );
  });
});

describe('refused front matter', () => {
  test.each([
    [`title: ${'x'.repeat(201)}`, "'title' must be a text of 1 to 200 characters"],
    [
      'workspace: [a, b]',
      "'workspace' must be the name of a configured workspace, or a path inside an allowed root",
    ],
    ['model: two words', "'model' must be a model name such as 'opus', 'sonnet' or a full model id"],
    [
      'model: --dangerously-skip-permissions',
      "'model' must be a model name such as 'opus', 'sonnet' or a full model id",
    ],
    ['priority: high', "'priority' must be a whole number from -100 to 100"],
    ['priority: 1.5', "'priority' must be a whole number from -100 to 100"],
    ['priority: 101', "'priority' must be a whole number from -100 to 100"],
    ['priority: "5"', "'priority' must be a whole number from -100 to 100"],
    ['max_turns: 0', "'max_turns' must be a whole number from 1 to 10000"],
    ['timeout: 60', "'timeout' must be a duration from 1s to 7d, such as '30s', '10m' or '2h'"],
    ['timeout: 100ms', "'timeout' must be a duration from 1s to 7d, such as '30s', '10m' or '2h'"],
    ['timeout: 8d', "'timeout' must be a duration from 1s to 7d, such as '30s', '10m' or '2h'"],
    ['timeout: -1h', "'timeout' must be a duration from 1s to 7d, such as '30s', '10m' or '2h'"],
    ['budget_usd: 0', "'budget_usd' must be a number of US dollars above 0"],
    ['budget_usd: .inf', "'budget_usd' must be a number of US dollars above 0"],
    ['budget_usd: $5', "'budget_usd' must be a number of US dollars above 0"],
  ])('a front matter is refused with its line and what is allowed: %s', async (line, problem) => {
    expect(await problems(parsePlan(withKeys(line)))).toEqual([`line 2: ${problem}`]);
  });

  const KEYS = SETTING_NAMES.join(', ');

  test.each([
    ...[
      'Title',
      'TITLE',
      'titel',
      'tilte',
      'titles',
      'work_space',
      'Workspace',
      'workspce',
      'work-space',
      'modle',
    ],
    ...[
      'Model',
      'models',
      'Priority',
      'prioriy',
      'priorty',
      'max-turns',
      'maxTurns',
      'max turns',
      'max_turn',
      'turns',
    ],
    ...[
      'Timeout',
      'time_out',
      'timeout_ms',
      'tiemout',
      'Budget',
      'budget',
      'budgetUsd',
      'budget-usd',
      'BUDGET_USD',
    ],
    ...['budget_eur', 'max_budget', 'bugdet_usd', 'cost_usd'],
  ])('a key that is nearly one of ours is refused: %s', async (key) => {
    expect(await problems(parsePlan(withKeys('priority: 1', `${key}: 5`)))).toEqual([
      `line 3: unknown key '${key.replaceAll('"', '').trim()}'; allowed keys: ${KEYS}`,
    ]);
  });

  test('every problem of a front matter is reported at once', async () => {
    const result = parsePlan(
      '---\nworkspce: clocks\npriority: high\nmodel: opus\ntimeout: 3\n---\n   \n',
      'A',
    );
    expect(await problems(result)).toEqual([
      `line 2: unknown key 'workspce'; allowed keys: ${KEYS}`,
      "line 3: 'priority' must be a whole number from -100 to 100",
      "line 5: 'timeout' must be a duration from 1s to 7d, such as '30s', '10m' or '2h'",
      'the plan is empty: write what is to be done in Markdown',
    ]);
  });

  test('the first of very many problems are named and the rest counted', async () => {
    const lines = Array.from({ length: 60 }, () => 'Budget: 1');
    const said = await problems(parsePlan(withKeys(...lines)));
    expect(said).toHaveLength(11);
    expect(said.at(-1)).toBe('and 50 more problems');
  });

  test.each([
    ['a key given twice', ['title: A', 'title: B'], /^line 3: 'title' is given twice$/],
    ['a tab as indentation', ['\ttitle: A'], /^line 2: Tabs are not allowed as indentation/],
    ['a colon in a value that is no text', ['timeout: 1h: really'], /^line 2: 'timeout' must be/],
    [
      'words without a colon',
      ['workspace: website', 'never touch prod'],
      /^line 3: Implicit .* values: write each line as 'key: value', and a value with signs of YAML in single quotes$/,
    ],
    ['an open bracket', ['title: [A', 'priority: 1'], /^line \d+: /],
    ['nested values', ['title:', '  deeper: A'], /^line 2: 'title' must be a text/],
    ['an alias', ['title: &name A', 'model: *name'], /^line 3: 'model' must be a model name/],
    ['an alias of nothing', ['model: *nobody'], /^line 2: /],
    ['keys without a space', ['model:opus', 'priority:3'], /^line 2: /],
    [
      'one key without a space',
      ['workspace:website'],
      /^line 2: the front matter must be lines of 'key: value', with a space after the colon$/,
    ],
    [
      'a wide colon',
      ['workspace：website'],
      /^line 2: the front matter must be lines of 'key: value', with a space after the colon$/,
    ],
    [
      'equals signs',
      ['model = "opus"'],
      /^line 2: the front matter must be lines of 'key: value', with a space after the colon$/,
    ],
    ['a sentence before a key', ['do it well', 'workspace: website'], /^line 2: /],
    ['a value that is no text', ['title: !!binary QQ=='], /^line 2: 'title' must be a text/],
    ['an end mark and more', ['title: A', '...', 'priority: 3'], /^line \d: /],
  ])('a front matter is refused with its line: %s', async (_, lines, first) => {
    expect((await problems(parsePlan(withKeys(...lines), 'Given')))[0]).toMatch(first);
  });

  test('a front matter that is never closed is refused', async () => {
    expect(await problems(parsePlan('---\ntitle: A\n\n# A\n'))).toEqual([
      "line 1: the front matter is not closed: end it with a line '---'",
    ]);
  });

  test('a front matter that is far too long or deep is refused at once', async () => {
    const long = ['the front matter is longer than 64000 characters'];
    const keys = Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`);
    expect(await problems(parsePlan(withKeys('title: A', ...keys)))).toEqual(long);
    expect(await problems(parsePlan(withKeys(`title: ${'['.repeat(100_000)}`)))).toEqual(long);
    expect((await problems(parsePlan(withKeys(`title: ${'['.repeat(60_000)}`)))).length).toBeGreaterThan(0);
  });
});

describe('texts that are no plan', () => {
  test.each([
    '',
    '   \n\t\n',
    '---\ntitle: A\n---\n',
    '---\ntitle: A\n---\n \r\n',
  ])('an empty plan is refused: %j', async (markdown) => {
    expect(await problems(parsePlan(markdown, 'A'))).toContain(
      'the plan is empty: write what is to be done in Markdown',
    );
  });

  test('a plan above a million bytes, counted as bytes, is refused, and one of exactly a million is taken', async () => {
    const plan = (bytes: number) => `# A\n${'é'.repeat((bytes - 4) / 2)}`;
    expect(Buffer.byteLength(plan(LIMITS.planBytes))).toBe(LIMITS.planBytes);
    expect((await accepted(parsePlan(plan(LIMITS.planBytes)))).title).toBe('A');
    expect(await problems(parsePlan(plan(LIMITS.planBytes + 2)))).toEqual([
      'the plan is 1000002 bytes; at most 1000000 are taken: put long material into files of the workspace and name them in the plan',
    ]);
  });

  test.each([
    ['NUL', '# A\nb\0c\n', 'line 2: the plan holds a control character (NUL); send plain text'],
    [
      'escape codes',
      '# A\n\n\x1b[2Jgone',
      'line 3: the plan holds a control character (ESC); send plain text',
    ],
    ['backspaces', '# A\x08', 'line 1: the plan holds a control character (U+0008); send plain text'],
    ['C1 codes', '# A\n\x9b2J', 'line 2: the plan holds a control character (U+009B); send plain text'],
    ['half a character', '# A\n\ud83d\n', 'the plan is not valid Unicode text'],
  ])('a plan with %s is refused', async (_, markdown, problem) => {
    expect(await problems(parsePlan(markdown))).toEqual([problem]);
  });

  test('a title that is too long, or nothing but codes, is refused', async () => {
    expect(await problems(parsePlan(body, 'x'.repeat(201)))).toEqual([
      'the title is longer than 200 characters',
    ]);
    expect(await problems(parsePlan(body, '\x1b[31m'))).toHaveLength(1);
    expect((await accepted(parsePlan(body, 'x'.repeat(200)))).title).toHaveLength(200);
  });
});
