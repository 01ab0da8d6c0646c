/** Names as they stand in JSON, in the log and in SQL: `costUsd` is `cost_usd`. */

export type SnakeCase<Text> = Text extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : '';

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The same values under these names; what lies deeper keeps its own. */
export function withSnakeCase(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [snakeCase(name), value]));
}

/** The same values under these names, at every depth. */
export function allSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(allSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [snakeCase(name), allSnakeCase(inner)]),
  );
}
