/** The whole terminal UI: what is in front, and where keys go that nobody else takes. */
import { Box, useInput, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Clock } from '../../clock.ts';
import type { Environment } from '../../environment.ts';
import type { WireCredential } from '../../wire/schemas/credential.ts';
import { type Dialog, type Tui, TuiContext, useKeys } from './context.ts';
import { Keyboard } from './keyboard.ts';
import { EMPTY } from './lines/line.ts';
import type { Connection } from './live/connection.ts';
import { Confirm, confirmLines } from './parts/confirm.tsx';
import { BottomLine, bottomHeight, type Said, Screen, TopLine, useTroubleLines } from './parts/frame.tsx';
import { Help } from './parts/help.tsx';
import { Rows } from './parts/rows.tsx';
import { TextField } from './parts/text-field.tsx';
import { HOME, keyOf, PLACES, type Place } from './place.ts';
import type { Client } from './remote/client.ts';
import { hintOf, View } from './views/view.tsx';

export interface AppProps {
  readonly client: Client;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly env: Environment;
  readonly isColoured: boolean;
  readonly onQuit: () => void;
}

const MIN_COLUMNS = 40;
const MIN_ROWS = 10;
const MAX_SAID_MS = 6_000;
/** What writing takes of the screen, where there is as much. */
const FIELD_ROWS = 12;
const LINE_ROWS = 4;

export function App({ client, connection, clock, env, isColoured, onQuit }: AppProps) {
  const { columns, rows } = useWindowSize();
  const [keyboard] = useState(() => new Keyboard());
  const [path, setPath] = useState<readonly Place[]>([HOME]);
  const [dialog, setDialog] = useState<Dialog | undefined>(undefined);
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
        session,
        isColoured,
        columns,
        rows,
        drafts,
        places,
        say,
      },
      goTo(next) {
        setDialog(undefined);
        setPath((before) => (keyOf(before.at(-1) ?? HOME) === keyOf(next) ? before : [...before, next]));
      },
      goBack: () => setPath((before) => (before.length > 1 ? before.slice(0, -1) : [HOME])),
      ask: setDialog,
      closeDialog: () => setDialog(undefined),
    }),
    [client, connection, keyboard, clock, env, session, isColoured, columns, rows, drafts, places, say],
  );
  return (
    <TuiContext value={tui}>
      {columns < MIN_COLUMNS || rows < MIN_ROWS ? (
        <TooSmall columns={columns} onQuit={onQuit} />
      ) : (
        <Whole place={place} dialog={dialog} said={said} onQuit={onQuit} tui={tui} />
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
}

function Whole({ place, dialog, said, tui, onQuit }: WholeProps) {
  const { columns, rows } = tui;
  useGlobalKeys(tui, onQuit);
  const trouble = useTroubleLines(columns);
  const bottom = bottomOf(dialog, said, place, tui);
  const spaced = trouble.length > 0 ? trouble : [EMPTY];
  const height = Math.max(1, rows - 1 - spaced.length - bottom.height);
  return (
    <Screen rows={rows} columns={columns}>
      <TopLine place={place} columns={columns} />
      <Rows lines={spaced} columns={columns} />
      <Box height={height} flexShrink={0} overflow="hidden">
        {dialog?.kind === 'help' ? (
          <Help columns={columns} height={height} />
        ) : (
          <View key={keyOf(place)} place={place} columns={columns} height={height} />
        )}
      </Box>
      {bottom.shown}
    </Screen>
  );
}

function bottomOf(
  dialog: Dialog | undefined,
  said: Said | undefined,
  place: Place,
  { columns, rows }: Tui,
): { readonly height: number; readonly shown: ReactNode } {
  if (dialog?.kind === 'confirm')
    return {
      height: confirmLines(dialog, columns).length,
      shown: <Confirm key={dialog.question} dialog={dialog} columns={columns} />,
    };
  if (dialog?.kind === 'write') {
    const height = Math.min(dialog.isOneLine ? LINE_ROWS : FIELD_ROWS, Math.floor(rows / 2));
    return {
      height,
      shown: <TextField key={dialog.draft} dialog={dialog} columns={columns} height={height} />,
    };
  }
  return {
    height: bottomHeight(said, columns),
    shown: <BottomLine said={said} hint={hintOf(place)} columns={columns} />,
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
