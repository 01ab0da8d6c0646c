/** The whole terminal UI: what is in front, and where keys go that nobody else takes. */
import { Box, useInput, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Clock } from '../../clock.ts';
import type { Environment } from '../../environment.ts';
import { messageOf } from '../../error-message.ts';
import type { WireCredential } from '../../wire/schemas/credential.ts';
import { clip } from '../terminal/text.ts';
import { type Dialog, type Tui, TuiContext, useKeys } from './context.ts';
import { Keyboard } from './keyboard.ts';
import { EMPTY } from './lines/line.ts';
import type { Connection } from './live/connection.ts';
import { Boundary } from './parts/boundary.tsx';
import { Confirm, confirmLines } from './parts/confirm.tsx';
import type { Editing } from './parts/external-editor.ts';
import { BottomLine, bottomHeight, type Said, Screen, TopLine, useTroubleLines } from './parts/frame.tsx';
import { Help } from './parts/help.tsx';
import { Rows } from './parts/rows.tsx';
import { TextField } from './parts/text-field.tsx';
import { HOME, keyOf, nameOf, PLACES, type Place } from './place.ts';
import type { Client } from './remote/client.ts';
import { hintOf, View } from './views/view.tsx';

export interface AppProps {
  readonly client: Client;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly env: Environment;
  readonly editing: Editing;
  readonly isColoured: boolean;
  readonly onQuit: () => void;
  /** Something of it has failed, and it cannot go on. */
  readonly onFail: (failure: Error) => void;
}

const MIN_COLUMNS = 40;
const MIN_ROWS = 10;
const MAX_SAID_MS = 6_000;
/** What writing takes of the screen, where there is as much. */
const FIELD_ROWS = 12;
const LINE_ROWS = 4;
/** What stays of a view above a long text. */
const ROWS_ABOVE = 3;
const MAX_FAILURE_COLUMNS = 300;

export function App({ client, connection, clock, env, editing, isColoured, onQuit, onFail }: AppProps) {
  const { columns, rows } = useWindowSize();
  const [keyboard] = useState(() => new Keyboard());
  const [path, setPath] = useState<readonly Place[]>([HOME]);
  const [dialog, setDialog] = useState<Dialog | undefined>(undefined);
  const turns = useRef(0);
  const [showDialog] = useState(() => (shown: Dialog | undefined) => {
    turns.current += 1;
    setDialog(shown);
  });
  const [said, say] = useSaid(clock);
  const session = useSession(client, connection);
  const [drafts] = useState(() => new Map<string, string>());
  const [places] = useState(() => new Map<string, string>());
  useInput((input, key) => keyboard.press(input, key));
  usePaste((text) => keyboard.paste(text));
  const place = path.at(-1) ?? HOME;
  const tui = useMemo<Tui>(
    () => ({
      ...{
        client,
        connection,
        keyboard,
        clock,
        env,
        editing,
        session,
        isColoured,
        columns,
        rows,
        drafts,
        places,
        say,
      },
      goTo(next) {
        showDialog(undefined);
        setPath((before) => (keyOf(before.at(-1) ?? HOME) === keyOf(next) ? before : [...before, next]));
      },
      goBack() {
        turns.current += 1;
        setPath((before) => (before.length > 1 ? before.slice(0, -1) : [HOME]));
      },
      ask: showDialog,
      closeDialog: () => showDialog(undefined),
      turn: () => turns.current,
    }),
    [
      client,
      connection,
      keyboard,
      clock,
      env,
      editing,
      session,
      isColoured,
      columns,
      rows,
      drafts,
      places,
      say,
      showDialog,
    ],
  );
  return (
    <TuiContext value={tui}>
      {columns < MIN_COLUMNS || rows < MIN_ROWS ? (
        <TooSmall columns={columns} onQuit={onQuit} />
      ) : (
        <Whole {...{ place, dialog, said, onQuit, onFail, tui }} />
      )}
    </TuiContext>
  );
}

function TooSmall({ columns, onQuit }: { readonly columns: number; readonly onQuit: () => void }) {
  useKeys({ q: onQuit, 'ctrl-c': onQuit });
  const text = `The terminal is too small: at least ${MIN_COLUMNS} columns and ${MIN_ROWS} lines. q: quit`;
  return <Rows lines={[[{ text }]]} columns={columns} />;
}

interface WholeProps {
  readonly place: Place;
  readonly dialog: Dialog | undefined;
  readonly said: Said | undefined;
  readonly tui: Tui;
  readonly onQuit: () => void;
  readonly onFail: (failure: Error) => void;
}

