import * as z from 'zod';
import type { ScriptRun } from '../../project/script.ts';
import { type Answer, type Call, defineTool, type Tool } from '../define-tool.ts';
import { key, positive } from './input.ts';
import { scriptAnswer } from './records.ts';
import type { ScriptScope } from './scope.ts';
import { waitPatiently } from './wait.ts';

const DEFAULT_TIMEOUT_S = 60;
/** Beyond the timeout, for its end. */
const ENDING_S = 10;
/** Whoever cancels a call does not want its script either (https://modelcontextprotocol.io/specification, "Cancellation"). */
const GIVEN_UP = 'the client gave the call up';

const shared = {
  script: z.string(),
  args: z.array(z.preprocess(numberAsText, z.string())).optional(),
  timeout: positive.optional(),
  idempotency_key: key.optional(),
};

function numberAsText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

export function runScriptTool(scope: ScriptScope): Tool {
  const words = {
    name: 'run_script',
    title: 'Run a script of the owner',
    description: 'Run an allowed script.',
    hints: { readOnly: false, destructive: true, idempotent: false },
  };
  // A script in a run works where the run does.
  if (scope.asker !== undefined)
    return defineTool({
      ...words,
      input: z.strictObject(shared),
      run: (input, call) => runScript(scope, input, call),
    });
  return defineTool({
    ...words,
    input: z.strictObject({ ...shared, cwd: z.string().optional() }),
    run: (input, call) => runScript(scope, input, call),
  });
}

interface Input {
  readonly script: string;
  readonly args?: readonly string[] | undefined;
  /** In seconds. */
  readonly timeout?: number | undefined;
  readonly idempotency_key?: string | undefined;
  readonly cwd?: string | undefined;
}

async function runScript({ asker, jobs }: ScriptScope, input: Input, call: Call): Promise<Answer> {
  const { script, args = [], timeout = DEFAULT_TIMEOUT_S, idempotency_key, cwd } = input;
  const started = await jobs.start({
    script,
    args,
    timeoutMs: timeout * 1_000,
    cwd,
    key: idempotency_key,
    asker,
  });
  if (!started.ok) return started;
  const { run, repeated } = started.value;
  const { verbs, signal } = call;
  const isOver = ({ state }: ScriptRun) => state !== 'running';
  const look = async (waitMs: number) => (await verbs.awaitScript(run.id, isOver, { waitMs, signal })) ?? run;
  const ended = await waitPatiently(run.timeoutMs / 1_000 + ENDING_S, call, look, isOver);
  // A call that only waits for what another has begun ends nothing.
  if (signal.aborted && !repeated && !isOver(ended)) await verbs.cancelScript(run.id, GIVEN_UP);
  if (ended.state === 'not_started')
    return { ok: false, refusal: `the script was not started: ${ended.failure}. Nothing was run.` };
  return scriptAnswer(ended, { replayed: repeated });
}
