import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { asProjectId } from '../../src/project/ids.ts';
import type { Outcome } from '../../src/project/outcome.ts';
import type { Project } from '../../src/project/project.ts';
import type { Completion } from '../../src/project/review.ts';
import { statusEntry, statusHeading } from '../../src/project/status-text.ts';
import { sample } from '../events.ts';

const at = '2026-03-01T12:00:00.000Z';
const projectId = asProjectId('0123456789ab');
const completion: Completion = {
  id: 1,
  projectId,
  round: 2,
  attempt: 1,
  runId: null,
  filesCreated: ['src/a.ts', 'b c.md'],
  filesModified: [],
  summary: 'It works.\n\nBoth clocks tick.',
  caveats: '',
  createdAt: at,
};

function entry(type: string, data: Record<string, unknown> = {}, actor = 'desktop'): string {
  const stamp = { projectId, runId: null, actor, createdAt: at };
  return statusEntry({ ...sample(type, data), ...stamp }, completion);
}

describe('a record for people', () => {
  test("the record's heading says which project it is", () => {
    const project = { id: projectId, title: 'A clock', workspace: '/w', createdAt: at } as Project;
    expect(statusHeading(project)).toBe(
      `# A clock\n\nProject ${projectId}, workspace \`/w\`, sent ${at}\n\n`,
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['project.sent', { title: 'A' }, 'Plan sent'],
    ['project.updated', { message: 'Tests pass' }, 'Claude Code reports: “Tests pass”'],
    ['project.approved', { round: 1, reason: '' }, 'Round 1 approved by desktop'],
    [
      'project.rejected',
      { round: 1, reason: 'too slow\ntoo big' },
      'Round 1 rejected by desktop: “too slow / too big”',
    ],
    ['project.steered', { message: 'use Rust' }, 'Message from the person: “use Rust”'],
    ['project.cancelled', { reason: '' }, 'Cancelled by desktop'],
    ['project.cancelled', { reason: 'no longer needed' }, 'Cancelled by desktop: “no longer needed”'],
    ['project.retried', { was: 'x' }, 'Put back into the queue by desktop'],
    ['project.needs_attention', { reason: 'no login' }, 'Needs attention: “no login”'],
    ['project.completed', {}, 'Complete'],
    ['run.ended', { outcome: { kind: 'throttled' } }, 'Run ended: the service asked to slow down'],
  ])('the event %s is one timestamped line of the record', (type, data, words) => {
    expect(entry(type, data)).toBe(`- ${at} ${words}\n`);
  });

  test.each([
    'a\nb',
    'a\r\n\r\n  b',
    '\n a \rb\n',
    'a\u2028b',
  ])('a line of the record is one line, whatever its text: %j', (message) => {
    expect(entry('project.updated', { message })).toBe(`- ${at} Claude Code reports: “a / b”\n`);
  });

  test('a line of the record with twenty thousand spaces is written in no time', () => {
    const message = `a${' '.repeat(20_000)}b`;
    expect(entry('project.updated', { message: `${message}\nc` })).toBe(
      `- ${at} Claude Code reports: “a b / c”\n`,
    );
  });

  test('the record leaves out what only machines need, and the end of a run that submitted its work', () => {
    for (const type of ['project.claimed', 'run.started', 'run.ready', 'project.steering_delivered']) {
      expect(entry(type), type).toBe('');
    }
    expect(entry('run.ended', { outcome: { kind: 'submitted' } })).toBe('');
  });

  test.each([
    ['unheard.of', {}],
    ['run.ended', { outcome: { kind: 'unheard of' } }],
  ])('the record shows an event that only a newer version knows: %s %j', (type, data) => {
    expect(entry(type, data)).toBe(`- ${at} “${type}” (an event of a newer version)\n`);
  });

  test('the record shows submitted work as a block of its own', () => {
    expect(entry('project.submitted', { round: 2 })).toBe(
      `
## Completion (round 2, ${at})

> It works.
>
> Both clocks tick.

- Files created: \`src/a.ts\`, \`b c.md\`
- Files modified: none
- Caveats: none

`,
    );
  });
});

describe('quoted words in the record', () => {
  const FORGED = [
    'Done.',
    `- ${at} Round 1 approved by desktop`,
    `## Completion (round 9, ${at})`,
    '# A clock',
    '```',
    '',
    '- Caveats: none',
    '![x](https://example.com/x.png) <img src=x>',
  ].join('\u2028');
  const submitted = (part: Partial<Completion>) =>
    statusEntry(
      { ...sample('project.submitted'), projectId, runId: null, actor: 'code', createdAt: at },
      { ...completion, ...part },
    );
  const viewer = new MarkdownIt({ html: true, linkify: true });
  const viewed = (text: string) => viewer.render(text);
  const ANY_END = /[\n\v\f\r\u0085\u2028\u2029]/;
  const LIVE = /<(?:img|a|script|div|!--)/;
  const ours = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('>'));

  test('a line of a summary or a caveat cannot be taken for one of the record', () => {
    const plain = submitted({ summary: 'Done.', caveats: 'Slow.' });
    expect(ours(plain)).toHaveLength(4);
    expect(ours(submitted({ summary: FORGED, caveats: FORGED }))).toEqual(ours(plain));
    expect(submitted({ summary: FORGED })).toContain(`\n> - ${at} Round 1 approved by desktop\n`);
  });

  test.each([
    ['project.updated', 'message', 'Claude Code reports'],
    ['project.steered', 'message', 'Message from the person'],
    ['project.rejected', 'reason', 'Round 1 rejected by desktop'],
    ['project.cancelled', 'reason', 'Cancelled by desktop'],
    ['project.needs_attention', 'reason', 'Needs attention'],
  ])('the event %s is one line of the record, and nothing in its %s ends the quotation', (type, key, words) => {
    const text = entry(type, { round: 1, [key]: `ok”\n- ${at} Round 1 approved by desktop` });
    expect(text).toBe(`- ${at} ${words}: “ok" / - ${at} Round 1 approved by desktop”\n`);
  });

  test.each<Outcome>([
    { kind: 'crashed', code: 1, signal: null, stderr: 'died\nComplete' },
    { kind: 'billing', message: 'died\nComplete' },
    { kind: 'not_logged_in', message: 'died\nComplete' },
    { kind: 'api_error', status: 500, message: 'died\nComplete' },
    { kind: 'never_spawned', message: 'died\nComplete' },
    { kind: 'claude_missing', message: 'died\nComplete' },
    { kind: 'workspace_missing', message: 'died\nComplete' },
  ])('the record shows the end of a run with our words first, theirs as a quotation: $kind', (outcome) => {
    expect(entry('run.ended', { outcome })).toMatch(/^- \S+ Run ended: [^“]+: “died \/ Complete”\n$/);
  });

  test.each<Outcome>([
    { kind: 'machine_exhausted', message: FORGED },
    { kind: 'tools_missing', status: FORGED },
    { kind: 'tool_denied', tool: FORGED, setting: FORGED },
    { kind: 'wrong_folder', folder: FORGED },
    { kind: 'claude_too_old', message: FORGED },
    { kind: 'usage_limit', limit: FORGED, resetsAt: at },
    { kind: 'model_unknown', model: FORGED, message: FORGED },
    { kind: 'request_refused', status: 400, message: FORGED },
    { kind: 'lost', message: FORGED },
  ])("an outcome's words make no line of their own in the record: $kind", (outcome) => {
    const text = entry('run.ended', { outcome });
    expect(text.split(ANY_END)).toEqual([expect.stringMatching(/^- \S+ Run ended: /), '']);
    expect(viewed(text)).not.toMatch(LIVE);
  });

  test('a name of a file, a title or a folder in the record ends neither its line nor its marks', () => {
    const text = submitted({ filesCreated: ['', 'a`b', '``', 'c\n- Caveats: none', 'f\u202etxt.exe'] });
    expect(text).toContain('- Files created: ` `, ``a`b``, ``` `` ```, `c - Caveats: none`, `ftxt.exe`\n');
    const project = {
      id: projectId,
      title: `A clock\n- ${at} Complete`,
      workspace: `/w\n- ${at} Complete`,
      createdAt: at,
    } as Project;
    expect(statusHeading(project)).toBe(
      `# A clock - ${at} Complete\n\nProject ${projectId}, workspace \`/w - ${at} Complete\`, sent ${at}\n\n`,
    );
  });

  test('a viewer makes no image, no link and no HTML of the record', () => {
    const live = [
      '![x](https://example.com/x.png)',
      '![x][1]',
      '[1]: https://example.com',
      '<img src=x onerror=y>',
      '<https://example.com>',
      'https://example.com www.example.com me@example.com',
      '\\![x](y) \\\\![x](y)',
      '&lt;b&gt; &#33;',
    ].join('\n');
    const texts = [
      submitted({ summary: live, caveats: live }),
      entry('project.updated', { message: live }),
      statusHeading({ id: projectId, title: live, workspace: '/w', createdAt: at } as Project),
    ];
    for (const text of texts) {
      expect(text).toContain('!\\[x\\](https:\\//example.com/x.png)');
      expect(viewed(text)).not.toMatch(LIVE);
    }
  });

  test("a viewer finds the record's own lines after any pieces of Markdown", () => {
    const pieces =
      '![x](http://e.x/a.png) [a](b) [a]: //e.x <img src=x> <http://e.x> <!-- --> </div> ` `` ~~~ > - 1. # \\ ! [ ] ( ) & &lt; ” “ a@b.cd --- | *'
        .split(' ')
        .concat(['\n', '\n\n', '```\n', '    ', '\t', '===\n', '\u2028', '\v', ' ', ' ']);
    // Always the same ones, so that a failure can be looked at again.
    let state = 1;
    const pick = (count: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * count);
    };
    const text = () => Array.from({ length: 1 + pick(12) }, () => pieces[pick(pieces.length)]).join('');
    for (let n = 0; n < 1_000; n += 1) {
      const parts = { summary: text(), caveats: text(), filesCreated: [text(), text()] };
      const html = viewed(
        submitted(parts) + entry('project.updated', { message: text() }) + entry('project.completed'),
      );
      expect(html, JSON.stringify(parts)).not.toMatch(LIVE);
      expect(html.split('</blockquote>').at(-1), JSON.stringify(parts)).toContain(`<li>${at} Complete</li>`);
    }
  });
});
