/** The page: it is open to anybody, and empty until it has asked the API. */
import * as z from 'zod';
import { type Asset, assetNamed, PUSH_WORKER, SHELL } from '../assets.ts';
import { type Call, defineRoute, type Reply } from '../define-route.ts';
import { problem } from '../problem.ts';

export const shell = defineRoute({
  method: 'GET',
  path: '/',
  access: 'open',
  summary: 'The page for a browser.',
  answer: 'text/html; charset=utf-8',
  example: { answer: '<!doctype html>\n<html lang="en">\n…' },
  async run(_input, call) {
    const asset = assetNamed(SHELL);
    return asset ? reply(call, asset) : { problem: NO_SUCH_ASSET };
  },
});

export const showAsset = defineRoute({
  method: 'GET',
  path: '/assets/:name',
  access: 'open',
  summary: 'A script or a style of the page. Its name changes with what is in it.',
  params: z.strictObject({ name: z.string().describe('as the page names it') }),
  answer: 'text/javascript; charset=utf-8',
  problems: ['no-such-route'],
  example: { path: '/assets/$SCRIPT', answer: '…' },
  async run({ params: { name } }, call) {
    const asset = [SHELL, PUSH_WORKER].includes(name) ? undefined : assetNamed(name);
    if (!asset) return { problem: NO_SUCH_ASSET };
    return reply(call, asset, { 'Cache-Control': 'public, max-age=31536000, immutable' });
  },
});

export const showPushWorker = defineRoute({
  method: 'GET',
  path: `/${PUSH_WORKER}`,
  access: 'open',
  summary:
    'The script that shows what is pushed to a browser while the page is closed. It answers no request.',
  answer: 'text/javascript; charset=utf-8',
  example: { answer: '…' },
  async run(_input, call) {
    const asset = assetNamed(PUSH_WORKER);
    return asset ? reply(call, asset) : { problem: NO_SUCH_ASSET };
  },
});

const NO_SUCH_ASSET = problem('no-such-route', 'the page has no such file; open / again.');

function reply(
  { acceptsGzip }: Call,
  { type, bytes, gzip }: Asset,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    bytes: acceptsGzip ? gzip : bytes,
    headers: {
      ...headers,
      'Content-Type': type,
      Vary: 'Accept-Encoding',
      ...(acceptsGzip && { 'Content-Encoding': 'gzip' }),
    },
  };
}
