import * as z from 'zod';
import { PROJECT_STATUSES } from '../../project/project.ts';
import { id } from './scalars.ts';

/** A project that another one waits for before it begins. */
export const dependencySchema = z.strictObject({
  project_id: id(),
  title: z.string(),
  status: z.enum(PROJECT_STATUSES),
});

export type WireDependency = z.output<typeof dependencySchema>;
