import { Command } from 'commander';
import { openBridge } from '../../bridge/bridge.ts';
import { holderOf, isWorking, supervisorState } from '../../control/supervisor-state.ts';
import { isAlive } from '../../machine/identity.ts';
import { LOCAL_MACHINE } from '../../project/ids.ts';
import { plural } from '../../project/text.ts';
import { readLease } from '../../store/lease.ts';
import { restore } from '../../store/sqlite/backup.ts';
import { inspectDatabase } from '../../store/sqlite/inspect.ts';
import { StoreError } from '../../store/store-error.ts';
import { type Cli, fail } from '../context.ts';
import { path } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';

export function restoreCommand(cli: Cli): Command {
  return new Command('restore')

    .argument('<file>', 'a file written by `backup`', path)
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor stop', 'bridge-supervisor restore ~/bridge-2026-11-21.db'),
    )
    .action(async (file: string) => {
      const pid = await workingSupervisor(cli);
      if (pid !== undefined) {
        return fail(
          cli,
          `the supervisor (pid ${pid}) is using the store`,
          'Stop it first: bridge-supervisor stop',
        );
      }
      const time = cli.clock.now().toISOString().replaceAll(/[:.]/g, '-');
      const { aside, kept, removed } = await restore(cli.stateDir, file, `bridge.db.before-restore-${time}`);
      cli.out.line(`Restored from ${file}.${aside ? ` The old store is now ${aside}` : ''}`);
      const credentials = describeCredentials(kept, removed);
      if (credentials !== undefined) cli.out.line(credentials);
      cli.out.line('Next: bridge-supervisor start');
    });
}

/** What became of the tokens of the HTTP API. */
function describeCredentials(kept: number, removed: number): string | undefined {
  if (removed > 0)
    return `${plural(removed, 'token')} of the HTTP API in the backup may have been revoked since, and no longer count. Make new ones with: bridge-supervisor token add`;
  if (kept > 0)
    return `The HTTP API keeps the ${plural(kept, 'token')} it had before the restore; those of the backup do not count. Look with: bridge-supervisor token list`;
  return undefined;
}

const ABOUT = `
Checks the backup first; a damaged one changes nothing. The supervisor must be
stopped. Claude Desktop's server sees the change at its next call. Runs that
were running when the backup was made are recovered: their processes are
looked for, and their sessions are resumed. A worktree that is gone is made
again by the next run: with what was measured last, or from its base where
measure/ is gone too. The tokens of the HTTP API stay as they were before: those
of the backup may have been revoked since.`;

/** The pid of the supervisor that works here; undefined for a store that cannot be read. */
async function workingSupervisor(cli: Cli): Promise<number | undefined> {
  try {
    const bridge = await openBridge(cli.stateDir, cli.clock);
    try {
      const supervisor = await supervisorState(bridge);
      return isWorking(supervisor) ? supervisor.lease.pid : undefined;
    } finally {
      await bridge.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return error.problem === 'linked' ? readHolderPid(cli) : undefined;
    throw error;
  }
}

/** A store with two names is refused for writing, and a restore repairs it: so it is only read. */
async function readHolderPid(cli: Cli): Promise<number | undefined> {
  const database = inspectDatabase(cli.stateDir);
  if (!database) return undefined;
  try {
    const lease = await readLease(database.read, LOCAL_MACHINE);
    return lease && (await isAlive(holderOf(lease))) ? lease.pid : undefined;
  } finally {
    await database.close();
  }
}
