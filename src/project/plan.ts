/** Plan Markdown, with optional YAML front matter, in; a Plan or a list of problems out. */
import ms, { type StringValue } from 'ms';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { cleanLine, findControlCharacter, LIMITS } from './text.ts';

export interface Plan {
  readonly title: string;
  /** The whole text as it was sent, front matter included. */
  readonly markdown: string;
  readonly workspace: string | null;
  readonly model: string | null;
  readonly priority: number;
  readonly maxTurns: number | null;
  readonly timeoutMs: number | null;
  readonly budgetUsd: number | null;
}

export type PlanResult = { ok: true; plan: Plan } | { ok: false; problems: readonly string[] };

/** One entry a key: its check, and the words for what is allowed. */
const KEYS = {
  title: {
    check: z.string().trim().min(1).max(LIMITS.title),
    allowed: `a text of 1 to ${LIMITS.title} characters`,
  },
  workspace: {
    check: z.string().trim().min(1),
    allowed: 'the name of a configured workspace, or a path inside an allowed root',
  },
  model: {
    // It becomes an argument of a command line: what starts with '-' would be read as an option there.
    check: z
      .string()
      .max(200)
      .regex(/^\w[\w.:[\]@/-]*$/),
    allowed: "a model name such as 'opus', 'sonnet' or a full model id",
  },
  priority: { check: z.int().min(-100).max(100), allowed: 'a whole number from -100 to 100' },
  max_turns: { check: z.int().min(1).max(10_000), allowed: 'a whole number from 1 to 10000' },
  timeout: {
    check: z.string().transform(parseDuration),
    allowed: "a duration from 1s to 7d, such as '45m' or '2h'",
  },
  budget_usd: { check: z.number().positive().max(100_000), allowed: 'a number of US dollars above 0' },
} as const;

type Key = keyof typeof KEYS;
const KEY_NAMES = Object.keys(KEYS).join(', ');

/**
 * Reads a plan. `title`, when given, wins over the front matter; without either the first heading is the title.
 * Unknown keys and wrong values are problems with their line number; a plan with problems is not to be stored.
 */
export function parsePlan(markdown: string, title?: string): PlanResult {
  const unreadable = checkText(markdown);
  if (unreadable) return { ok: false, problems: [unreadable] };

  const { values, problems } = readFrontMatter(markdown);
  const body = markdown.replace(FRONT_MATTER, '');
  if (body.trim() === '') problems.push('the plan is empty: write what is to be done in Markdown');
  if (title !== undefined && title.length > LIMITS.title) {
    problems.push(`the title is longer than ${LIMITS.title} characters`);
  }
  const name = cleanLine(cut(title ?? values.title ?? firstHeading(body) ?? '', LIMITS.title));
  if (name === '' && problems.length === 0) {
    problems.push("the plan has no title: give 'title', or start the plan with a '# heading'");
  }
  if (problems.length > 0) return { ok: false, problems: firstOf(problems) };
  return {
    ok: true,
    plan: {
      title: name,
      markdown,
      workspace: values.workspace ?? null,
      model: values.model ?? null,
      priority: values.priority ?? 0,
      maxTurns: values.max_turns ?? null,
      timeoutMs: values.timeout ?? null,
      budgetUsd: values.budget_usd ?? null,
    },
  };
}

/** The plan without its front matter: what Claude is asked to do. */
export function planBody(markdown: string): string {
  return markdown.replace(FRONT_MATTER, '').trim();
}

const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?\r?\n)?---[ \t]*(?:\r?\n|$)/;

function checkText(markdown: string): string | undefined {
  const bytes = Buffer.byteLength(markdown);
  if (bytes > LIMITS.planBytes) {
    return `the plan is ${bytes} bytes; at most ${LIMITS.planBytes} are taken: put long material into files of the workspace and name them in the plan`;
  }
  const control = findControlCharacter(markdown);
  if (control)
    return `line ${control.line}: the plan holds a control character (${control.name}); send plain text`;
  if (!markdown.isWellFormed()) return 'the plan is not valid Unicode text';
  return undefined;
}

const MOST_PROBLEMS = 10;

/** A person corrects some and sends again; a text that is not a plan at all would otherwise give thousands. */
function firstOf(problems: readonly string[]): readonly string[] {
  const more = problems.length - MOST_PROBLEMS;
  return more > 0 ? [...problems.slice(0, MOST_PROBLEMS), `and ${more} more problems`] : problems;
}

type Values = { [K in Key]?: z.output<(typeof KEYS)[K]['check']> };

function readFrontMatter(markdown: string): { values: Values; problems: string[] } {
  const block = FRONT_MATTER.exec(markdown);
  if (!block) {
    const open = /^\uFEFF?---[ \t]*\r?\n/.test(markdown);
    return {
      values: {},
      problems: open ? ["line 1: the front matter is not closed: end it with a line '---'"] : [],
    };
  }
  const text = block[1] ?? '';
  // Far above what the keys can hold. The YAML parser takes minutes for a long list of keys: it compares each with all.
  if (text.length > LIMITS.frontMatter) {
    return { values: {}, problems: [`the front matter is longer than ${LIMITS.frontMatter} characters`] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // The YAML starts on the line after the opening '---'.
  const lineAt = (offset: number) => lines.linePos(offset).line + 1;
  const syntax = document.errors.map((error) => `line ${lineAt(error.pos[0])}: ${error.message}`);
  if (syntax.length > 0) return { values: {}, problems: syntax };
  if (document.contents === null) return { values: {}, problems: [] };
  if (!isMap(document.contents))
    return { values: {}, problems: ["line 2: the front matter must be lines of 'key: value'"] };

  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const { key, value } of document.contents.items) {
    const line = isScalar(key) && key.range ? lineAt(key.range[0]) : 2;
    const name = String(isScalar(key) ? key.value : key);
    const rule = Object.hasOwn(KEYS, name) ? KEYS[name as Key] : undefined;
    if (!rule) {
      problems.push(`line ${line}: unknown key '${cleanLine(cut(name, 100))}'; allowed keys: ${KEY_NAMES}`);
      continue;
    }
    const read = rule.check.safeParse(isScalar(value) ? value.value : undefined);
    if (read.success) values[name] = read.data;
    else problems.push(`line ${line}: '${name}' must be ${rule.allowed}`);
  }
  return { values: values as Values, problems };
}

const SHORTEST_TIMEOUT_MS = 1_000;
const LONGEST_TIMEOUT_MS = 7 * 24 * 3_600_000;

function parseDuration(text: string, context: z.RefinementCtx): number {
  const duration = /^\d+(\.\d+)? ?(s|m|h|d)$/.test(text) ? ms(text as StringValue) : Number.NaN;
  if (duration >= SHORTEST_TIMEOUT_MS && duration <= LONGEST_TIMEOUT_MS) return Math.round(duration);
  context.addIssue('not a duration');
  return z.NEVER;
}

function firstHeading(body: string): string | undefined {
  const heading = /^\uFEFF?#{1,6}[ \t]+(\S.*)$/m.exec(body)?.[1];
  // Cut before the closing '#'s are looked for: in a long line that search would take quadratic time.
  return heading && cleanLine(cut(heading, LIMITS.title)).replace(/ #+$/, '');
}

/** At most `length` characters, never half of a character that takes two. */
function cut(text: string, length: number): string {
  const start = text.slice(0, length);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
