/** Plan Markdown, with optional YAML front matter, in; a Plan or a list of problems out. */
import { cut, withoutHidden } from '../characters.ts';
import type { AskedSettings } from './ceilings.ts';
import { readFrontMatter } from './front-matter.ts';
import { type KeptSettings, keptSettings } from './kept-settings.ts';
import { cleanLine, findControlCharacter, LIMITS } from './text.ts';
import { localTimezone, type Timetable } from './timetable.ts';

export interface Plan extends KeptSettings {
  readonly title: string;
  /** The whole text as it was sent, front matter included. */
  readonly markdown: string;
  readonly workspace: string | null;
  /** How long it may wait to begin; null: for ever. */
  readonly expiresMs: number | null;
  /** When it is done again and again; null: it is done once. */
  readonly timetable: Timetable | null;
}

export type PlanResult =
  | {
      ok: true;
      plan: Plan;
      /** Every setting, with its line: what the owner allows must be checked. */
      asked: AskedSettings;
      /** Keys of the front matter that are not ours. */
      notUsed: readonly string[];
    }
  | { ok: false; problems: readonly string[] };

/**
 * Reads a plan. `title`, when given, wins over the front matter; without either the first heading is the title.
 * Mistyped keys and wrong values are problems with their line number; a plan with problems is not to be stored.
 */
export async function parsePlan(markdown: string, title?: string): Promise<PlanResult> {
  const unreadable = checkText(markdown);
  if (unreadable) return { ok: false, problems: [unreadable] };

  const { settings, lines, foreignKeys, block, rest, ...read } = readFrontMatter(markdown);
  const problems = [...read.problems];
  if (isEmpty(rest)) problems.push('the plan is empty: write what is to be done in Markdown');
  if (settings.timezone !== undefined && settings.schedule === undefined)
    problems.push(`line ${lines.timezone}: 'timezone' is that of a 'schedule', and there is none`);
  if (title !== undefined && title.length > LIMITS.title) {
    problems.push(`the title is longer than ${LIMITS.title} characters`);
  }
  if (problems.length > 0) return { ok: false, problems: firstOf(problems) };
  const name = cleanLine(cut(title ?? settings.title ?? (await headingOf(rest, block)) ?? '', LIMITS.title));
  if (name === '') {
    const problem = "the plan has no title: give 'title', or start the plan with a '# heading'";
    return { ok: false, problems: [problem] };
  }
  return {
    ok: true,
    plan: {
      title: name,
      markdown,
      workspace: settings.workspace ?? null,
      expiresMs: settings.expires ?? null,
      timetable:
        settings.schedule === undefined
          ? null
          : { cron: settings.schedule, timezone: settings.timezone ?? localTimezone() },
      ...keptSettings(settings),
    },
    asked: { settings, lines },
    notUsed: foreignKeys,
  };
}

/** What Claude is asked to do: the plan, without a front matter that holds nothing but settings. */
export function planBody(markdown: string): string {
  return readFrontMatter(markdown).body;
}

/** The first heading of the text; without one, of the front matter of another tool, where it looks like a comment. */
async function headingOf(text: string, block: string): Promise<string | undefined> {
  const { firstHeading } = await import('./heading.ts');
  return firstHeading(text, LIMITS.title) ?? firstHeading(block, LIMITS.title);
}

/** Rules and other marks alone ask for nothing. */
function isEmpty(text: string): boolean {
  return withoutHidden(text.replaceAll(/[\s*_#.+=`~>-]+/g, '')) === '';
}

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

const MAX_PROBLEMS = 10;

/** A person corrects some and sends again; a text that is not a plan at all would otherwise give thousands. */
function firstOf(problems: readonly string[]): readonly string[] {
  const more = problems.length - MAX_PROBLEMS;
  return more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `and ${more} more problems`] : problems;
}
