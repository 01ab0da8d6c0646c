/** What other programs print: JSON, versions, and what is wrong. */

/** The JSON in a text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where most programs say why they ended; empty for a text without a word. */
export function lastLineOf(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** The first version in a text, such as 2.1.329. */
export function versionIn(text: string): string | undefined {
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0];
}

/** Whether `version` is at least `minimum`. Both consist of numbers and points; a missing number counts as 0. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [ours, theirs] = [version, minimum].map((text) => text.split('.').map(Number));
  for (const [index, number] of (theirs ?? []).entries()) {
    const other = ours?.[index] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}
