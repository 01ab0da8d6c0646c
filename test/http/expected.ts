/** What each route must allow, said a second time: a route that is not listed here fails the matrix. */
import type { Role } from '../../src/project/credential.ts';
import type { Sent } from './server.ts';

export interface Expectation {
  /** The smallest role that gets in, or anybody. */
  readonly needs: Role | 'nobody';
  readonly method: string;
  readonly path: string;
  readonly body?: Sent['body'];
  /** What whoever gets in is answered here, where there is no project. */
  readonly status: number;
}

const NO_PROJECT = '0123456789ab';

export const EXPECTED: Readonly<Record<string, Expectation>> = {
  'GET /health': { needs: 'nobody', method: 'GET', path: '/health', status: 200 },
  'GET /projects': { needs: 'read', method: 'GET', path: '/projects', status: 200 },
  'GET /projects/:id': { needs: 'read', method: 'GET', path: `/projects/${NO_PROJECT}`, status: 404 },
  'POST /projects/:id/approve': {
    needs: 'decide',
    method: 'POST',
    path: `/projects/${NO_PROJECT}/approve`,
    status: 404,
  },
  'POST /projects/:id/reject': {
    needs: 'decide',
    method: 'POST',
    path: `/projects/${NO_PROJECT}/reject`,
    body: { reason: 'no' },
    status: 404,
  },
};
