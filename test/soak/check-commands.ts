/** The owner's commands against the store: when a check or a preparation has ended, none of its processes is left. */
import type { Finding, Watched } from './checks.ts';
import { livingIn } from './living.ts';

/** A process of a command lives only while its project is in a status in which that command runs. */
export async function commands({ world, store, suspicions }: Watched): Promise<Finding[]> {
  const living = await livingIn(world.root);
  const status = new Map(store.projects().map((project) => [String(project.id), project.status]));
  const left = living.flatMap(({ identity, command, argv }) => {
    const [, kind = '', project = ''] = /^(check|prepare):(\w+)$/.exec(command ?? '') ?? [];
    if (command === undefined || RUNS_IN[kind]?.includes(status.get(project) ?? '')) return [];
    const told = argv.join(' ').slice(0, 80);
    return `process ${identity.pid} of ${command}, which is ${status.get(project)}: ${told}`;
  });
  return suspicions
    .standing('command', left, world.isOver ? 0 : NEXT_SUPERVISOR_MS)
    .map((what) => ['broken', what]);
}

const RUNS_IN: Readonly<Record<string, readonly string[]>> = {
  check: ['verifying', 'approved'],
  prepare: ['in_progress', 'approved'],
};

/** A project is called off, or its supervisor killed: whoever is next ends them, and may be killed or frozen before. */
const NEXT_SUPERVISOR_MS = 40_000;
