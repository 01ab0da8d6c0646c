/** Three ways to show what happens: redrawn on a terminal, line by line into a file or pipe, and as JSON. */
import { clearScreenDown, moveCursor } from 'node:readline';
import type { ProjectState } from '../../bridge/queries.ts';
import { nextCommands } from '../../control/next-commands.ts';
import type { BridgeEvent } from '../../project/event.ts';
import { describeStatus, whatNext } from '../../project/outline.ts';
import type { ProjectStatus } from '../../project/project.ts';
import { toWireEvent } from '../../wire/event.ts';
import type { Cli } from '../context.ts';
import { projectHead } from '../terminal/layout.ts';
import type { Format } from '../terminal/output.ts';
import { shorten, wrap } from '../terminal/text.ts';
import { clockTime } from '../terminal/time.ts';
import { type Entry, entryLines } from '../terminal/timeline-entry.ts';
import { eventText } from './event-text.ts';
import type { View } from './follow.ts';
import { runLines } from './run-lines.ts';

/** @param subject One project, or everything: then each line names its project. */
export function viewFor(cli: Cli, json: boolean, subject: 'one' | 'all'): View {
  if (json)
    return {
      event: (event) => cli.out.jsonLine(toWireEvent(event)),
      live: () => undefined,
      end: () => undefined,
    };
  return cli.out.isTerminal ? terminalView(cli, subject) : lineView(cli, subject);
}

type Subject = Parameters<typeof viewFor>[2];

/** Where nothing can be redrawn, a tool that is taken up is a line of its own. */
function lineView(cli: Cli, subject: Subject): View {
  const shown = new Map<string, string>();
  return {
    event: (event) => printEvent(cli, event, subject),
    live(states) {
      for (const { run, project } of states) {
        const text = run?.live.currentTool;
        if (!run || !text || shown.get(run.id) === text) continue;
        shown.set(run.id, text);
        const at = run.live.lastSignAt ?? cli.clock.now().toISOString();
        printEntry(cli, subject, project.id, at, { text: 'tool', format: 'dim' }, text);
      }
    },
    end: () => undefined,
  };
}

/** Events scroll away above a block that says what is under way. */
function terminalView(cli: Cli, subject: Subject): View {
  let states: readonly ProjectState[] = [];
  let height = 0;
  const clear = () => {
    if (height === 0) return;
    moveCursor(process.stdout, 0, -height);
    clearScreenDown(process.stdout);
    height = 0;
  };
  const draw = () => {
    // A block higher than the screen could not be taken back.
    const lines = shorten(['', ...blockLines(cli, states, subject)], (process.stdout.rows || 24) - 2);
    print(cli, lines);
    height = lines.length;
  };
  return {
    event(event) {
      clear();
      printEvent(cli, event, subject);
      draw();
    },
    live(now) {
      states = now;
      clear();
      draw();
    },
    end: clear,
  };
}

function blockLines(
  { out, clock }: Cli,
  states: readonly ProjectState[],
  subject: Subject,
): readonly string[] {
  if (states.length === 0) return [out.style('dim', 'Nothing is running. Ctrl-C ends this view.')];
  const columns = out.columns - 3;
  return states.flatMap(({ project, run }) => {
    const head = subject === 'all' ? projectHead(project, columns) : describeStatus(project);
    const body = run ? runLines(run, null, clock.now(), columns) : wrap(whatNext(project), columns);
    return [out.style('bold', head), ...body.map((line) => `  ${line}`)];
  });
}

const TONES: Record<ReturnType<typeof eventText>['tone'], Format> = {
  good: 'green',
  bad: 'yellow',
  plain: 'bold',
  faint: 'dim',
};

function printEvent(cli: Cli, event: BridgeEvent, subject: Subject): void {
  const { word, text, tone } = eventText(event, cli.clock.now());
  printEntry(cli, subject, event.projectId, event.createdAt, { text: word, format: TONES[tone] }, text);
  const status = waitsIn(event);
  if (status && event.projectId !== null) print(cli, nextCommands({ id: event.projectId, status }));
}

/** In which status a project waits for the person after an event; undefined when it does not. */
function waitsIn({ type, runId }: BridgeEvent): ProjectStatus | undefined {
  if (type === 'project.needs_attention') return 'attention';
  // By hand nobody measures it.
  const isToDecide = type === 'project.verified' || (type === 'project.submitted' && runId === null);
  return isToDecide ? 'awaiting_approval' : undefined;
}

function printEntry(
  cli: Cli,
  subject: Subject,
  id: string | null,
  at: string,
  word: NonNullable<Entry['word']>,
  text: string,
): void {
  const entry = { at: clockTime(at), word, text };
  print(cli, entryLines(cli.out, cli.out.columns, subject === 'all' ? { ...entry, id } : entry));
}

function print({ out }: Cli, lines: readonly string[]): void {
  for (const line of lines) out.line(line);
}
