/** Where the parts of a review are read. Pure. */

/** What was measured of a round. */
export function roundRoute(projectId: string, round: number): string {
  return `/projects/${projectId}/rounds/${round}`;
}

/** The changes of one of its files, counted from 1. */
export function changeRoute(projectId: string, round: number, number: number): string {
  return `${roundRoute(projectId, round)}/diff/${number}`;
}

/** What a person reads first of a round. */
export function reviewRoutes(projectId: string, round: number) {
  return { json: [roundRoute(projectId, round)], text: [changeRoute(projectId, round, 1)] };
}
