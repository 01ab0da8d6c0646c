/**
 * Shows the terminal UI until the person leaves it, and leaves the terminal as it was: on the screen before, with its cursor,
 * and reading whole lines. Ink sees to that however the program ends, but for SIGKILL.
 */
import { stdin, stdout } from 'node:process';
import { render } from 'ink';
import { EXIT } from '../../exit-codes.ts';
import type { Cli } from '../context.ts';
import { stopRequest } from '../terminal/signals.ts';
import { App } from './app.tsx';
import { Connection } from './live/connection.ts';
import { Client } from './remote/client.ts';
import type { Target } from './remote/target.ts';

/** Throws what a view has thrown. */
export async function runTui(cli: Cli, target: Target): Promise<void> {
  const stop = stopRequest();
  const over = new AbortController();
  const client = new Client(cli.clock);
  const connection = new Connection(client, target, cli.clock, over.signal);
  const app = render(
    <App
      {...{ client, connection, clock: cli.clock, env: cli.env }}
      isColoured={stdout.hasColors()}
      onQuit={() => app.unmount()}
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
  const following = connection.follow();
  try {
    await app.waitUntilExit();
  } finally {
    over.abort();
    client.close();
    await following;
    stop.dispose();
    await target.leave();
  }
}
