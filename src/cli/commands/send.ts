import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { currentCursor } from '../../bridge/changes.ts';
import { resolveProjectId } from '../../bridge/queries.ts';
import { acceptPlan, type SentSchedule } from '../../bridge/schedules.ts';
import type { SentPlan } from '../../bridge/send-plan.ts';
import { configOf, withBridge } from '../../control/host.ts';
import { describeDependencies } from '../../project/dependency.ts';
import type { ProjectId } from '../../project/ids.ts';
import { describeNotUsed } from '../../project/not-used.ts';
import { whatNext } from '../../project/outline.ts';
import { isClosed, type Project, type ProjectStatus } from '../../project/project.ts';
import { SETTING_NAMES } from '../../project/settings.ts';
import { ok, type Result } from '../../result.ts';
import { toWireSentPlan } from '../../wire/project-details.ts';
import { toWireSentSchedule } from '../../wire/schedule.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, pathOrStdin } from '../terminal/arguments.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { plainLine, wrap } from '../terminal/text.ts';
import { upcoming } from '../terminal/time.ts';
import { examples } from '../terminal/usage.ts';
import { followProject } from '../views/follow.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { viewFor } from '../views/live-view.ts';
import { readText } from './read-text.ts';

interface Options {
  title?: string;
  workspace?: string;
  after?: string[];
  requestId?: string;
  wait?: true;
  json?: true;
}

export function sendCommand(cli: Cli): Command {
  return new Command('send')

    .argument('<file>', "the plan, or '-' for stdin", pathOrStdin)
    .option('--title <text>', 'its title; default: the front matter, or the first heading')
    .option('--workspace <name>', 'where Claude works: a configured name, or a path in an allowed root')
    .option('--after <id...>', 'begin it once these projects are complete')
    .option('--request-id <text>', 'a repeat with the same id sends nothing')
    .option('--wait', 'follow it until it waits for you or is closed')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor send plan.md --workspace website',
        'echo "# Update the dependencies" | bridge-supervisor send -',
      ),
    )
    .action((file: string, options: Options) => send(cli, file, options));
}

const HELP_COLUMNS = 79;

const ABOUT = `
${wrap(
  [
    `The plan may begin with YAML front matter: ${SETTING_NAMES.join(', ')}.`,
    'Plans can be sent while the supervisor is down. One with a schedule is done again at each of its times.',
    'With --wait the exit code is 0 when the work is submitted or complete, 1 when it needs your attention or was',
    'cancelled.',
  ].join(' '),
  HELP_COLUMNS,
).join('\n')}`;

async function send(cli: Cli, file: string, options: Options): Promise<void> {
  const plan = await readText(file, 'plan', cli.out);
  if (!plan.ok) return fail(cli, plan.refusal);
  const policy = configOf(cli);
  await withBridge(cli, async (bridge) => {
    const cursor = await currentCursor(bridge);
    const after = await projectIds(bridge, options.after ?? []);
    if (!after.ok) return fail(cli, after.refusal, 'See all ids with: bridge-supervisor list --all');
    const input = {
      after: after.value,
      markdown: plan.value,
      title: given(options.title),
      workspace: given(options.workspace),
      requestId: given(options.requestId),
    };
    const reply = await acceptPlan(bridge, policy, input, 'person', cli.env);
    if (!reply.ok) return fail(cli, reply.refusal);
    if (reply.value.kind === 'schedule') {
      if (options.json) cli.out.json(toWireSentSchedule(reply.value.sent));
      else announceSchedule(cli, reply.value.sent);
      return hintIfNobodyActs(cli, bridge);
    }
    const { sent } = reply.value;
    const { project } = sent;
    if (options.json) cli.out[options.wait ? 'jsonLine' : 'json'](toWireSentPlan(sent));
    else announce(cli, sent);
    await hintIfNobodyActs(cli, bridge);
    if (!options.wait) return;
    const view = viewFor(cli, options.json === true, 'one');
    const signal = untilInterrupted(cli);
    const last = await followProject(bridge, project, needsNoMoreWork, { cursor, signal, view });
    if (needsNoMoreWork(last) && !GOOD_ENDS.includes(last.status))
      fail(cli, `${named(last)} is ${last.status}. ${whatNext(last)}`, last.attention ?? '');
  });
}

/** Of ids, whole or their first characters. */
async function projectIds(bridge: Bridge, texts: readonly string[]): Promise<Result<ProjectId[]>> {
  const ids: ProjectId[] = [];
  for (const text of texts) {
    const found = await resolveProjectId(bridge, text);
    if (!found.ok) return found;
    ids.push(found.value);
  }
  return ok(ids);
}

/** An empty value counts as none: a script may pass a variable that is not set. */
function given(text: string | undefined): string | undefined {
  return text?.trim() ? text : undefined;
}

const GOOD_ENDS: readonly ProjectStatus[] = ['awaiting_approval', 'approved', 'complete'];

function needsNoMoreWork({ status }: Project): boolean {
  return isClosed(status) || status === 'attention' || GOOD_ENDS.includes(status);
}

function announceSchedule(
  { out, clock }: Cli,
  { schedule, nextSlot, repeated, notUsed }: SentSchedule,
): void {
  const { id, title, cron, timezone } = schedule;
  out.line(
    plainLine(`${repeated ? 'Already scheduled' : 'Scheduled'}: ${id} (${title}), ${cron} in ${timezone}`),
  );
  if (nextSlot !== null) out.line(`It begins first at ${upcoming(nextSlot, clock.now())}.`);
  const note = describeNotUsed(notUsed);
  if (note !== undefined) out.line(plainLine(note));
  out.line(`See it with: bridge-supervisor schedule show ${id}`);
}

function announce({ out, clock }: Cli, { project, repeated, waitsFor, notUsed }: SentPlan): void {
  out.line(`${repeated ? 'Already sent' : 'Sent'}: ${named(project)}`);
  out.line(`Workspace: ${plainLine(project.workspace)}`);
  if (waitsFor.length > 0) out.line(`It begins after ${describeDependencies(waitsFor)}.`);
  if (project.expiresAt !== null)
    out.line(`It is cancelled unless it begins before ${upcoming(project.expiresAt, clock.now())}.`);
  const note = describeNotUsed(notUsed);
  if (note !== undefined) out.line(plainLine(note));
  out.line(`Follow it with: bridge-supervisor watch ${project.id}`);
}