function Whole({ place, dialog, said, tui, onQuit, onFail }: WholeProps) {
  const { columns, rows } = tui;
  useGlobalKeys(tui, onQuit);
  const trouble = useTroubleLines(columns);
  const spaced = trouble.length > 0 ? trouble : [EMPTY];
  const bottom = bottomOf(dialog, said, place, columns, rows - 1 - spaced.length);
  const height = Math.max(1, rows - 1 - spaced.length - bottom.height);
  return (
    <Screen rows={rows} columns={columns}>
      <TopLine place={place} columns={columns} />
      <Rows lines={spaced} columns={columns} />
      <Box height={height} flexShrink={0} overflow="hidden">
        {dialog?.kind === 'help' ? (
          <Help columns={columns} height={height} />
        ) : (
          <Boundary key={keyOf(place)} onThrow={(thrown) => onFail(viewFailure(place, thrown))}>
            <View place={place} columns={columns} height={height} />
          </Boundary>
        )}
      </Box>
      {bottom.shown}
    </Screen>
  );
}

function viewFailure(place: Place, thrown: unknown): Error {
  const why = clip(messageOf(thrown), MAX_FAILURE_COLUMNS);
  return new Error(`the view “${nameOf(place)}” of the terminal UI failed: ${why}`, { cause: thrown });
}

interface Bottom {
  readonly height: number;
  readonly shown: ReactNode;
}

/**
 * What was said stands above what is asked.
 *
 * @param rows For it and the view.
 */
function bottomOf(
  dialog: Dialog | undefined,
  said: Said | undefined,
  place: Place,
  columns: number,
  rows: number,
): Bottom {
  const asked = askedOf(dialog, columns, said ? rows - bottomHeight(said, columns) : rows);
  if (asked && !said) return asked;
  const line: Bottom = {
    height: bottomHeight(said, columns),
    shown: <BottomLine said={said} hint={hintOf(place)} columns={columns} />,
  };
  if (!asked) return line;
  return {
    height: line.height + asked.height,
    shown: (
      <>
        {line.shown}
        {asked.shown}
      </>
    ),
  };
}

function askedOf(dialog: Dialog | undefined, columns: number, rows: number): Bottom | undefined {
  const most = rows - 1;
  if (dialog?.kind === 'confirm')
    return {
      height: confirmLines(dialog, columns, most).length,
      // Another text is another question, which nobody has read yet.
      shown: <Confirm key={JSON.stringify(dialog)} dialog={dialog} columns={columns} height={most} />,
    };
  if (dialog?.kind !== 'write') return undefined;
  const usual = dialog.isOneLine ? LINE_ROWS : FIELD_ROWS;
  const height = dialog.isLong ? rows - ROWS_ABOVE : Math.min(usual, Math.floor(rows / 2));
  return {
    height,
    shown: <TextField key={dialog.draft} dialog={dialog} columns={columns} height={height} />,
  };
}

function useGlobalKeys({ goTo, goBack, ask, connection }: Tui, onQuit: () => void): void {
  const going = Object.entries(PLACES).map(([key, place]) => [`g ${key}`, () => goTo(place)] as const);
  useKeys(
    {
      ...Object.fromEntries(going),
      q: onQuit,
      'ctrl-c': onQuit,
      '?': () => ask({ kind: 'help' }),
      esc: goBack,
      R: () => connection.tryNow(),
    },
    'program',
  );
}

/** Says something for a while. */
function useSaid(clock: Clock): readonly [Said | undefined, Tui['say']] {
  const [said, setSaid] = useState<Said | undefined>(undefined);
  const [say] = useState(
    () =>
      (text: string, isBad = false) =>
        setSaid({ text, isBad }),
  );
  useEffect(() => {
    if (!said) return;
    const over = new AbortController();
    void clock.sleep(MAX_SAID_MS, over.signal).then(() => {
      if (!over.signal.aborted) setSaid(undefined);
    });
    return () => over.abort();
  }, [clock, said]);
  return [said, say];
}

/** Who we are, asked again whenever the connection is back. */
function useSession(client: Client, connection: Connection): WireCredential | undefined {
  const [session, setSession] = useState<WireCredential | undefined>(undefined);
  useEffect(() => {
    const look = async () => {
      const found = await client.call<WireCredential>('GET /session');
      if (found.ok) setSession(found.value);
    };
    void look();
    return connection.onEvents((event) => {
      if (event === undefined) void look();
    });
  }, [client, connection]);
  return session;
}
