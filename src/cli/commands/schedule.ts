import { Command } from 'commander';
import { amendSchedule } from '../../bridge/amend-schedule.ts';
import type { Bridge } from '../../bridge/bridge.ts';
import {
  changeSchedule,
  findSchedule,
  listSchedules,
  runSchedule,
  type ScheduleInfo,
} from '../../bridge/schedules.ts';
import { configOf, withBridge } from '../../control/host.ts';
import { describeNotUsed } from '../../project/not-used.ts';
import type { ScheduleState } from '../../project/schedule.ts';
import type { Result } from '../../result.ts';
import { toWireSentPlan } from '../../wire/project-details.ts';
import { toWireSchedule, toWireScheduleDetails } from '../../wire/schedule.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, pathOrStdin, yesOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { plainLine } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { scheduleDetailLines, scheduleLines } from '../views/schedule-text.ts';
import { readText } from './read-text.ts';

export function scheduleCommand(cli: Cli): Command {
  return new Command('schedule')
    .helpCommand(false)
    .addCommand(listCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(runCommand(cli))
    .addCommand(amendCommand(cli))
    .addCommand(changeCommand(cli, 'pause', 'paused', 'Make nothing at its times, until it is resumed.'))
    .addCommand(changeCommand(cli, 'resume', 'active', 'Go on with the next time; none is made up for.'))
    .addCommand(changeCommand(cli, 'remove', 'removed', 'Remove it for good; what it has made stays.'))
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor schedule list', 'bridge-supervisor schedule pause 3f9a'),
    );
}

const ABOUT = `
A plan with 'schedule' in its front matter is one: send it with 'send'. Each of
its times makes a project of its own, and none while the one before is open.
After downtime the newest time that was missed is made up for, if it is no older
than schedule_catch_up.`;

type Json = { json?: true };

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the schedules, with when each is due next.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor schedule list --json'))
    .action(({ json }: Json) =>
      withBridge(cli, async (bridge) => {
        const schedules = await listSchedules(bridge);
        if (json) return cli.out.json(schedules.map(toWireSchedule));
        if (schedules.length === 0) return cli.out.hint('There are no schedules.');
        for (const line of scheduleLines(schedules, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
      }),
    );
}

function showCommand(cli: Cli): Command {
  return command('show', 'Show one schedule with its plan.').action((id: string, { json }: Json) =>
    withSchedule(cli, id, async (found) => {
      if (json) return cli.out.json(toWireScheduleDetails(found));
      for (const line of scheduleDetailLines(found, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
    }),
  );
}

function runCommand(cli: Cli): Command {
  return changing('run', 'Make a project of it now, beside its times.').action((id: string, { json }: Json) =>
    withSchedule(cli, id, async ({ schedule }, bridge) => {
      const sent = await runSchedule(bridge, configOf(cli), schedule, 'person', cli.env);
      if (!sent.ok) return fail(cli, sent.refusal);
      if (json) cli.out.json(toWireSentPlan(sent.value));
      else cli.out.line(`Sent: ${named(sent.value.project)}`);
      await hintIfNobodyActs(cli, bridge);
    }),
  );
}

function amendCommand(cli: Cli): Command {
  return changing('amend', 'Replace its plan; the next time makes a project of the new one.', '3f9a plan.md')
    .argument('<file>', "the whole new plan, or '-' for stdin", pathOrStdin)
    .addHelpText('after', ABOUT_AMENDING)
    .action(async (id: string, file: string, { json }: Json) => {
      const plan = await readText(file, 'plan', cli.out);
      if (!plan.ok) return fail(cli, plan.refusal);
      await withSchedule(cli, id, async ({ schedule }, bridge) => {
        const amended = await amendSchedule(bridge, configOf(cli), schedule, plan.value, 'person', cli.env);
        if (!amended.ok) return fail(cli, amended.refusal);
        if (json) return cli.out.json(toWireSchedule(amended.value));
        const { title, state } = amended.value.schedule;
        const paused =
          state === 'paused' ? ` It is paused: go on with 'schedule resume ${schedule.id}'.` : '';
        cli.out.line(plainLine(`Schedule ${schedule.id} (${title}) is amended.${paused}`));
        const note = describeNotUsed(amended.value.notUsed);
        if (note !== undefined) cli.out.line(plainLine(note));
      });
    });
}

const ABOUT_AMENDING = `
Title and workspace stay where the plan says nothing of them. New times count
from now. What the schedule has made stays as it is: 'amend' is for a project.`;

function changeCommand(cli: Cli, name: string, state: ScheduleState, description: string): Command {
  return changing(name, description).action((id: string, { json }: Json) =>
    withSchedule(cli, id, async ({ schedule }, bridge) => {
      const changed: Result<ScheduleInfo> = await changeSchedule(bridge, schedule.id, state, 'person');
      if (!changed.ok) return fail(cli, changed.refusal);
      if (json) cli.out.json(toWireSchedule(changed.value));
      else cli.out.line(plainLine(`Schedule ${schedule.id} (${schedule.title}) is ${state}.`));
    }),
  );
}

function changing(name: string, description: string, example = '3f9a'): Command {
  return command(name, description, example).addOption(yesOption().hideHelp());
}

function command(name: string, description: string, example = '3f9a'): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', "the schedule's id, or its first characters")
    .addOption(jsonOption())
    .addHelpText('after', examples(`bridge-supervisor schedule ${name} ${example}`));
}

async function withSchedule(
  cli: Cli,
  id: string,
  work: (found: ScheduleInfo, bridge: Bridge) => Promise<void>,
): Promise<void> {
  await withBridge(cli, async (bridge) => {
    const found = await findSchedule(bridge, id);
    if (!found.ok) return fail(cli, found.refusal, 'See all ids with: bridge-supervisor schedule list');
    await work(found.value, bridge);
  });
}
