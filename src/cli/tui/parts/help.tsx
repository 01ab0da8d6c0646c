import { cell } from '../../terminal/text.ts';
import { useKeys, useTui } from '../context.ts';
import { KEY_GROUPS } from '../key-table.ts';
import { EMPTY, type Line, line } from '../lines/line.ts';
import { Scroller } from './scroller.tsx';

const KEY_COLUMNS = 17;

/** Every key, in a list of its own. */
export function Help({ columns, height }: { readonly columns: number; readonly height: number }) {
  const { closeDialog } = useTui();
  useKeys({ '?': closeDialog, esc: closeDialog, q: closeDialog, enter: closeDialog });
  const lines = KEY_GROUPS.flatMap(({ title, keys }): Line[] => [
    line(title, 'title'),
    ...keys.map(
      ([names, does]): Line => [{ text: `  ${cell(names, KEY_COLUMNS)}`, tone: 'accent' }, { text: does }],
    ),
    EMPTY,
  ]);
  return <Scroller name="help" items={[{ key: 'keys', lines }]} columns={columns} height={height} />;
}
