/**
 * Shows the terminal UI until the person leaves it, and leaves the terminal as it was: on the screen before, with its cursor,
 * and reading whole lines. Ink sees to that however the program ends, but for SIGKILL.
 */
import { stdin, stdout } from 'node:process';
import { render } from 'ink';
import { EXIT } from '../../exit-codes.ts';
import { VERSION } from '../../version.ts';
import type { Cli } from '../context.ts';
import { stopRequest } from '../terminal/signals.ts';
import { App } from './app.tsx';
import { Connection } from './live/connection.ts';
import type { Editing } from './parts/external-editor.ts';
import { Client } from './remote/client.ts';
import type { Target } from './remote/target.ts';

/** Throws what a view, a key or anything else in it has thrown, when the terminal is as it was. */
export async function runTui(cli: Cli, target: Target): Promise<void> {
  const editing: Editing = { isUnderWay: false };
  // Ctrl+C in an editor is for the editor.
  const stop = stopRequest((signal) => signal !== 'SIGINT' || !editing.isUnderWay);
  const over = new AbortController();
  const client = new Client(cli.clock);
  const connection = new Connection(client, target, cli.clock, over.signal);
  let failure: Error | undefined;
  const fail = (thrown: unknown) => {
    failure ??= thrown instanceof Error ? thrown : new Error(String(thrown));
    // It may be the first drawing that throws.
    queueMicrotask(() => app.unmount());
  };
  const app = render(
    <App
      {...{ client, connection, clock: cli.clock, env: cli.env, editing }}
      isColoured={stdout.hasColors()}
      onQuit={() => app.unmount()}
      onFail={fail}
    />,
    {
      stdin,
      stdout,
      alternateScreen: true,
      interactive: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
    },
  );
  const onSignal = () => {
    cli.exitCode = EXIT.interrupted;
    app.unmount();
  };
  stop.signal.addEventListener('abort', onSignal);
  // Keys are looked at outside of what React draws.
  const endings = ['uncaughtException', 'unhandledRejection'] as const;
  for (const ending of endings) process.on(ending, fail);
  const following = connection.follow();
  try {
    await app.waitUntilExit();
  } catch (thrown) {
    fail(thrown);
  } finally {
    over.abort();
    client.close();
    await following;
    stop.dispose();
    for (const ending of endings) process.off(ending, fail);
    await target.leave();
  }
  if (failure) throw withVersions(failure, connection.otherVersion);
}

/** An answer that is not understood may be that of another version. */
function withVersions(failure: Error, otherVersion: string | undefined): Error {
  if (otherVersion === undefined) return failure;
  const message = `${failure.message} (the supervisor is ${otherVersion}, this terminal ${VERSION})`;
  return new Error(message, { cause: failure });
}
