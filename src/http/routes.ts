/** Every route of the API. What is not listed here is not there. */
import type { Route } from './define-route.ts';
import { approveProject, rejectProject } from './routes/decisions.ts';
import { health } from './routes/health.ts';
import { listProjects, showProject } from './routes/projects.ts';

export const ROUTES: readonly Route[] = [health, listProjects, showProject, approveProject, rejectProject];
