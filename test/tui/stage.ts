/** The terminal UI in a terminal, at a supervisor's API with a store of its own. */
import type { Role } from '../../src/project/credential.ts';
import { beSupervisor } from '../bridge/steps.ts';
import { type Serving, serve } from '../http/server.ts';
import { createRig, type Rig } from '../rig.ts';
import { openTerminal, type Terminal, type TerminalOptions, TUI } from './terminal.ts';

export interface Stage extends AsyncDisposable {
  readonly rig: Rig;
  readonly api: Serving;
  /** The terminal UI with this role, when it is connected. */
  open(options?: TerminalOptions & StageOptions): Promise<Terminal>;
}

interface StageOptions {
  readonly role?: Role;
  /** What is called instead of the API itself. */
  readonly url?: string;
}

/** @param config Further keys of the configuration of its supervisor. */
export async function createStage(config: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const rig = await createRig();
  // Times are told by the clock of the server, which goes as that of the machine does.
  rig.clock.advance(Date.now() - rig.clock.now().getTime());
  await beSupervisor(rig);
  const api = await serve(rig, { config });
  const terminals: Terminal[] = [];
  return {
    rig,
    api,
    async open({ role = 'admin', env = {}, url = `http://127.0.0.1:${api.port}`, ...size } = {}) {
      const token = { BRIDGE_API_TOKEN: api.tokens[role] };
      const terminal = await openTerminal({ ...size, env: { ...token, ...env } });
      terminals.push(terminal);
      await terminal.run(`clear; ${TUI} --url ${url}`);
      await terminal.shows('● live');
      return terminal;
    },
    async [Symbol.asyncDispose]() {
      for (const terminal of terminals) await terminal[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}
