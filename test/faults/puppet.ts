/**
 * A program in claude's place that does what the real one cannot be made to do. A test says what it plays; it notes,
 * apart from the store, which processes there were and what they were told.
 */
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { processesIn, type Rig, waitUntil } from '../e2e/rig.ts';

export type Left =
  | 'in the group'
  | 'in a session of its own'
  | 'ignoring TERM'
  | 'holding the output'
  | 'without its environment'
  | 'as a daemon';

export type Step =
  | { readonly do: 'init'; readonly tools: string }
  | { readonly do: 'say'; readonly text: string; readonly error?: string }
  | { readonly do: 'call'; readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly do: 'result'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly do: 'emit'; readonly event: Readonly<Record<string, unknown>> }
  | { readonly do: 'limit'; readonly seconds: number; readonly window: string }
  | { readonly do: 'write'; readonly base64: string; readonly times: number }
  | { readonly do: 'errors'; readonly text: string }
  | { readonly do: 'shell'; readonly command: string }
  | { readonly do: 'wait'; readonly name: string }
  | { readonly do: 'leave'; readonly how: Left }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'hang' | 'talk' | 'deaf' | 'closeInput' };

/** What one process does, from its start to its end. After its last step it goes when its input ends. */
export type Scene = readonly Step[];

/** Waits for the prompt, and says what Claude's first event says. */
export const init = (tools = 'connected'): Step => ({ do: 'init', tools });
export const say = (text: string, error?: string): Step => ({
  do: 'say',
  text,
  ...(error === undefined ? {} : { error }),
});
export const update = (message: string): Step => ({
  do: 'call',
  tool: 'bridge_send_update',
  input: { message },
});
/** @param files What it says it created and modified. */
export const submit = (summary = 'Done', files: Readonly<Record<string, readonly string[]>> = {}): Step => ({
  do: 'call',
  tool: 'bridge_send_completion',
  input: { summary, ...files },
});
/** Runs this in the folder of the run; a failure ends the puppet. */
export const shell = (command: string): Step => ({ do: 'shell', command });
export const result = (fields: Readonly<Record<string, unknown>> = {}): Step => ({ do: 'result', fields });
/** Any other event. */
export const emit = (event: Readonly<Record<string, unknown>>): Step => ({ do: 'emit', event });
/** The account's limit is reached, and resets so many seconds from the moment it says so. */
export const limit = (seconds: number, window: string): Step => ({ do: 'limit', seconds, window });
/** Bytes on its output as they are. */
export const write = (bytes: Buffer | string, times = 1): Step => ({
  do: 'write',
  base64: Buffer.from(bytes).toString('base64'),
  times,
});
export const errors = (text: string): Step => ({ do: 'errors', text });
/** Stands still until the test opens the gate of this name. */
export const wait = (name: string): Step => ({ do: 'wait', name });
export const leave = (how: Left): Step => ({ do: 'leave', how });
export const exit = (code: number): Step => ({ do: 'exit', code });
export const hang: Step = { do: 'hang' };
export const talk: Step = { do: 'talk' };
/** From here on it hears no interrupt and no signal that can be ignored. */
export const deaf: Step = { do: 'deaf' };
export const closeInput: Step = { do: 'closeInput' };
/** Does the work and goes. */
export const work: Scene = [init(), submit(), result()];

const testimony = z.object({
  event: z.enum(['start', 'overlap', 'prompt', 'heard', 'called', 'interrupted', 'ignored', 'left', 'end']),
  pid: z.number(),
  run: z.string(),
  project: z.string(),
  session: z.string().optional(),
  resumed: z.boolean().optional(),
  text: z.string().optional(),
  refused: z.string().optional(),
  left: z.number().optional(),
});
export type Testimony = z.output<typeof testimony>;

export interface Puppet {
  readonly program: string;
  /** The n-th process of a project plays the n-th scene; the last one is repeated. */
  plays(...scenes: Scene[]): Promise<void>;
  /** The same for one project, which then does not play what the others do. */
  playsFor(projectId: string, ...scenes: Scene[]): Promise<void>;
  /** Everything that puppets have noted, oldest first. */
  witness(): Promise<Testimony[]>;
  /** What the processes of a project were told at their start. */
  prompts(projectId: string): Promise<string[]>;
  /** Waits until one of them has come to `wait(name)`. */
  reached(name: string): Promise<void>;
  open(name: string): Promise<void>;
  /** Those at work on a project that live. */
  living(): Promise<number[]>;
}

export async function createPuppet(rig: Rig): Promise<Puppet> {
  const folder = join(rig.root, 'puppet');
  for (const name of ['scenes', 'open', 'reached']) await mkdir(join(folder, name), { recursive: true });
  const program = join(folder, 'claude.mjs');
  const source = await readFile(new URL('fixtures/puppet.mjs', import.meta.url), 'utf8');
  await writeFile(program, `#!${process.execPath}\n${source}`);
  await chmod(program, 0o755);
  rig.environment.BRIDGE_CLAUDE = program;
  rig.environment.PUPPET_FOLDER = folder;

  const plays = (name: string, scenes: readonly Scene[]) =>
    writeFile(join(folder, 'scenes', name), JSON.stringify({ scenes }));
  const puppet: Puppet = {
    program,
    plays: (...scenes) => plays('any', scenes),
    playsFor: (projectId, ...scenes) => plays(projectId, scenes),
    async witness() {
      const text = await readFile(join(folder, 'witness.jsonl'), 'utf8').catch(() => '');
      return text.split('\n').flatMap((line) => (line === '' ? [] : testimony.parse(JSON.parse(line))));
    },
    async prompts(projectId) {
      return (await puppet.witness()).flatMap(({ event, project, text }) =>
        event === 'prompt' && project === projectId ? (text ?? '') : [],
      );
    },
    reached: (name) =>
      waitUntil(
        () =>
          stat(join(folder, 'reached', name)).then(
            () => true,
            () => false,
          ),
        `a puppet to come to '${name}'`,
        async () => JSON.stringify(await puppet.witness(), null, 1),
      ),
    open: (name) => writeFile(join(folder, 'open', name), ''),
    async living() {
      const all = await processesIn(rig.root);
      return all.filter(({ command }) => command.includes(` ${program} -p `)).map(({ pid }) => pid);
    },
  };
  await puppet.plays(work);
  return puppet;
}
