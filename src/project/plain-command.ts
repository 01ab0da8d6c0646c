/** What a command says, for a rule to be looked for in it. */

/**
 * The command on one line, with single spaces and without what changes its letters and not its meaning: quotes, backslashes,
 * and variables that it sets itself. Not what a shell makes of it: a command can be built in more ways than these.
 */
export function plainCommand(command: string): string {
  const line = command.replaceAll(/\\\r?\n/g, '').replaceAll(/\$\{?IFS\}?/g, ' ');
  return spaced(withOwnVariables(line).replaceAll(/\$?["']|\\/g, ''));
}

/** `T=touch; $T a` is `T=touch; touch a`. */
function withOwnVariables(line: string): string {
  const all = [...line.matchAll(ASSIGNMENT)].map(
    ([, name = '', quoted, doubled, bare]) => [name, quoted ?? doubled ?? bare ?? ''] as const,
  );
  const set = new Map(all.filter(([, value]) => value.length <= MAX_VALUE_CHARACTERS));
  if (set.size === 0) return line;
  return line.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, name) => set.get(braced ?? name) ?? whole);
}

/** A rule names no longer one, and many uses of a long one would be more text than fits in memory. */
const MAX_VALUE_CHARACTERS = 200;

const ASSIGNMENT = /(?<![\w$])([A-Za-z_]\w*)=(?:'([^']*)'|"([^"]*)"|([^\s;&|()]*))/g;

function spaced(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}
