/** A project in words, the same in every answer. */
import { type Dependency, describeDependencies } from '../../project/dependency.ts';
import { describeStatus, isOutline, whatNext } from '../../project/outline.ts';
import type { Project, ProjectStatus } from '../../project/project.ts';
import { asCode, inQuotes, quote } from '../../project/quotation.ts';
import { cleanLine } from '../../project/text.ts';
import { toWireDependency } from '../../wire/dependency.ts';
import { toWireProject } from '../../wire/project.ts';
import type { WireDependency } from '../../wire/schemas/dependency.ts';
import type { ToolProject, ToolReadiness } from '../../wire/schemas/tool-nouns.ts';
import type { Readiness } from '../readiness.ts';
import { blockers, holdQuotes, readinessFacts } from './readiness.ts';

export function projectFacts(project: Project): ToolProject {
  const wire = toWireProject(project);
  const { id, title, status, round, workspace, created_at, updated_at, attention, not_before, expires_at } =
    wire;
  return {
    project_id: id,
    title: cleanLine(title),
    status,
    round,
    workspace: cleanLine(workspace),
    created_at,
    updated_at,
    ...(isOutline(project) ? { outline: true } : {}),
    ...(attention === null ? {} : { attention: brief(attention) }),
    ...(not_before === null ? {} : { not_before }),
    ...(expires_at === null ? {} : { expires_at }),
  };
}

/** The project in one line. */
export function projectLine(project: Project): string {
  const { id, title, round } = project;
  return `Project \`${id}\` ${inQuotes(title)}: ${describeStatus(project)}${round > 1 ? `, round ${round}` : ''}`;
}

export function workspaceText({ workspace }: Project): string {
  return `Workspace: ${asCode(workspace)}`;
}

/** What keeps a plan from beginning besides the queue, and when it is too late. */
export function beginningLines({ status, expiresAt }: Project, waitsFor: readonly Dependency[]): string[] {
  return [
    ...(waitsFor.length > 0 ? [`It begins after ${describeDependencies(waitsFor)}.`] : []),
    ...(status === 'pending' && expiresAt !== null
      ? [`It is cancelled unless it begins before ${expiresAt}.`]
      : []),
  ];
}

export function dependencyFacts(waitsFor: readonly Dependency[]): { waits_for?: WireDependency[] } {
  return waitsFor.length === 0
    ? {}
    : {
        waits_for: waitsFor.map((one) => {
          const wire = toWireDependency(one);
          return { ...wire, title: cleanLine(wire.title) };
        }),
      };
}

/** Why it needs a person: what was written down may hold words of Claude or the service. */
export function attentionLines({ attention }: Project): string[] {
  return attention === null ? [] : ['Needs attention:', quote(brief(attention))];
}

/** What happens next, what keeps it from happening, and what to call: for the chat in Desktop. */
export function outlook(project: Project, readiness: Readiness): Partial<ToolReadiness> & { next: string } {
  const sentences = [
    whatNext(project),
    ...(isByHand(project) ? [BY_HAND] : []),
    ...blockersOf([project], readiness),
    ...(WITH_TOOL[project.status] ?? []),
  ];
  return {
    ...(waitsForSupervisor(project) ? readinessFacts(readiness) : {}),
    next: sentences.join(' ').replaceAll('<id>', project.id),
  };
}

/** What keeps the first of these projects that waits for the supervisor, and so the others too, from going on. */
export function blockersOf(projects: readonly Project[], readiness: Readiness): string[] {
  const waiting = projects.find(waitsForSupervisor);
  return waiting ? blockers(readiness, waiting.status) : [];
}

/** Why what keeps them from going on does so; the words may be the service's, so they are quoted. */
export function blockerQuotes(projects: readonly Project[], readiness: Readiness): string[] {
  const waiting = projects.find(waitsForSupervisor);
  return waiting ? holdQuotes(readiness, waiting.status) : [];
}

function waitsForSupervisor(project: Project): boolean {
  return !isByHand(project) && AUTOMATIC.includes(project.status);
}

function isByHand({ claimedBy, status }: Project): boolean {
  return claimedBy === 'code' && TAKEN_UP.includes(status);
}

/** Statuses the supervisor moves on from, and those of them in which somebody's hand may do it instead. */
const AUTOMATIC: readonly ProjectStatus[] = ['pending', 'in_progress', 'verifying', 'rejected', 'approved'];
const TAKEN_UP: readonly ProjectStatus[] = ['in_progress', 'rejected'];

const BY_HAND =
  'A person works on it in their own Claude Code session, which reads decisions with bridge_get_approval_status.';

const FOLLOW = ['Follow it with bridge_wait.'];

const WITH_TOOL: Partial<Record<ProjectStatus, readonly string[]>> = {
  pending: FOLLOW,
  in_progress: FOLLOW,
  rejected: FOLLOW,
  awaiting_approval: [
    'Show the person what was submitted; once they have decided, call bridge_approve or bridge_reject.',
  ],
  awaiting_answer: [
    'Show the person what is asked (bridge_get_questions); once they have decided, call bridge_answer, bridge_allow or bridge_deny.',
  ],
  attention: ['Retry: `bridge-supervisor retry <id>` on the command line. Cancel: bridge_cancel.'],
};

function brief(text: string): string {
  return cleanLine(text).slice(0, 500).toWellFormed();
}
