/** A run that asks: what the tests of questions and permissions share. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { listRequests } from '../../src/bridge/requests.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { AskedRequest } from '../../src/project/request.ts';
import { call, type MessageReply, say } from '../../src/simulator/reply.ts';
import { type Script, type ScriptStep, sequence } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, waitUntil } from '../e2e/rig.ts';

/** A person is asked about each command that leaves a line in a file. */
export const ASKING = { policy: { ask: ['Bash(echo *)'] } } as const;

/** Leaves a line in `ran`, so that it can be counted how often it ran. The quotes and spaces must arrive as they are. */
export function leavesLine(line: string): Record<string, unknown> {
  return { command: `echo "${line}  'as asked'" >> ran`, description: `Leave ${line}` };
}

export function bash(line: string): MessageReply {
  return call('Bash', leavesLine(line));
}

/** The lines that commands left in the workspace of a project. */
export async function ran(rig: Rig, id: ProjectId): Promise<string[]> {
  const { project, runs } = await rig.details(id);
  const text = await readFile(join(runs.at(-1)?.workspace ?? project.workspace, 'ran'), 'utf8').catch(
    () => '',
  );
  return text.split('\n').filter((line) => line !== '');
}

/** What a command leaves that ran exactly as it was asked. */
export function lineOf(line: string): string {
  return `${line}  'as asked'`;
}

/** These steps, then the submission. */
export function steps(...list: readonly ScriptStep[]): Script {
  return sequence([...list, bridgeCall('bridge_send_completion', { summary: 'Done' }), say('ok')]);
}

/** Sends a plan that the script knows by its title. */
export async function sendAsking(rig: Rig, title: string, frontMatter = ''): Promise<ProjectId> {
  return rig.send(`${frontMatter}# ${title}\nDo it.`);
}

/** Waits until so many things that a project has asked wait for a person. */
export async function undecided(rig: Rig, projectId: ProjectId, count = 1): Promise<AskedRequest[]> {
  let asked: AskedRequest[] = [];
  await waitUntil(
    async () => {
      asked = await listRequests(rig.bridge, { projectId, undecided: true });
      return asked.length >= count;
    },
    `${count} requests of ${projectId}`,
    async () => JSON.stringify((await rig.details(projectId)).requests),
  );
  return asked;
}

/** Waits until a project has asked something, and returns it. */
export async function asked(rig: Rig, projectId: ProjectId): Promise<AskedRequest> {
  const [request] = await undecided(rig, projectId);
  if (!request) throw new Error(`project ${projectId} has asked nothing`);
  return request;
}

/** The requests of Claude to the model in the conversation of this title. */
export function conversation(rig: Rig, title: string) {
  return rig.asked().filter((turn) => turn.mentions(`# Plan: ${title}`));
}

/** How the runs of a project were of their kind and ended. */
export async function runsOf(rig: Rig, id: ProjectId) {
  return (await rig.details(id)).runs.map(({ kind, outcome }) => [kind, outcome?.kind]);
}

/** Waits until the project has submitted, and its call ran as often as it was allowed. */
export async function submittedWith(rig: Rig, id: ProjectId, lines: readonly string[]): Promise<void> {
  await rig.until(id, 'awaiting_approval');
  expect(await ran(rig, id)).toEqual(lines.map(lineOf));
}
