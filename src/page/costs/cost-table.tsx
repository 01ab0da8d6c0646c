import type { ComponentChildren } from 'preact';
import { dollars } from '../../project/costs.ts';
import type { WireCosts } from '../../wire/schemas/budget.ts';

type Share = Pick<WireCosts['days'][number], 'usd' | 'runs' | 'runs_of_unknown_cost'>;

interface Props {
  /** Of the first column. */
  readonly name: string;
  readonly rows: readonly {
    readonly key: string;
    readonly name: ComponentChildren;
    readonly share: Share;
  }[];
}

/** Shares of what was spent, a row each. */
export function CostTable({ name, rows }: Props) {
  return (
    <table class="cost-table">
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <th scope="col">Runs</th>
          <th scope="col">Cost</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name: first, share }) => (
          <tr key={key}>
            <th scope="row">{first}</th>
            <td>{share.runs}</td>
            <td>
              <Cost share={share} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `no figure` where no run has one: that is not nothing. */
function Cost({ share: { usd, runs, runs_of_unknown_cost: unknown } }: { readonly share: Share }) {
  if (unknown === 0) return <>{dollars(usd)}</>;
  if (unknown === runs) return <span class="warn">no figure</span>;
  return (
    <>
      {dollars(usd)} <small class="warn">and {unknown} without a figure</small>
    </>
  );
}
