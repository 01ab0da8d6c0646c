/** The two ways in which a person reaches the bridge; whoever is killed in mid-call is called again, as a client does. */
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { identify } from '../../src/machine/identity.ts';
import { Desktop, type Heard } from './desktop.ts';
import { signal } from './living.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

/** One thing the person does, in the words of both channels. */
export interface Deed {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** A tool that shows what the deed is about: a Desktop decides on nothing that it has not shown. */
  readonly shownBy?: string;
  readonly command: readonly string[];
  /** Whether the command, made again, is recognised as the same call; Desktop's calls always are. */
  readonly repeatable: boolean;
}

export interface CallerOptions {
  readonly world: World;
  readonly tally: Tally;
  readonly random: Random;
  /** Called after a client was killed. */
  readonly afterKill: () => Promise<void>;
}

export class Caller {
  readonly #o: CallerOptions;
  readonly #desktops: readonly [Desktop, Desktop];
  #calm = false;

  constructor(options: CallerOptions) {
    this.#o = options;
    this.#desktops = [new Desktop(options.world), new Desktop(options.world)];
  }

  /** From now on no client is killed. */
  calm(): void {
    this.#calm = true;
  }

  async close(): Promise<void> {
    await Promise.all(this.#desktops.map((desktop) => desktop.close()));
  }

  /** Does it until it is answered, by turns here and there; the first times the client may be killed. */
  async call(deed: Deed): Promise<Heard> {
    const { random, tally, afterKill } = this.#o;
    const { tool, command, repeatable } = deed;
    const once = random.chance(0.5);
    for (let attempt = 1; ; attempt++) {
      const viaDesktop = tool !== '' && (repeatable ? random.chance(0.5) : once);
      const kill = !this.#calm && attempt <= 2 && random.chance(viaDesktop ? KILL_DESKTOP : KILL_COMMAND);
      const answer = viaDesktop
        ? await this.#desktop(deed, kill ? random.wait(40) : undefined)
        : await this.#command(command, kill ? random.whole(20, 700) : undefined);
      if (!answer.answered) {
        tally.kill(viaDesktop ? 'Desktop server' : `command ${command[0]}`);
        await afterKill();
      }
      if (attempt >= MAX_ATTEMPTS || (answer.answered && !isToBeRepeated(answer.text))) return answer;
      if (!answer.answered && !viaDesktop && !repeatable) return answer;
    }
  }

  async #desktop({ tool, args, shownBy }: Deed, killAfterMs: number | undefined): Promise<Heard> {
    const desktop = this.#o.random.pick(this.#desktops);
    if (shownBy !== undefined) await desktop.call(shownBy, {}, undefined);
    return desktop.call(tool, args, killAfterMs);
  }

  async #command(args: readonly string[], killAfterMs: number | undefined): Promise<Heard> {
    const child = this.#o.world.command(args);
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const output = child.stdout ? text(child.stdout) : Promise.resolve('');
    const errors = child.stderr ? text(child.stderr) : Promise.resolve('');
    if (killAfterMs !== undefined) {
      const over = await Promise.race([exited.then(() => true), delay(killAfterMs, false)]);
      const running = over || child.pid === undefined ? undefined : await identify(child.pid);
      if (running) await signal(running, 'SIGKILL');
    }
    await exited;
    const said = await output;
    if (child.exitCode === null) return { answered: false };
    const ok = child.exitCode === 0;
    return { answered: true, ok, text: ok ? said : await errors, projectId: projectIdIn(said) };
  }
}

/**
 * Nothing was changed, and it says so: a frozen supervisor may hold the store for longer than anyone waits, and a Desktop
 * that was killed meanwhile has shown nothing.
 */
function isToBeRepeated(text: string): boolean {
  return text.includes('Nothing was changed: try again') || text.includes('has not been shown yet');
}

function projectIdIn(output: string): string {
  return /"project":\s*\{\s*"id":\s*"(\w+)"/.exec(output)?.[1] ?? '';
}

const MAX_ATTEMPTS = 10;
const KILL_DESKTOP = 0.25;
const KILL_COMMAND = 0.2;
