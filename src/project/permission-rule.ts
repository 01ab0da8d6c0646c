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
  if (!namesTool(tool, named)) return false;
  const what = whatOfRule(rule);
  const inner = whatOfRule(other);
  if (what === undefined) return true;
  return inner !== undefined && patternOf(what).test(withoutEnd(inner));
}

/** What the tool is called with, as a rule names it; undefined for a rule about every call of it. */
export function whatOfRule(rule: string): string | undefined {
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

/**
 * Whether a rule for `tool` is about calls of `toolName`. One for Edit is about every tool that writes files, one for Read
 * about every tool that reads them, one for a command about every tool that runs it, and one for an MCP server about all its
 * tools.
 */
export function namesTool(tool: string, toolName: string): boolean {
  if (tool.endsWith('*')) return toolName.startsWith(tool.slice(0, -1));
  if (tool.startsWith('mcp__') && toolName.startsWith(`${tool}__`)) return true;
  return tool === toolName || TOOLS_OF[tool]?.includes(toolName) === true;
}

/** Tools with the rules of another one, and newer names of a tool (seen in 2.1.329). */
const TOOLS_OF: Readonly<Record<string, readonly string[]>> = {
  Edit: ['Write', 'MultiEdit', 'NotebookEdit'],
  Read: ['Grep', 'Glob', 'NotebookRead'],
  Bash: ['Monitor'],
  PowerShell: ['Monitor'],
  Task: ['Agent'],
  Agent: ['Task'],
  KillShell: ['TaskStop'],
  KillBash: ['TaskStop'],
};

/** Those whose rules name files. */
export const FILE_TOOLS: readonly string[] = ['Edit', 'Read'].flatMap((tool) => [
  tool,
  ...(TOOLS_OF[tool] ?? []),
]);

/**
 * The tools that a rule for `tool` is about, as patterns for a whole name; undefined where that is not known for sure: of
 * files, and of tools that a later version may join or rename.
 */
export function toolsNamed(tool: string): readonly string[] | undefined {
  if (tool.startsWith('mcp__')) return [tool.endsWith('*') ? `${tool.slice(0, -1)}.*` : `${tool}(__.*)?`];
  return OF_THEIR_OWN.includes(tool) ? [tool, ...(TOOLS_OF[tool] ?? [])] : undefined;
}

const OF_THEIR_OWN: readonly string[] = ['Bash', 'PowerShell', 'WebFetch', 'WebSearch', 'Agent', 'Task'];
