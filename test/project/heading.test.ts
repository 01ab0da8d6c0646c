import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../src/project/plan.ts';

async function titleOf(markdown: string): Promise<string> {
  const result = await parsePlan(markdown);
  return result.ok ? result.plan.title : `refused: ${result.problems.join('; ')}`;
}

describe('title of a plan', () => {
  test.each([
    [
      'not a comment in a code block',
      'text\n\n```sh\n# install deps first\n```\n\n## Real heading\n',
      'Real heading',
    ],
    ['not one in a code block of tildes', '~~~\n```\n# no\n~~~\n# Yes\n', 'Yes'],
    ['not one in a longer fence', '````\n```\n# no\n```\n````\n# Yes\n', 'Yes'],
    ['not one in indented code', 'text\n\n    # no\n\n# Yes\n', 'Yes'],
    ['not one in an HTML comment', '<!--\n# old title\n-->\n# New title\n', 'New title'],
    ['not one in an HTML comment with rules', '<!--\n---\n# old\n---\n-->\n\n# New\n', 'New'],
    ['not one in HTML', '<pre>\n# no\n</pre>\n\n# Yes\n', 'Yes'],
    ['not one in a quotation or a list', '> # no\n\n- # no\n\n# Yes\n', 'Yes'],
    ['one that is underlined', 'Title\n=====\n\nDo it\n', 'Title'],
    ['one that is underlined with dashes', 'Title\n---\n\nDo it\n', 'Title'],
    ['not a paragraph with a rule below', 'Some text\nof two lines\n---\n# Yes\n', 'Yes'],
    ['one that is indented a little', '   # Title\n', 'Title'],
    ['not one without words', '#\n# \n# <!-- x -->\n## \n### Yes\n', 'Yes'],
    ['one in a plan that is a code block of Markdown as a whole', '```markdown\n# Yes\n```\n', 'Yes'],
    ['not the front matter in such a plan', '```md\n---\ngoal: x\n---\n# Yes\n```\n', 'Yes'],
    ['one after such a block rather than one in it', '```markdown\n# no\n```\n# Yes\n', 'Yes'],
    ['one with a line above it too', '=====\nTitle\n=====\n', 'Title'],
    ['one behind a mark that nobody sees', '\u200b# Title\n', 'Title'],
    ['one with the space of a Mac', '#\u00a0Title\n', 'Title'],
    ['one with the space of a Japanese keyboard', '##\u3000ログイン\n', 'ログイン'],
    ['not a hashtag, and not seven', '#hashtag\n\n####### seven\n\n# Yes\n', 'Yes'],
  ])("a plan's title is its first heading, as Markdown means headings: %s", async (_, markdown, title) => {
    expect(await titleOf(markdown)).toBe(title);
    expect(await titleOf(markdown.replaceAll('\n', '\r\n'))).toBe(title);
  });

  test.each([
    ['# [Fix **it**](https://x) <!-- id -->', 'Fix it'],
    ['# T {#anchor}', 'T'],
    ['# T {.class #anchor} #', 'T'],
    ['# T[^1] and more[^note]\n\n[^1]: x', 'T and more'],
    ['# Keep {braces} and {#these} here', 'Keep {braces} and {#these} here'],
    ['# Run `npm ci` _twice_ ~~or not~~', 'Run npm ci twice or not'],
    ['# ![Logo](x.png) of <b>the</b> site', 'Logo of the site'],
    ['# Q&amp;A \\*now\\* 1 &lt; 2', 'Q&A *now* 1 < 2'],
    ['# See <https://example.org>', 'See https://example.org'],
    ['# [Fix it][1]\n\n[1]: https://x', 'Fix it'],
    ['# [Fix it][2]\n\n[1]: https://x', '[Fix it][2]'],
    ['# snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
    ['# [WIP] a [x] task', '[WIP] a [x] task'],
    ['One *line*\nand another\n===', 'One line and another'],
  ])('a heading %j is the title without its markup', async (markdown, title) => {
    expect(await titleOf(markdown)).toBe(title);
  });
});

describe('titles of hostile texts', () => {
  const MB = 990_000;
  const fill = (text: string, prefix = '') => prefix + text.repeat((MB - prefix.length) / text.length);
  test.each([
    fill('> '),
    fill('- '),
    fill('1) '),
    fill('- > '),
    fill('b\n', '- a\n'),
    fill('- item\n'),
    fill('#\n'),
    fill('a\n='),
    fill('[a]: b "'),
    fill('<!--\n'),
    fill('```\n'),
    fill('# x\n', '```md\n'),
    fill('x\n', '```md\n---\n'),
    fill('|a|b|\n|-|-|\n'),
    fill('*a ', '# '),
    fill('[', '# '),
    fill('`', '# '),
    fill('<a ', '# '),
    fill('{#', '# '),
    fill(' ', '# a'),
    fill('---\n'),
    fill('---\na: b\n'),
    fill('+++\n'),
    fill('- x\n', '---\n'),
    fill(' ', '---\ntitle: a'),
    fill('\n ', '---\n'),
    fill('\u200b', '\n'),
  ])('the title of a megabyte of %.12j is found in a moment', { timeout: 10_000 }, async (markdown) => {
    expect((await titleOf(markdown)).length).toBeLessThan(400);
  });
});
