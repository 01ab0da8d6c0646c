/** A tool of the channels. Its refusals are `field: message`, as clients of such tools know them. */
import type * as z from 'zod';
import { describeProblem, type FieldProblem } from '../../project/channel.ts';
import { asCode } from '../../project/quotation.ts';
import { type Result, refuse } from '../../result.ts';
import { type Answer, type Call, defineTool, type Facts, type Tool } from '../define-tool.ts';

interface Definition<Input extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hints: Tool['hints'];
  readonly input: Input;
  run(input: z.output<Input>, call: Call): Promise<Result<Said, FieldProblem>>;
}

/** Both halves of an answer. */
export interface Said {
  readonly lines: readonly string[];
  readonly facts: Facts;
}

export function defineChannelTool<Input extends z.ZodObject>(definition: Definition<Input>): Tool {
  const refused = new WeakSet<object>();
  const tool = defineTool({
    ...definition,
    async run(input, call) {
      const said = await definition.run(input, call);
      if (said.ok) return { ok: true, text: said.value.lines.join('\n'), facts: said.value.facts };
      const refusal: Answer = { ok: false, refusal: describeProblem(said.refusal), plain: true };
      refused.add(refusal);
      return refusal;
    },
  });
  return {
    ...tool,
    async call(args, access, caller) {
      const answer = await tool.call(args, access, caller);
      if (answer.ok || refused.has(answer)) return answer;
      return { ok: false, refusal: `Input validation error: ${answer.refusal}`, plain: true };
    },
  };
}

/** Who a run is in its channels. */
export interface ChannelScope {
  /** Its name as sender and as reader. */
  readonly name: string;
  /** How the names of its channels begin. */
  readonly prefix: string;
}

interface NamedDefinition<Input extends z.ZodObject> extends Definition<Input> {
  /** The argument that says who calls. */
  readonly who: 'sender' | 'consumer_id';
}

/** A tool of a channel and of whoever calls: a run is not asked for its name, and stays in its channels. */
export function defineNamedTool<Input extends z.ZodObject<{ channel: z.ZodString }>>(
  scope: ChannelScope | undefined,
  { who, ...definition }: NamedDefinition<Input>,
): Tool {
  if (scope === undefined) return defineChannelTool(definition);
  const { input, run } = definition;
  return defineChannelTool({
    ...definition,
    input: input.omit({ [who]: true } as never) as z.ZodObject,
    async run(given, call) {
      // With the name in its place again, it is what `input` says.
      const whole = { ...given, [who]: scope.name } as z.output<Input>;
      const problem = channelProblem(scope, String(given.channel));
      return problem === undefined ? run(whole, call) : refuse(problem);
    },
  });
}

function channelProblem({ prefix }: ChannelScope, channel: string): FieldProblem | undefined {
  if (channel.startsWith(prefix)) return undefined;
  return {
    field: 'channel',
    code: 'invalid_value',
    message: `this run may use only channels whose names begin with ${asCode(prefix)}`,
  };
}
