/** The first line says where a person is and whether what they see is so now; the last ones, what they can do. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { VERSION } from '../../../version.ts';
import { widthOf } from '../../terminal/text.ts';
import { useConnection, useNow, useTui } from '../context.ts';
import { fill, type Line, line, paragraph, type Span, widthOfLine } from '../lines/line.ts';
import { atText } from '../lines/times.ts';
import type { State } from '../live/connection.ts';
import { nameOf, type Place } from '../place.ts';
import { Row, Rows } from './rows.tsx';

/** After so long it is worth a look at the supervisor. */
const LONG_MS = 60_000;

export function TopLine({ place, columns }: { readonly place: Place; readonly columns: number }) {
  const connection = useConnection();
  const { session } = useTui();
  const state: Readonly<Record<typeof connection.kind, Span>> = {
    live: { text: '● live', tone: 'good' },
    connecting: { text: '○ connecting', tone: 'quiet' },
    lost: { text: '○ lost', tone: 'bad' },
    refused: { text: '○ not signed in', tone: 'bad' },
  };
  const left: Line = [{ text: 'Bridge', tone: 'title' }, { text: `  ${nameOf(place)}` }];
  const right: Line = [
    ...(session === undefined
      ? []
      : [{ text: `${session.name} (${session.role})  `, tone: 'quiet' as const }]),
    state[connection.kind],
  ];
  const middle = Math.max(1, columns - widthOfLine(right));
  return <Row line={[...fill(left, middle), ...right]} columns={columns} />;
}

/** Why what is shown may not be so any more, and what to do; nothing while all is well. */
export function useTroubleLines(columns: number): Line[] {
  const { connection: live } = useTui();
  const connection = useConnection();
  const now = useNow();
  if (connection.kind === 'refused') return paragraph(REFUSED, columns, 'bad');
  if (connection.kind === 'lost') return paragraph(lostText(connection, now), columns, 'warn');
  if (live.otherVersion !== undefined)
    return paragraph(
      `The supervisor is ${live.otherVersion}, this terminal ${VERSION}. q: quit, and start it again`,
      columns,
      'warn',
    );
  return [];
}

const REFUSED =
  'Not signed in: the token of this terminal is unknown, was revoked, or has expired. R: sign in again. Elsewhere than on its machine with a new token, by: bridge-supervisor token add NAME --role decide';

function lostText({ since, why }: Extract<State, { kind: 'lost' }>, now: number): string {
  if (since === undefined) return `Not connected. Trying again… ${why}`.trim();
  const at = atText(new Date(since).toISOString(), now);
  const isLong = now - since > LONG_MS;
  const advice = why === '' && isLong ? 'Is the supervisor running? bridge-supervisor status' : why;
  return [`Not connected since ${at}. What you see is from then. Trying again…`, advice].join(' ').trim();
}

export interface Said {
  readonly text: string;
  readonly isBad: boolean;
}

/** What was said last, else what can be done here. */
export function BottomLine({
  said,
  hint,
  columns,
}: {
  readonly said: Said | undefined;
  readonly hint: string;
  readonly columns: number;
}) {
  if (said) {
    const lines = paragraph(said.text, columns, said.isBad ? 'bad' : 'good');
    const shown = lines.slice(0, MAX_SAID_LINES);
    return <Rows lines={shown} columns={columns} />;
  }
  return <Row line={line(shortHint(hint, columns), 'quiet')} columns={columns} />;
}

const MAX_SAID_LINES = 3;

/** How many lines it takes. */
export function bottomHeight(said: Said | undefined, columns: number): number {
  return said ? Math.min(MAX_SAID_LINES, paragraph(said.text, columns).length) : 1;
}

/** Whole keys alone, as many as fit; the list of all comes last and always. */
function shortHint(hint: string, columns: number): string {
  const end = '?: keys  q: quit';
  let shown = '';
  for (const part of hint.split('  ').filter(Boolean)) {
    if (widthOf(`${shown}${part}  ${end}`) > columns) break;
    shown += `${part}  `;
  }
  return shown + end;
}

export function Screen({
  children,
  rows,
  columns,
}: {
  readonly children: ReactNode;
  readonly rows: number;
  readonly columns: number;
}) {
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {children}
    </Box>
  );
}
