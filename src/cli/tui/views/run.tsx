/** What Claude does in a run, as it does it: it follows the end, until a person goes up to read. */
import { Box } from 'ink';
import { capitalize } from '../../../characters.ts';
import { ofProject } from '../../../page/live/concerns.ts';
import type { WireProjectAnswer } from '../../../wire/schemas/http.ts';
import { clip } from '../../terminal/text.ts';
import { useEvery, useNow } from '../context.ts';
import { note } from '../lines/items.ts';
import { EMPTY, type Line, line } from '../lines/line.ts';
import { runLines } from '../lines/project.ts';
import { useResource } from '../live/use-resource.ts';
import { Rows } from '../parts/rows.tsx';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import { Loading } from './loading.tsx';
import { toldItem, useRunOutput } from './run/run-output.ts';
import type { ViewProps } from './view-props.ts';

/** What a run does at the moment is in no event: it is looked at while somebody looks. */
const LOOK_MS = 2_000;

interface Props extends ViewProps {
  readonly id: string;
  readonly project: string;
}

export function RunView({ id, project, columns, height }: Props) {
  const details = useResource<WireProjectAnswer>(`/projects/${project}`, ofProject(project));
  const output = useRunOutput(id);
  const now = useNow();
  const run = details.value?.runs.find((one) => one.id === id);
  useEvery(LOOK_MS, details.refresh, run?.ended_at === null);
  if (!details.value || !run) return <Loading problem={details.problem} columns={columns} />;
  const { outcome } = run;
  const width = columns - SIGN_COLUMNS;
  const head: Line[] = [
    line(clip(details.value.project.title, width), 'title'),
    ...(outcome === null
      ? runLines(run, width, now)
      : [line(`${capitalize(outcome.kind.replaceAll('_', ' '))}. The run has ended.`, 'quiet')]),
    EMPTY,
  ].map((one): Line => [{ text: ' '.repeat(SIGN_COLUMNS) }, ...one]);
  const items =
    output.told.length > 0
      ? output.told.map((one) => toldItem(one, width))
      : [note('none', [line(output.problem ?? 'Nothing was written yet.', 'quiet')])];
  return (
    <Box flexDirection="column" width={columns} height={height} flexShrink={0}>
      <Rows lines={head} columns={columns} />
      <Scroller
        name={`run ${id}`}
        items={items}
        columns={columns}
        height={Math.max(1, height - head.length)}
        followsEnd
      />
    </Box>
  );
}
