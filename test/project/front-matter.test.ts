import { describe, expect, test } from 'vitest';
import { type PlanResult, parsePlan, planBody } from '../../src/project/plan.ts';
import { randomStream } from '../soak/random.ts';

async function accepted(reading: Promise<PlanResult>) {
  const result = await reading;
  if (!result.ok) throw new Error(`refused: ${result.problems.join('; ')}`);
  return { ...result.plan, notUsed: result.notUsed };
}

async function problemOf(markdown: string, title?: string): Promise<string> {
  const result = await parsePlan(markdown, title);
  return result.ok ? `accepted as '${result.plan.title}'` : result.problems.join('; ');
}

/** Every word there is, in order. */
function words(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

describe('words of a plan', () => {
  test.each([
    [
      'headings between two rules',
      '---\n# Important: never touch the prod folder\n# and keep all backups\n---\nClean up the disk.\n',
      'Important: never touch the prod folder',
    ],
    [
      'headings between two rules, and a heading after them',
      '---\n# Never touch prod\n---\n# Clean up\nx\n',
      'Never touch prod',
    ],
    [
      'the same with Windows line ends',
      '---\r\n# Never touch prod\r\n---\r\n# Clean up\r\nx\r\n',
      'Never touch prod',
    ],
    ['the same with the end mark of YAML', '---\n# Never touch prod\n...\n# Clean up\n', 'Never touch prod'],
    ['a rule alone', '---\n\n# Do it\n\nsteps\n', 'Do it'],
    ['a rule, and a second one further down', '---\n\n# Do it\n\nsteps\n\n---\n\nmore\n', 'Do it'],
    ['a list between two rules', '---\n- never touch prod\n- keep backups\n---\n# Clean up\n', 'Clean up'],
    ['a sentence between two rules', '---\nNever touch prod.\n---\n# Clean up\n', 'Never touch prod.'],
    [
      'a sentence with a colon',
      '---\nPlease note this: never touch prod\n---\n# Clean up\n',
      'Please note this: never touch prod',
    ],
    ['a paragraph between two rules', '---\nNever touch prod.\nKeep backups.\n---\n# Clean up\n', 'Clean up'],
    ['a quotation between two rules', '---\n"Never touch prod"\n---\n# Clean up\n', '"Never touch prod"'],
    [
      'a table between two rules',
      '---\n| a | b |\n| - | - |\n| never | prod |\n---\n# Clean up\n',
      'Clean up',
    ],
    [
      'YAML that is broken, without a key of ours',
      '---\ngoal: do: this\nnever: [prod\n---\n# Clean up\n',
      'Clean up',
    ],
    ['an HTML comment with rules inside', '<!--\n---\nnever touch prod\n---\n-->\n# Clean up\n', 'Clean up'],
    [
      'a block of a hundred thousand characters',
      `---\n${'- never touch prod\n'.repeat(6_000)}---\n# Clean up\n`,
      'Clean up',
    ],
    [
      'a rule, and a megabyte of text',
      `---\n\n# Clean up\n\n${'never touch prod\n'.repeat(50_000)}`,
      'Clean up',
    ],
  ])('no word of a plan is lost: %s', async (_, markdown, title) => {
    expect((await accepted(parsePlan(markdown))).title).toBe(title);
    expect(words(planBody(markdown))).toEqual(words(markdown));
    expect(await accepted(parsePlan(markdown, 'Given'))).toMatchObject({ title: 'Given', notUsed: [] });
  });

  test.each([
    ['a comment on a line of its own', '---\npriority: 7\n# never touch prod\n---\n# Clean up\n'],
    ['a comment behind a value', '---\npriority: 7 # and never touch prod\n---\n# Clean up\n'],
    ['a key of another tool', '---\npriority: 7\nnote: never touch prod\n---\n# Clean up\n'],
  ])('%s in a front matter is shown to Claude too', async (_, markdown) => {
    expect(await accepted(parsePlan(markdown))).toMatchObject({ title: 'Clean up', priority: 7 });
    expect(planBody(markdown)).toBe(markdown.trim());
  });

  test('a comment sign in a title is text', () => {
    expect(planBody('---\ntitle: Fix #5 and C#\n---\n# Clean up\n')).toBe('# Clean up');
  });

  test('a front matter of our keys alone is not shown to Claude: it says nothing about the work', () => {
    const markdown = '---\ntitle: "# no comment"\nworkspace: >\n  website\npriority:\n---\n\n# Clean up\n';
    expect(planBody(markdown)).toBe('# Clean up');
  });
});

describe('any start of a plan', () => {
  const LINES = [
    ...['---', '---', '---', '...', '+++', '```', '```yaml', '===', '<!--', '-->', '<!-- c -->', '', ''],
    ...[
      '# Never',
      'text here',
      '- item',
      '> quote',
      'goal: x',
      'tags: [a]',
      'model: opus # big',
      'model = "x"',
    ],
    ...[
      'priority: 3',
      'budget_usd: 1',
      'max_turns: 3',
      'title: T',
      'title:',
      'workspace: web',
      'timeout: 1h',
    ],
  ];
  const SETTING = /^(priority|budget_usd|max_turns|title|workspace|timeout):/;

  test('any start of a plan is refused, or every line of it is shown or is a setting that counts', async () => {
    const random = randomStream(1, 'plans');
    const pick = () => LINES[random.whole(0, LINES.length - 1)] ?? '';
    let taken = 0;
    for (let plans = 0; plans < 4_000; plans += 1) {
      const lines = [...Array.from({ length: random.whole(1, 8) }, pick), '# End', 'text'];
      const markdown = lines.join('\n');
      const read = await parsePlan(markdown, 'Given');
      if (!read.ok) continue;
      taken += 1;
      const told = planBody(markdown).split('\n');
      const untold = lines.filter((line) => !told.includes(line));
      expect(
        untold.filter((line) => !/^(---|\.\.\.|)$/.test(line) && !SETTING.test(line)),
        markdown,
      ).toEqual([]);
      const { priority, budgetUsd, maxTurns, workspace, timeoutMs } = read.plan;
      const counts = {
        'priority: 3': priority,
        'budget_usd: 1': budgetUsd,
        'max_turns: 3': maxTurns,
        'workspace: web': workspace,
        'timeout: 1h': timeoutMs,
      };
      for (const [line, value] of Object.entries(counts))
        if (untold.includes(line)) expect(value, markdown).toBeTruthy();
    }
    expect(taken).toBeGreaterThan(1_000);
  });
});

describe('keys of other tools', () => {
  const plan = (...lines: string[]) => ['---', ...lines, '---', '# Clean up', 'text'].join('\n');

  test.each([
    [
      'GitHub',
      [
        'goal: A goal',
        'version: 1.0',
        'date_created: 2026-01-01',
        'owner: me',
        "status: 'Planned'",
        'tags: [a, b]',
      ],
      ['goal', 'version', 'date_created', 'owner', 'status', 'tags'],
    ],
    ['Obsidian', ['tags:', '  - a', 'aliases: []', 'cssclasses: [x]'], ['tags', 'aliases', 'cssclasses']],
    [
      'a skill',
      ['name: x', 'description: >', '  long', '  text', 'allowed-tools: Read'],
      ['name', 'description', 'allowed-tools'],
    ],
    ['a chat mode', ['mode: agent', 'tools: []', 'model: opus'], ['mode', 'tools']],
    ['nested values', ['meta:', '  budget_usd: 3', '  deeper:', '    - x: 1'], ['meta']],
    ['doubled keys', ['tags: a', 'tags: b'], ['tags']],
    ['a key one letter away from ours', ['task: x', 'mask: y'], ['task', 'mask']],
    ['keys of other scripts', ['größe: 5', '目标: x'], ['größe', '目标']],
    [
      'words of other languages that look like ours',
      ['Priorität: hoch', 'priorité: haute', 'priorità: alta', 'modèle: x', 'título: x', 'titre: x'],
      ['Priorität', 'priorité', 'priorità', 'modèle', 'título', 'titre'],
    ],
    [
      'anchors, references, tags and merges',
      ['a: &x [1]', 'b: *x', 'c: !!set {a}', '<<: *x', 'd: *nobody'],
      ['a', 'b', 'c', '<<', 'd'],
    ],
    ['names of JavaScript', ['__proto__: x', 'constructor: y'], ['__proto__', 'constructor']],
    ['empty ones, which are no keys', ['goal:', 'tags: ""', 'x: ~', 'y: z'], ['y']],
  ])('keys of another tool are passed, named, and shown to Claude: %s', async (_, lines, notUsed) => {
    expect(await accepted(parsePlan(plan(...lines)))).toMatchObject({
      title: 'Clean up',
      notUsed,
      budgetUsd: null,
      checks: null,
      onApprove: null,
      maxRounds: null,
    });
    expect(planBody(plan(...lines))).toBe(plan(...lines));
  });

  test.each([
    'allow',
    'Allow',
    'allowed_tools',
    'disallowed_tools',
    'policy',
    'sandbox',
    'commands',
    'command',
    'prepare',
    'remote',
    'remotes',
    'mcp_servers',
    'auto_approve',
    'claude_settings',
    'block_outside',
  ])('the key %s, which only the owner sets, is refused and not left out', async (key) => {
    expect(await problemOf(plan('priority: 1', `${key}: [x]`))).toBe(
      `line 3: '${key}' is set in config.json alone; a plan may ask for less, never for more`,
    );
  });

  test.each<[string, string]>([
    ['permissionMode: plan', "unknown key 'permissionMode'"],
    ['permissions: all', "unknown key 'permissions'"],
    ['asks: Bash', "unknown key 'asks'"],
    ['permission_mode: yolo', "'permission_mode' must be 'plan', 'dontAsk', 'default'"],
    ['deny: npm publish', "'deny' must be a tool, or a tool and what it is called with"],
    ['ask: [Bash(a), ""]', "'ask' must be a tool, or a tool and what it is called with"],
    ['answer_after: 5s', "'answer_after' must be a duration"],
  ])('a plan that narrows its permissions in words that are not understood is refused: %s', async (line, words) => {
    expect(await problemOf(plan(line))).toContain(`line 2: ${words}`);
  });

  test('rules of a plan are read as one or as a list, and the time for answers as a duration', async () => {
    expect(
      await accepted(
        parsePlan(plan('deny: Bash(git push *)', 'ask: [Bash(npm run *), "Bash(a, b)"]', 'answer_after: 8h')),
      ),
    ).toMatchObject({
      deny: ['Bash(git push *)'],
      ask: ['Bash(npm run *)', 'Bash(a, b)'],
      answerAfterMs: 8 * 3_600_000,
    });
  });

  test('keys of other tools may stand beside ours, which count', async () => {
    const read = await accepted(parsePlan(plan('goal: x', 'budget_usd: 2', 'title: Ours')));
    expect(read).toMatchObject({ title: 'Ours', budgetUsd: 2, notUsed: ['goal'] });
  });

  test("a value of another tool's key that is one of ours keeps its refusal", async () => {
    expect(await problemOf(plan('goal: x', 'priority: medium'))).toBe(
      "line 3: 'priority' must be a whole number from -100 to 100",
    );
  });

  test("fifty thousand characters of other tools' keys, and a bomb of references, take no time", async () => {
    const many = plan(...Array.from({ length: 4_000 }, (_, i) => `key${i}: 1`), 'budget_usd: 2');
    expect(await accepted(parsePlan(many))).toMatchObject({ title: 'Clean up', budgetUsd: 2 });
    const bomb = Array.from({ length: 30 }, (_, i) => `k${i + 1}: &k${i + 1} [${`*k${i}, `.repeat(9)}x]`);
    expect(await accepted(parsePlan(plan('k0: &k0 [x]', ...bomb, 'priority: 3')))).toMatchObject({
      priority: 3,
    });
  });

  test('a heading among keys of other tools is the title when there is no other', async () => {
    const markdown = '---\n# Do it\n\nSteps: do this\n---\nand more\n';
    expect(await accepted(parsePlan(markdown))).toMatchObject({ title: 'Do it', notUsed: ['Steps'] });
    expect(planBody(markdown)).toBe(markdown.trim());
  });
});

describe('empty keys', () => {
  test.each([
    '',
    ' ""',
    " ''",
    ' "  "',
    ' ~',
    ' null',
    ' # later',
  ])('an empty key counts as not given: %j', async (empty) => {
    const names = ['title', 'workspace', 'model', 'priority', 'max_turns', 'timeout', 'budget_usd'];
    const markdown = ['---', ...names.map((name) => `${name}:${empty}`), '---', '# Clean up'].join('\n');
    expect(await accepted(parsePlan(markdown))).toMatchObject({
      title: 'Clean up',
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
      maxRounds: null,
    });
  });
});

describe('text values', () => {
  test.each([
    '404',
    '2025',
    'true',
    '2025-01-01',
    '1e3',
    '0x1F',
    '1.50',
    'yes',
    '.inf',
    '007',
    '!!str 12',
  ])('a text value is taken as it is written: title: %s', async (written) => {
    const { title } = await accepted(parsePlan(`---\ntitle: ${written}\n---\ntext\n`));
    expect(title).toBe(written.replace('!!str ', ''));
  });

  test.each([
    'Fix: the login',
    'Fix the login: now:',
    '[WIP] Fix #5 and C#',
    '#1 of 2',
    '@me',
    '*Fix* it',
    '&x',
    '100% done',
    '%done',
    '`npm ci` fails',
    'a "quoted" word',
    '<b>',
    '- x',
    '?',
  ])('a careless text value is taken as it is written: title: %s', async (written) => {
    const { title } = await accepted(parsePlan(`---\ntitle: ${written}\npriority: 3\n---\ntext\n`));
    expect(title).toBe(written);
  });

  test('a comment behind a text value is not part of it, and quotes are those of YAML', async () => {
    const title = async (line: string) => (await accepted(parsePlan(`---\n${line}\n---\ntext\n`))).title;
    expect(await title('title: Fix: it # later')).toBe('Fix: it');
    expect(await title('title: "Fix: it" # later')).toBe('Fix: it');
    expect(await title("title: 'Fix: it''s'")).toBe("Fix: it's");
  });

  test('a careless value of another tool is no reason to refuse', async () => {
    const markdown =
      '---\nmodel: opus\ndescription: Use when: asked\nowner: @me\nname: 100%: all\n---\n# A\n';
    const notUsed = ['description', 'owner', 'name'];
    expect(await accepted(parsePlan(markdown))).toMatchObject({ model: 'opus', notUsed });
  });

  test.each([
    'C:\\temp\\new',
    '"C:\\temp\\new"',
    "'C:\\temp\\new'",
    '"C:\\\\temp\\\\new"',
  ])('a path of Windows is taken as it is written, in whatever quotes: %s', async (written) => {
    const { workspace } = await accepted(parsePlan(`---\nworkspace: ${written}\n---\n# A\n`));
    expect(workspace).toBe('C:\\temp\\new');
  });

  test('a workspace and a model are taken as they are written', async () => {
    const plan = await accepted(parsePlan('---\nworkspace: 2048\nmodel: 4.10\n---\n# A\n'));
    expect(plan).toMatchObject({ workspace: '2048', model: '4.10' });
  });
});

describe('settings in the wrong place', () => {
  const BELONGS =
    "write the settings as 'key: value' lines between two lines '---', at the very start of the plan";
  const LATE = `front matter must start on the first line, with a line that is just ---: ${BELONGS}`;
  const CODE = `settings in a code block are not read: ${BELONGS}`;
  const MARKED = `settings in a list, a quotation, a table or bold are not read: ${BELONGS}`;
  const outside = (name: string) => `'${name}' stands outside the front matter: ${BELONGS}`;
  const IF_TEXT = '; what is meant as text goes into a code block';

  test.each([
    ['after a comment', '<!-- c -->\n---\nbudget_usd: 1\nmax_turns: 3\n---\n# Do it\n', `line 2: ${LATE}`],
    [
      'after a comment of several lines',
      '<!--\nc\n-->\n\n---\nmodel: opus\ntags: [a]\n---\n# Do it\n',
      `line 5: ${LATE}`,
    ],
    ['after a text', 'Hello,\n\n---\npriority: 5\n---\n# Do it\n', `line 3: ${LATE}${IF_TEXT}`],
    ['after a heading', '# Do it\n\n---\nworkspace: website\n---\ntext\n', `line 3: ${LATE}${IF_TEXT}`],
    [
      'after a heading and a text',
      '# Do it\n\ntext\n\n---\nbudget_usd: 1\n---\ntext\n',
      `line 5: ${LATE}${IF_TEXT}`,
    ],
    ['after a front matter', '---\ntags: [a]\n---\n\n---\nbudget_usd: 1\n---\n# Do it\n', `line 5: ${LATE}`],
    ['with a mistyped name', 'Hello\n\n---\nBudget: 1\n---\n# Do it\n', `line 3: ${LATE}${IF_TEXT}`],
    ['indented', '  ---\n  budget_usd: 1\n  ---\n# Do it\n', `line 1: ${LATE}`],
    ['between four dashes', '----\nmodel: opus\n----\n# Do it\n', `line 1: ${LATE}`],
    ['between the dashes of a word processor', '—\nmodel: opus\n—\n# Do it\n', `line 1: ${LATE}`],
    ['between marks with a language', '---yaml\nmodel: opus\n---\n# Do it\n', `line 1: ${LATE}`],
    [
      'in TOML',
      '+++\nbudget_usd = 1\n+++\n# Do it\n',
      `line 1: front matter in TOML is not read: ${BELONGS}`,
    ],
    [
      'in TOML after blank lines',
      '\n\n+++\ntitle = "A"\n+++\n# Do it\n',
      `line 3: front matter in TOML is not read: ${BELONGS}`,
    ],
    [
      'in TOML that is never closed',
      '+++\r\nmodel = "opus"\r\n\r\n# Do it\r\n',
      `line 1: front matter in TOML is not read: ${BELONGS}`,
    ],
    ['in a code block', '```yaml\ntitle: A\nbudget_usd: 1\n```\n# Do it\n', `line 1: ${CODE}`],
    ['in a code block with marks', '~~~\n---\nmodel: opus\n---\n~~~\n# Do it\n', `line 1: ${CODE}`],
    [
      'in a plan that is a code block as a whole',
      '```markdown\n---\nworkspace: website\n---\n# Do it\n```\n',
      `line 1: ${CODE}`,
    ],
    [
      'in a plan that is indented as a whole',
      '\t---\n\tworkspace: website\n\t---\n\t# Do it\n',
      `line 1: ${LATE}`,
    ],
    ['with a wide colon', 'budget_usd：1\n\n# Do it\n', `line 1: ${outside('budget_usd')}`],
    ['without marks', 'budget_usd: 1\nmax_turns: 3\n\n# Do it\n', `line 1: ${outside('budget_usd')}`],
    [
      'without marks, with words of every day',
      'title: A\nworkspace: website\n\n# Do it\n',
      `line 1: ${outside('title')}`,
    ],
    [
      'without marks, right above the heading',
      'workspace: website\n# Do it\n',
      `line 1: ${outside('workspace')}`,
    ],
    [
      'below an empty front matter',
      '---\n---\nworkspace: website\n# Do it\n',
      `line 3: ${outside('workspace')}`,
    ],
    [
      'a guard below the heading',
      '# Do it\nmax_turns: 3\n\ntext\n',
      `line 2: ${outside('max_turns')}${IF_TEXT}`,
    ],
    ['a guard in another style', '# Do it\n\nbudgetUsd = 3\n', `line 3: ${outside('budgetUsd')}${IF_TEXT}`],
    ['in a list', '---\n- workspace: website\n- priority: 3\n---\n# Do it\n', `line 2: ${MARKED}`],
    ['in a list of guards', '* budget_usd: 1\n* max_turns: 3\n\n# Do it\n', `line 1: ${MARKED}`],
    ['in bold', '---\n**workspace:** website\n---\n# Do it\n', `line 2: ${MARKED}`],
    ['in bold below the heading', '# Do it\n\n**budget_usd**: $5\n\ntext\n', `line 3: ${MARKED}${IF_TEXT}`],
    ['in a quotation', '---\n> budget_usd: 1\n---\n# Do it\n', `line 2: ${MARKED}`],
    ['in a table', '---\n| budget_usd | 1 |\n---\n# Do it\n', `line 2: ${MARKED}`],
    ['in code', '`max_turns: 3`\n\n# Do it\n', `line 1: ${MARKED}`],
    ['in JSON on one line', '{"budget_usd": 1}\n# Do it\n', `line 1: ${outside('budget_usd')}`],
    [
      'in JSON without a guard',
      '{"title": "A", "workspace": "website"}\n# Do it\n',
      `line 1: ${outside('title')}`,
    ],
    ['in JSON', '{\n  "budget_usd": 1\n}\n\n# Do it\n', `line 2: ${outside('budget_usd')}${IF_TEXT}`],
    [
      'behind the end mark of YAML',
      '---\ntitle: A\n...\npriority: 3\n\n# Do it\n',
      `line 4: ${outside('priority')}`,
    ],
    [
      'in a front matter that is never closed',
      '---\nbudget_usd: 1\n\n# Do it\n',
      "line 1: the front matter is not closed: end it with a line '---'",
    ],
    [
      'the same after blank lines',
      '\n\n---\nbudget_usd: 1\n\n# Do it\n',
      "line 3: the front matter is not closed: end it with a line '---'",
    ],
  ])('a setting in the wrong place is refused by name, with where it belongs: %s', async (_, markdown, problem) => {
    expect(await problemOf(markdown, 'Given')).toBe(problem);
  });

  test('text that looks like a setting is taken from a code block, as the problem says', async () => {
    const plan = (text: string) => `# Do it\n\nSet this:\n\n${text}\n`;
    expect(await problemOf(plan('max_turns = 50'))).toBe(`line 5: ${outside('max_turns')}${IF_TEXT}`);
    expect(await problemOf(plan('```\nmax_turns = 50\n```'))).toBe("accepted as 'Do it'");
  });

  test('settings below a text that begins with a rule count', async () => {
    const markdown = '---\n\n# Settings\n\nbudget_usd: 5\n---\n# Do it\n';
    expect(await accepted(parsePlan(markdown))).toMatchObject({ title: 'Do it', budgetUsd: 5 });
  });

  test("a problem's line is counted with the blank lines before", async () => {
    expect(await problemOf('\r\n\r\n---\r\n\r\npriority: high\r\n---\r\n# A\r\n')).toMatch(
      /^line 5: 'priority'/,
    );
  });

  test.each([
    ['words of every day', '# Do it\n\nPriority: high\nModel: the one of the users\nTimeout: none\n'],
    ['a paragraph that begins with one', 'model: the user and what it owns\nshould be split.\n\n# Do it\n'],
    ['a rule further down', '# Do it\n\ntext\n\n---\npriority: high\n---\n'],
    ['an example in code', '# Do it\n\nA plan may begin so:\n\n```\n---\nbudget_usd: 5\n---\n```\n'],
    ['code of something else at the start', '```yaml\ntitle: An API\nopenapi: 3.0.0\n```\n\n# Do it\n'],
    ['code of another language', '```ad-note\ntitle: Beware\n```\n\n# Do it\n'],
    ['code between two rules', '---\n\n```\ntitle: Beware\nof the dog\n```\n\n---\n\n# Do it\n'],
    ['a setting in a comment', '<!--\nbudget_usd: 5\n-->\n# Do it\n'],
    ['a guard that is spoken of', '# Do it\n\nRead budget_usd: it is money.\n- max_turns: a number\n'],
    ['a guard far down', `# Do it\n${'\ntext\n'.repeat(60)}\nbudget_usd: 5\n`],
    ['a guard in a sentence of its own', '# Do it\n\nmax_turns: the game ends after them\n'],
    ['a guard that is a field', '# Do it\n\nFields:\n\nbudget_usd: number\nname: string\n'],
    ['a guard in code that a tab makes', '# Do it\n\n\tmax_turns: 50\n'],
    ['a list of what the plan is about', '# Do it\n\nSet these:\n\n- max_turns: 50\n- budget_usd: 5\n'],
    ['a list of models', '---\n- model: User\n- view: Page\n---\n# Do it\n'],
    [
      'lines of a text that begins with a rule',
      '---\n\n# Do it\n\nTitle: the old one\nBudget: 5 days\n\n---\n\nmore\n',
    ],
    ['such lines without a second rule', '---\n\n# Do it\n\nGoal: a tidy disk\nBudget: 5 days\n'],
    ['plus signs', '+++\nadded\n+++\n\n# Do it\n'],
  ])('%s are text', async (_, markdown) => {
    expect((await accepted(parsePlan(markdown))).title).toBe('Do it');
    expect(planBody(markdown)).toBe(markdown.trim());
  });
});
