/** What each route must allow, said a second time: a route that is not listed here fails the matrix. */
import type { Role } from '../../src/project/credential.ts';
import type { Sent } from './server.ts';

export interface Expectation {
  /** The smallest role that gets in, or anybody. */
  readonly needs: Role | 'nobody';
  readonly method: string;
  readonly path: string;
  readonly body?: Sent['body'];
  readonly headers?: Sent['headers'];
  /** What whoever gets in is answered here, where there is no project. */
  readonly status: number;
}

const NO_PROJECT = '0123456789ab';

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

export const EXPECTED: Readonly<Record<string, Expectation>> = {
  'PUT /projects/:id/plan': {
    needs: 'admin',
    method: 'PUT',
    path: `/projects/${NO_PROJECT}/plan`,
    body: { markdown: '# A' },
    status: 404,
  },
  'GET /plans/rules': { needs: 'admin', method: 'GET', path: '/plans/rules', status: 200 },
  'POST /plans/check': {
    needs: 'admin',
    method: 'POST',
    path: '/plans/check',
    body: { markdown: '# A\n\nx' },
    status: 200,
  },
  'GET /schedules': { needs: 'read', method: 'GET', path: '/schedules', status: 200 },
  'GET /schedules/:id': { needs: 'read', method: 'GET', path: `/schedules/${NO_PROJECT}`, status: 404 },
  'PUT /schedules/:id/plan': {
    needs: 'admin',
    method: 'PUT',
    path: `/schedules/${NO_PROJECT}/plan`,
    body: { markdown: '# A' },
    status: 404,
  },
  'POST /schedules/:id/run': {
    needs: 'decide',
    method: 'POST',
    path: `/schedules/${NO_PROJECT}/run`,
    status: 404,
  },
  'POST /schedules/:id/pause': {
    needs: 'decide',
    method: 'POST',
    path: `/schedules/${NO_PROJECT}/pause`,
    status: 404,
  },
  'POST /schedules/:id/resume': {
    needs: 'decide',
    method: 'POST',
    path: `/schedules/${NO_PROJECT}/resume`,
    status: 404,
  },
  'POST /schedules/:id/remove': {
    needs: 'decide',
    method: 'POST',
    path: `/schedules/${NO_PROJECT}/remove`,
    status: 404,
  },
  'GET /push': { needs: 'read', method: 'GET', path: '/push', status: 200 },
  'PUT /push': {
    needs: 'read',
    method: 'PUT',
    path: '/push',
    body: { why: 'no' },
    status: 422,
  },
  'DELETE /push': { needs: 'read', method: 'DELETE', path: '/push?why=no', status: 422 },
  'GET /push-worker.js': { needs: 'nobody', method: 'GET', path: '/push-worker.js', status: 200 },
  'GET /assets/:name': { needs: 'nobody', method: 'GET', path: '/assets/none.js', status: 404 },
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
  'POST /projects': {
    needs: 'admin',
    method: 'POST',
    path: '/projects',
    body: { markdown: '' },
    status: 422,
  },
  'POST /projects/:id/steer': {
    needs: 'decide',
    method: 'POST',
    path: `/projects/${NO_PROJECT}/steer`,
    body: { message: 'hello' },
    status: 404,
  },
  'POST /projects/:id/retry': {
    needs: 'decide',
    method: 'POST',
    path: `/projects/${NO_PROJECT}/retry`,
    status: 404,
  },
  'POST /projects/:id/cancel': {
    needs: 'decide',
    method: 'POST',
    path: `/projects/${NO_PROJECT}/cancel`,
    status: 404,
  },
  'GET /projects/:id/rounds/:round': {
    needs: 'read',
    method: 'GET',
    path: `/projects/${NO_PROJECT}/rounds/1`,
    status: 404,
  },
  'GET /projects/:id/rounds/:round/diff': {
    needs: 'read',
    method: 'GET',
    path: `/projects/${NO_PROJECT}/rounds/1/diff`,
    status: 404,
  },
  'GET /projects/:id/rounds/:round/diff/:number': {
    needs: 'read',
    method: 'GET',
    path: `/projects/${NO_PROJECT}/rounds/1/diff/1`,
    status: 404,
  },
  'GET /projects/:id/rounds/:round/patch': {
    needs: 'read',
    method: 'GET',
    path: `/projects/${NO_PROJECT}/rounds/1/patch`,
    status: 404,
  },
  'GET /projects/:id/rounds/:round/checks/:name': {
    needs: 'read',
    method: 'GET',
    path: `/projects/${NO_PROJECT}/rounds/1/checks/test`,
    status: 404,
  },
  'GET /runs/:id': { needs: 'read', method: 'GET', path: `/runs/${NO_PROJECT}`, status: 404 },
  'GET /runs/:id/stream': { needs: 'read', method: 'GET', path: `/runs/${NO_PROJECT}/stream`, status: 404 },
  'GET /runs/:id/raw': { needs: 'admin', method: 'GET', path: `/runs/${NO_PROJECT}/raw`, status: 404 },
  'GET /metrics': { needs: 'read', method: 'GET', path: '/metrics', status: 200 },
  'GET /notifications': { needs: 'read', method: 'GET', path: '/notifications', status: 200 },
  'POST /notifications/test': {
    needs: 'admin',
    method: 'POST',
    path: '/notifications/test',
    status: 404,
  },
  'GET /overview': { needs: 'read', method: 'GET', path: '/overview', status: 200 },
  'GET /costs': { needs: 'read', method: 'GET', path: '/costs', status: 200 },
  // A key that is not known: whoever gets in changes nothing here either.
  'POST /pause': { needs: 'decide', method: 'POST', path: '/pause', body: { why: 'no' }, status: 422 },
  'POST /resume': { needs: 'decide', method: 'POST', path: '/resume', body: { why: 'no' }, status: 422 },
  'GET /events': {
    needs: 'read',
    method: 'GET',
    path: '/events?after=0',
    headers: { accept: 'application/json' },
    status: 200,
  },
  'GET /': { needs: 'nobody', method: 'GET', path: '/', status: 200 },
  'POST /session': {
    needs: 'nobody',
    method: 'POST',
    path: '/session',
    body: { code: 'bsl_that-nobody-made' },
    status: 401,
  },
  'GET /session': { needs: 'read', method: 'GET', path: '/session', status: 200 },
  'DELETE /session': { needs: 'read', method: 'DELETE', path: '/session?why=no', status: 422 },
  'GET /tokens': { needs: 'admin', method: 'GET', path: '/tokens', status: 200 },
  'POST /tokens': { needs: 'admin', method: 'POST', path: '/tokens', body: { why: 'no' }, status: 422 },
  'POST /tokens/:name/rotate': {
    needs: 'admin',
    method: 'POST',
    path: '/tokens/nobody/rotate',
    status: 404,
  },
  'DELETE /tokens/:name': { needs: 'admin', method: 'DELETE', path: '/tokens/nobody', status: 404 },
  'GET /openapi.json': { needs: 'nobody', method: 'GET', path: '/openapi.json', status: 200 },
  'GET /questions': { needs: 'read', method: 'GET', path: '/questions', status: 200 },
  'POST /questions/:id/answer': {
    needs: 'decide',
    method: 'POST',
    path: `/questions/${NO_PROJECT}/answer`,
    body: { answer: '8080' },
    status: 404,
  },
  'POST /permissions/:id': {
    needs: 'decide',
    method: 'POST',
    path: `/permissions/${NO_PROJECT}`,
    body: { decision: 'once' },
    status: 404,
  },
  'POST /mcp/desktop': { needs: 'admin', method: 'POST', path: '/mcp/desktop', body: PING, status: 200 },
  'POST /mcp/folder': { needs: 'admin', method: 'POST', path: '/mcp/folder', body: PING, status: 200 },
  'POST /mcp/channels': { needs: 'admin', method: 'POST', path: '/mcp/channels', body: PING, status: 200 },
  'POST /mcp/memory': { needs: 'admin', method: 'POST', path: '/mcp/memory', body: PING, status: 200 },
  'POST /mcp/graph': { needs: 'admin', method: 'POST', path: '/mcp/graph', body: PING, status: 200 },
  'POST /mcp/scripts': { needs: 'admin', method: 'POST', path: '/mcp/scripts', body: PING, status: 410 },
  'POST /mcp/relay': { needs: 'admin', method: 'POST', path: '/mcp/relay', body: PING, status: 410 },
  'POST /mcp/code': { needs: 'admin', method: 'POST', path: '/mcp/code', body: PING, status: 200 },
  'GET /status': { needs: 'nobody', method: 'GET', path: '/status', status: 200 },
  'GET /api/state': { needs: 'read', method: 'GET', path: '/api/state', status: 200 },
  'GET /api/messages': { needs: 'read', method: 'GET', path: '/api/messages?channel=a', status: 200 },
  'GET /api/messages/:id': { needs: 'read', method: 'GET', path: '/api/messages/none', status: 404 },
  'GET /api/wait': { needs: 'read', method: 'GET', path: '/api/wait?channel=a', status: 400 },
  'POST /api/send': { needs: 'decide', method: 'POST', path: '/api/send', body: {}, status: 400 },
  'POST /api/ack': { needs: 'decide', method: 'POST', path: '/api/ack', body: {}, status: 400 },
  'POST /api/clear': { needs: 'admin', method: 'POST', path: '/api/clear', body: {}, status: 400 },
  'GET /api/audit': { needs: 'admin', method: 'GET', path: '/api/audit', status: 200 },
  'GET /events/channel/:name{.+}': {
    needs: 'read',
    method: 'GET',
    path: '/events/channel/%20',
    status: 400,
  },
  'GET /sse': { needs: 'admin', method: 'GET', path: '/sse', status: 410 },
  'POST /messages/': { needs: 'admin', method: 'POST', path: '/messages/', body: PING, status: 410 },
};
