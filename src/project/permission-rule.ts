/** A permission rule of Claude Code, such as `Bash(npm test *)` (https://code.claude.com/docs/en/permissions). */

const MAX_RULE_CHARACTERS = 500;

/** What a rule must be, to stand behind "must be". */
export const RULE_FORM = `a tool, or a tool and what it is called with, such as 'WebFetch' or 'Bash(npm test *)'`;

/**
 * Whether a text has the form of a rule: the name of a tool, also one of an MCP server, with or without something in
 * parentheses, on one line. Claude Code ignores what has another form, and a rule that is ignored guards nothing.
 */
export function isPermissionRule(text: string): boolean {
  return text.length <= MAX_RULE_CHARACTERS && !/\p{C}|\p{Zl}|\p{Zp}/u.test(text) && RULE.test(text);
}

const RULE = /^[A-Za-z_][\w-]*\*?(?:\(\s*[^\s)](?:.*\S)?\s*\))?$/;

/** The name of the tool that a rule is about. */
export function toolOfRule(rule: string): string {
  return rule.replace(/\(.*$/, '');
}

/** Whether each call that the second rule names is named by the first one, too. Both stand for the same kind of rule. */
export function covers(rule: string, other: string): boolean {
  const tool = toolOfRule(rule);
  const named = toolOfRule(other);
  const isSameTool = tool.endsWith('*') ? named.startsWith(tool.slice(0, -1)) : isTool(tool, named);
  if (!isSameTool) return false;
  const what = whatOf(rule);
  const inner = whatOf(other);
  if (what === undefined) return true;
  return inner !== undefined && patternOf(what).test(withoutEnd(inner));
}

function whatOf(rule: string): string | undefined {
  return /\((.*)\)$/.exec(rule)?.[1]?.trim();
}

/** `npm test *` and `npm test:*` also name `npm test`. */
function patternOf(what: string): RegExp {
  const isOpen = END.test(what);
  const source = withoutEnd(what)
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}${isOpen ? '(?:[ :/].*)?' : ''}$`, 's');
}

function withoutEnd(what: string): string {
  return what.replace(END, '');
}

const END = /(?: |:)\*$/;

/** The calls that a person is asked about: those that these rules name, or all that nothing permits. */
export type AskedCalls = readonly string[] | 'rest';

/**
 * Whether a person is asked about this call, which Claude Code has left open. It does not say which rule it had in mind; so
 * a rule counts here for more calls rather than fewer: for each command that contains its words, and for other tools
 * whatever they are called with.
 */
export function isAskedAbout(asked: AskedCalls, toolName: string, input: unknown): boolean {
  return asked === 'rest' || asked.some((rule) => mayName(rule, toolName, input));
}

function mayName(rule: string, toolName: string, input: unknown): boolean {
  const tool = toolOfRule(rule);
  const isNamed = tool.endsWith('*') ? toolName.startsWith(tool.slice(0, -1)) : isTool(tool, toolName);
  if (!isNamed) return false;
  const [, what] = /\((.*)\)$/.exec(rule) ?? [];
  const command = (input as { readonly command?: unknown } | null)?.command;
  if (what === undefined || typeof command !== 'string') return true;
  const words = spaced(what.replace(/:?\*.*$/, ''));
  return spaced(command).includes(words);
}

/** A rule for Edit applies to every tool that writes files, and one for Read to every tool that reads them. */
function isTool(tool: string, toolName: string): boolean {
  return tool === toolName || OF_FILES[tool]?.includes(toolName) === true;
}

const OF_FILES: Readonly<Record<string, readonly string[]>> = {
  Edit: ['Write', 'MultiEdit', 'NotebookEdit'],
  Read: ['Grep', 'Glob', 'NotebookRead'],
};

function spaced(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}
