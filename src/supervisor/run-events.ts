import { type ClaudeEvent, readEvent } from '../claude/stream.ts';
import { tailFile } from '../claude/tail.ts';
import type { Run } from '../project/run.ts';
import { runFiles } from '../state-folder.ts';
import type { Context } from './context.ts';

/** The events in the output of a run that has ended; none where it is no longer kept. Throws the system's error. */
export async function* eventsOf(
  { bridge, clock }: Pick<Context, 'bridge' | 'clock'>,
  run: Pick<Run, 'id'>,
): AsyncGenerator<ClaudeEvent> {
  const tail = tailFile(runFiles(bridge.stateDir, run.id).output, clock);
  tail.end();
  for await (const line of tail.lines()) {
    const event = readEvent(line);
    if (event) yield event;
  }
}
