/** How a type of event is defined. */
import * as z from 'zod';
import type { ProjectAction } from './project.ts';

export interface EventKind {
  /** When it happens: a sentence for docs/events.md. */
  readonly when: string;
  /** The move of the transition table that it tells of. */
  readonly action: ProjectAction | undefined;
  readonly schema: () => z.ZodType;
}

/** The schema is made when it is first asked for: most commands read no event. */
export function event<S extends z.ZodRawShape>(when: string, facts: () => S, action?: ProjectAction) {
  let made: z.ZodObject<S> | undefined;
  const schema = (): z.ZodObject<S> => {
    made ??= z.object(facts());
    return made;
  };
  return { when, schema, action };
}

/** The facts of an event that has none. */
export const nothing = () => ({});

export const id = (what: string) => z.string().describe(what);

export const round = () => z.int().describe('1 until the first rejection or approved outline, then 2, …');

/** On what is told of outlines and of work alike. */
export const outline = () => z.boolean().exactOptional().describe('true: of an outline, not of work');
