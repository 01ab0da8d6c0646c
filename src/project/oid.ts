/** Names of commits and trees, as git gives them. */

/** How many digits name one to a person, and are the fewest that a decision may name. */
export const SHORT_OID_DIGITS = 8;

export function shortOid(oid: string): string {
  return oid.slice(0, SHORT_OID_DIGITS);
}

/** `round 2 (tree 9f3c1e07)`: a round as it was measured; without a tree where nothing was. */
export function describeRound(round: number, tree: string | null): string {
  return tree === null ? `round ${round}` : `round ${round} (tree ${shortOid(tree)})`;
}
