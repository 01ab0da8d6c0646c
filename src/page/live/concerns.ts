/** Which events may change an answer: what does not concern a view is no reason to fetch it again. */
import type { WireEvent } from '../../wire/schemas/event.ts';

export type Concerns = (event: Pick<WireEvent, 'type' | 'project_id'>) => boolean;

/** All that is said of one project. */
export function ofProject(id: string): Concerns {
  return ({ project_id: of }) => of === id;
}

/** The rounds of one project: what runs do meanwhile is in none. */
export function ofRounds(id: string): Concerns {
  return ({ type, project_id: of }) => of === id && type.startsWith('project.');
}

/** Titles, states and times of projects. */
export const ofProjects: Concerns = ({ type }) => /^(?:project\.|run\.(?:started|ended)$)/.test(type);

/** By which a project is closed. */
export const CLOSING_EVENTS: readonly WireEvent['type'][] = [
  'project.landed',
  'project.completed',
  'project.cancelled',
  'project.expired',
];

export const ofClosedProjects: Concerns = ({ type }) => CLOSING_EVENTS.includes(type);

/** Everything at a glance. */
export const ofOverview: Concerns = ({ type }) => /^(?:project|run|request|hold|supervisor)\./.test(type);

export const ofRequests: Concerns = ({ type }) => type.startsWith('request.');

export const ofSchedules: Concerns = ({ type }) => /^(?:schedule|project)\./.test(type);

export const ofCosts: Concerns = ({ type }) => type.startsWith('run.');

export const ofChannels: Concerns = ({ type }) => type === 'channel.cleared';

/** What never changes. */
export const ofNothing: Concerns = () => false;

export const ofCredentials: Concerns = ({ type }) => type.startsWith('credential.');

export const ofDevices: Concerns = ({ type }) => /^(?:device|credential)\./.test(type);
