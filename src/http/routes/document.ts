import * as z from 'zod';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';

export const openApi = defineRoute({
  method: 'GET',
  path: '/openapi.json',
  access: 'open',
  summary: 'This table as OpenAPI 3.1.',
  answer: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }).describe('An OpenAPI document.'),
  example: { answer: { openapi: '3.1.0', info: { title: 'bridge-supervisor', version: '…' }, ...AND_MORE } },
  run: async (_input, { describe }) => ({ body: describe() }),
});
