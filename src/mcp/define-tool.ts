/**
 * What a tool is: its words, its input, and what it does. Nothing here knows the protocol or the SDK.
 *
 * To add an argument: add it to the `input` of its tool, in desktop/ or code/. To add a tool: define it there, list it in
 * desktop.ts or code.ts, and add what it answers to src/wire/schemas/tool-results.ts.
 */
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Actor } from '../project/actor.ts';
import { readArguments } from './arguments.ts';
import { explainInput } from './input.ts';
import type { BridgeAccess } from './open-bridge.ts';
import type { Shown } from './shown.ts';
import type { Verbs } from './verbs.ts';

/**
 * What a tool answers. Some clients show their model only the text, others only the facts: each says everything. A client
 * that reads an answer itself may want the text alone: then there are no facts.
 */
export type Answer =
  | {
      readonly ok: true;
      readonly text: string;
      readonly facts?: Facts;
      /** What goes behind the text, apart from it: an image, or a word of ours about a text that is not ours. */
      readonly more?: readonly Content[];
    }
  | {
      readonly ok: false;
      readonly refusal: string;
      /** Clients of these tools know the refusal as it is, without `ERROR:` before it. */
      readonly plain?: true;
    };

export type Facts = Readonly<Record<string, unknown>>;

/** A part of an answer (https://modelcontextprotocol.io/specification, "Tool Result"). */
export type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' | 'audio'; readonly data: string; readonly mimeType: string }
  | {
      readonly type: 'resource';
      readonly resource: { readonly uri: string; readonly mimeType: string; readonly blob: string };
    };

/** What a client may know before it calls a tool (https://modelcontextprotocol.io/specification, "ToolAnnotations"). */
interface Hints {
  /** Changes nothing. */
  readonly readOnly: boolean;
  /** Takes something away from the person that cannot be had back. */
  readonly destructive: boolean;
  /** A second call with the same arguments changes nothing more. */
  readonly idempotent: boolean;
}

/** What the client sent along with a call. */
export interface Caller {
  /** Aborts when the client gives the call up, or the server ends. */
  readonly signal: AbortSignal;
  /** The id under which the client's model made this call: the same when the client tries again. */
  readonly toolUseId: string | undefined;
  /** As the record has who decides and sends. */
  readonly actor: Actor;
  /** What was shown to this client. */
  readonly shown: Shown;
  /** Whether the client asked to be told that the call is alive: it then waits longer. */
  readonly takesProgress: boolean;
  /** Tells a client that asked for it that the call is alive. */
  progress(done: number, total: number): Promise<void>;
}

export interface Call extends Caller {
  readonly verbs: Verbs;
  readonly clock: Clock;
}

export interface Definition<Input extends z.ZodObject, Needed = Call> {
  readonly name: string;
  /** For people, in menus. */
  readonly title: string;
  /** For models: what it does, and when to use it. */
  readonly description: string;
  readonly hints: Hints;
  readonly input: Input;
  readonly meta?: Facts;
  run(input: z.output<Input>, call: Needed): Promise<Answer>;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hints: Hints;
  readonly meta: Facts | undefined;
  /** Called by the client itself, as its settings say, and shown to no model. */
  readonly unlisted?: true;
  /** JSON Schema of the arguments. */
  readonly inputSchema: { readonly type: 'object'; readonly [key: string]: unknown };
  /** Checks the arguments, and only then opens the store. Throws what the store or the configuration throw. */
  call(args: unknown, access: BridgeAccess, caller: Caller): Promise<Answer>;
}

export function defineTool<Input extends z.ZodObject>(definition: Definition<Input>): Tool {
  return toolOf(definition, (input, access, caller) =>
    access.use((verbs) => definition.run(input, { verbs, clock: access.clock, ...caller })),
  );
}

/** What a tool has that needs no store: it works where the store does not. */
export type StorelessCall = Caller & { readonly clock: Clock };

export function defineStorelessTool<Input extends z.ZodObject>(
  definition: Definition<Input, StorelessCall>,
): Tool {
  return toolOf(definition, (input, { clock }, caller) => definition.run(input, { clock, ...caller }));
}

function toolOf<Input extends z.ZodObject>(
  { name, title, description, hints, input, meta }: Omit<Definition<Input>, 'run'>,
  run: (input: z.output<Input>, access: BridgeAccess, caller: Caller) => Promise<Answer>,
): Tool {
  // Which dialect the schema is written in says nothing to a model, and costs it tokens.
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input', target: 'draft-7' });
  return {
    name,
    title,
    description,
    hints,
    meta,
    inputSchema: { ...schema, type: 'object' },
    async call(args, access, caller) {
      // Whoever only reads can pass over what it does not know; a wish to change something must not be half understood.
      const read = input.safeParse(readArguments(args, schema, !hints.readOnly), { reportInput: true });
      if (!read.success)
        return { ok: false, refusal: explainInput(name, Object.keys(input.shape), read.error) };
      return run(read.data, access, caller);
    },
  };
}

/** The text is these lines, and last what to do next, which is among the facts too. */
export function answer(lines: readonly (string | undefined)[], facts: Facts & { next: string }): Answer {
  const shown = lines.filter((line) => line !== undefined);
  return { ok: true, text: [...shown, '', `Next: ${facts.next}`].join('\n'), facts };
}
