/** The table of routes as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html), for generated clients and other programs. */
import * as z from 'zod';
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from 'zod-openapi';
import { DEFAULT_PORT } from '../config-http.ts';
import { VERSION } from '../version.ts';
import { NOUNS } from '../wire/schemas/outputs.ts';
import { pathTemplate, type Route } from './define-route.ts';
import type { Example } from './example.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';

/** What any route may answer, whatever it does. */
const PROBLEMS_OF_ALL: readonly ProblemCode[] = ['host-not-allowed', 'origin-not-allowed', 'internal'];
const PROBLEMS_OF_CALLERS: readonly ProblemCode[] = ['not-signed-in', 'slow-down', 'role-too-small'];
const PROBLEMS_OF_INPUT: readonly ProblemCode[] = ['invalid'];
const PROBLEMS_OF_BODIES: readonly ProblemCode[] = ['body-too-large', 'json-only', 'not-json'];

const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('what is wrong, and what to do'),
    code: z.enum(Object.keys(PROBLEMS) as ProblemCode[]),
    error: z.string().describe('the same as `detail`'),
  })
  .describe('Why a request was refused (RFC 9457).');

export function openApiOf(routes: readonly Route[]): object {
  const byPath = Map.groupBy(routes, ({ path }) => pathTemplate(path));
  const paths = [...byPath].map(([path, own]) => [
    path,
    Object.fromEntries(own.map((route) => [route.method.toLowerCase(), operationOf(route)])),
  ]);
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: { title: 'bridge-supervisor', version: VERSION },
    paths: Object.fromEntries(paths),
    components: {
      schemas: { ...namedSchemas(), problem: problemSchema },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: `bridge_${DEFAULT_PORT}`,
          description:
            'of a signed-in browser; its name ends with the port, and begins with `__Host-` over TLS',
        },
        key: { type: 'apiKey', in: 'header', name: 'Bridge-Key', description: 'beside the cookie' },
      },
    },
  };
  return createDocument(document);
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { summary, access, params, query, body, status, answer, example } = route;
  const content =
    typeof answer === 'string'
      ? { [answer]: { schema: z.string() } }
      : { 'application/json': { schema: answer } };
  return {
    summary,
    security: access === 'open' ? [] : [{ token: [] }, { cookie: [], key: [] }],
    ...(access !== 'open' && { 'x-role': access }),
    requestParams: { path: params, query },
    ...(body && { requestBody: { content: { 'application/json': bodyOf(body, example) } } }),
    responses: {
      [`${status}`]: { description: 'Done.', content },
      ...Object.fromEntries(refusals(route)),
    },
  };
}

/** An example that names what there is at that moment says nothing to a program. */
function bodyOf(schema: z.ZodObject, { send }: Example) {
  return { schema, ...(send && !JSON.stringify(send).includes('$') && { example: send }) };
}

/** By status; the description names the codes. */
function refusals({ access, problems, body }: Route) {
  const codes = [
    ...PROBLEMS_OF_ALL,
    ...(access === 'open' ? [] : PROBLEMS_OF_CALLERS),
    ...PROBLEMS_OF_INPUT,
    ...(body ? PROBLEMS_OF_BODIES : []),
    ...problems,
    'unavailable' as const,
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEMS[code].status);
  const content = { 'application/problem+json': { schema: problemSchema } };
  return [...byStatus].map(
    ([status, own]) => [`${status}`, { description: own.join(', '), content }] as const,
  );
}

/** Names of components have no spaces. */
function namedSchemas() {
  return Object.fromEntries(
    Object.entries(NOUNS).map(([name, schema]) => [name.replaceAll(' ', '_'), schema]),
  );
}
