/** The round that waits for a decision, as Claude Desktop gets it. */
import type { ToolEvidence } from '../wire/schemas/tool-evidence.ts';
import { TOOL_RESULTS } from '../wire/schemas/tool-results.ts';
import type { Desktop } from './desktop.ts';
import { SelftestError } from './selftest-error.ts';

/**
 * Asks for it as a person does before every decision. Throws SelftestError when it is not there, or nothing was recorded
 * of it, or its checks are red.
 */
export async function waitingRound(
  desktop: Desktop,
  projectId: string,
  signal: AbortSignal,
): Promise<ToolEvidence> {
  const answer = await desktop.call('bridge_get_approval_queue', {}, signal);
  const { waiting } = TOOL_RESULTS.bridge_get_approval_queue.parse(answer);
  const evidence = waiting.find(({ project_id }) => project_id === projectId)?.evidence;
  if (!evidence) throw new SelftestError('Desktop was shown no evidence of what was submitted');
  if (evidence.checks_passed !== true)
    throw new SelftestError(`the checks did not pass: ${evidence.summary}`);
  return evidence;
}
