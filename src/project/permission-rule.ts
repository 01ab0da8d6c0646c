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
