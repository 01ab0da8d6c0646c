/** What a person should know after a change: whether a supervisor will act on it. */
import type { Bridge } from '../../bridge/bridge.ts';
import { currentHolds } from '../../bridge/holds.ts';
import { supervisorState } from '../../control/supervisor-state.ts';
import { holdEnd } from '../../project/hold.ts';
import type { Cli } from '../context.ts';
import { plainLine } from '../terminal/text.ts';

/** Prints a hint on stderr when no supervisor will act on the change. */
export async function hintIfNobodyActs(cli: Cli, bridge: Bridge): Promise<void> {
  const { state } = await supervisorState(bridge);
  if (state === 'not_running' || state === 'gone')
    return cli.out.hint('The supervisor is not running. Start it with: bridge-supervisor start');
  if (state === 'not_responding')
    return cli.out.hint('The supervisor does not respond. Look with: bridge-supervisor status');
  for (const hold of await currentHolds(bridge))
    cli.out.hint(`New work is on hold (${hold.kind}: ${plainLine(hold.reason)}) ${holdEnd(hold)}.`);
}

/** A project as sentences name it. */
export function named(project: { readonly id: string; readonly title: string }): string {
  return `${project.id} "${plainLine(project.title)}"`;
}
