/**
 * The scripted model of the page's demo. It knows the plans of the demo by their titles, and does something small and honest
 * for whatever else it is sent or told: so each button of the page leads somewhere.
 */
import { join } from 'node:path';
import type { Bridge } from '../../bridge/bridge.ts';
import { projectDetails, projects } from '../../bridge/queries.ts';
import type { ProjectDetails } from '../../project/project-details.ts';
import type { Run } from '../../project/run.ts';
import { rateLimitHeaders } from '../../simulator/rate-limits.ts';
import { say } from '../../simulator/reply.ts';
import type { Script } from '../../simulator/script.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { type Part, quoted, type Step, submit, update, write } from './plans.ts';

interface Conversation {
  readonly part: Part | undefined;
  readonly details: ProjectDetails;
  /** What the run under way has still to do. */
  steps: readonly Step[];
}

/** @param bridge The store that says for which project a session works. */
export function pageModel(bridge: Bridge, parts: readonly Part[]): Script {
  const conversations = new Map<string, Conversation>();
  const began = bridge.clock.now().getTime();
  return async (turn) => {
    const known = conversations.get(turn.sessionId);
    const isToldAnew = turn.toolResults.length === 0 && (known?.steps.length ?? 0) === 0;
    const conversation = known && !isToldAnew ? known : await readUp(bridge, parts, turn);
    const [step, ...others] = conversation.steps;
    conversations.set(turn.sessionId, { ...conversation, steps: others });
    const run = newestRun(conversation.details);
    const reply = step ? step({ turn, file: (name) => join(run.workspace, name) }) : say('Submitted.');
    const resetsAt = new Date(began + WINDOW_LEFT_MS);
    return {
      ...reply,
      delayMs: conversation.part?.stepMs ?? STEP_MS,
      headers: rateLimitHeaders({ status: 'allowed', resetsAt, utilization: USED_SHARE }),
    };
  };
}

const STEP_MS = 250;

/** What the account of the demo has used of its five hours, and when these end. */
const USED_SHARE = 0.62;
const WINDOW_LEFT_MS = 2.5 * 3_600_000;

/** What the store knows of the project of a session, and what its newest run is to do. */
async function readUp(
  bridge: Bridge,
  parts: readonly Part[],
  { sessionId }: ScriptTurn,
): Promise<Conversation> {
  for (const { id } of await projects(bridge, { limit: MAX_PROJECTS })) {
    const found = await projectDetails(bridge, id, 0);
    if (!found.ok || !found.value.runs.some((run) => run.sessionId === sessionId)) continue;
    const details = found.value;
    const part = parts.find(({ title }) => title === details.project.title);
    return { part, details, steps: stepsOf(part, details) };
  }
  throw new Error('no project has this session');
}

const MAX_PROJECTS = 200;

function stepsOf(part: Part | undefined, details: ProjectDetails): readonly Step[] {
  const { kind, round } = newestRun(details);
  switch (kind) {
    case 'execute':
      return part?.begin ?? somethingFor(details);
    case 'repair':
      return (round === 1 && part?.repair) || [submit('I left it as it is: this model is scripted.', {})];
    case 'revise':
      return (round === 2 && part?.revision?.(reasonIn(details))) || revisionOf(details);
    case 'outline':
      return [submit('1. Write down what was asked.\n2. Submit it.', {})];
    default:
      return somethingFor(details);
  }
}

function newestRun({ runs }: ProjectDetails): Run {
  const run = runs.at(-1);
  if (!run) throw new Error('a model is asked before there is a run');
  return run;
}

/** For a plan that nobody has scripted. */
function somethingFor({ project, markdown }: ProjectDetails): readonly Step[] {
  const file = `notes-${project.id}.md`;
  return [
    update('I am scripted, and write down what I was asked.'),
    write(file, `# ${project.title}\n\nThis was asked:\n\n${quoted(markdown)}\n`),
    submit(`This model is scripted: it wrote down what you asked, in \`${file}\`.`, {
      files_created: [file],
    }),
  ];
}

/** For a rejection that nobody has scripted. */
function revisionOf(details: ProjectDetails): readonly Step[] {
  const { project } = details;
  const file = `revision-${project.id}-${project.round}.md`;
  const reason = reasonIn(details);
  return [
    write(file, `# Round ${project.round}\n\nThe reason was:\n\n${quoted(reason)}\n`),
    submit(`This model is scripted: it wrote down your reason, in \`${file}\`.\n\n${quoted(reason)}`, {
      files_created: [file],
    }),
  ];
}

function reasonIn({ decisions }: ProjectDetails): string {
  return decisions.at(-1)?.reason ?? '';
}
