import { defineRoute } from '../define-route.ts';

export const shell = defineRoute({
  method: 'GET',
  path: '/',
  access: 'open',
  summary: 'Says that there is no page in this build.',
  answer: 'text/plain; charset=utf-8',
  run: async () => ({ bytes: PAGE }),
});

const PAGE = Buffer.from('There is no page in this build. Use the API: see /openapi.json.\n');
