/** How many lines a change adds and takes away: `+1,204 −7`. */
export function LineCounts({
  of: { insertions, deletions },
}: {
  readonly of: { readonly insertions: number; readonly deletions: number };
}) {
  return (
    <>
      <ins>+{insertions.toLocaleString('en')}</ins> <del>−{deletions.toLocaleString('en')}</del>
    </>
  );
}
