/** What the commands that decide about something Claude asks have in common. */
import type { Bridge } from '../bridge/bridge.ts';
import { type DecidedRequest, resolveRequestId } from '../bridge/requests.ts';
import { withBridge } from '../control/host.ts';
import type { RequestId } from '../project/ids.ts';
import { describeState } from '../project/request-text.ts';
import { describeResumeCost } from '../project/resume-cost.ts';
import type { Result } from '../result.ts';
import { toWireRequest } from '../wire/request.ts';
import { type Cli, fail } from './context.ts';
import { plainLine } from './terminal/text.ts';
import { dateAndTime } from './terminal/time.ts';
import { hintIfNobodyActs, named } from './views/hints.ts';

/** Finds the request that `id`, whole or its first characters, names, decides about it, and says what follows. */
export async function withRequest(
  cli: Cli,
  id: string,
  { json }: { readonly json?: true },
  decide: (bridge: Bridge, requestId: RequestId) => Promise<Result<DecidedRequest>>,
): Promise<void> {
  await withBridge(cli, async (bridge) => {
    const found = await resolveRequestId(bridge, id);
    if (!found.ok) return fail(cli, found.refusal, 'See what waits with: bridge-supervisor questions');
    const decided = await decide(bridge, found.value);
    if (!decided.ok) return fail(cli, decided.refusal);
    if (json) return cli.out.json(toWireRequest(decided.value.request, decided.value.resumeCost));
    const { request, project, resumeCost, repeated } = decided.value;
    const state = plainLine(describeState(request));
    if (repeated) return cli.out.line(`Nothing was changed: ${state}.`);
    cli.out.line(`${state.charAt(0).toUpperCase()}${state.slice(1)}, for ${named(project)}.`);
    if (resumeCost) cli.out.line(describeResumeCost(resumeCost, dateAndTime));
    if (project.status === 'awaiting_answer')
      return cli.out.line(`It waits for more: bridge-supervisor questions ${project.id}`);
    await hintIfNobodyActs(cli, bridge);
  });
}
