import * as z from 'zod';
import { defineRoute } from '../define-route.ts';

export const openApi = defineRoute({
  method: 'GET',
  path: '/openapi.json',
  access: 'open',
  summary: 'This table as OpenAPI 3.1.',
  answer: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }).describe('An OpenAPI document.'),
  run: async (_input, { describe }) => ({ body: describe() }),
});
