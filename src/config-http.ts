/** What the owner may set for the HTTP API: the member `http` of the configuration. */
import { BlockList, isIP } from 'node:net';
import * as z from 'zod';
import { path } from './config-values.ts';

/** That of the system this one follows. */
export const DEFAULT_PORT = 7823;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an address can be reached from its own machine alone. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** A name, or an address, as a browser writes it into `Host`: in lower case, with a port that is not the usual one. */
const host = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/,
    "must be a host as in a URL, in lower case, such as 'box.example' or 'box.example:7823'",
  );

const PUBLIC_URL = "must be an http or https address of a host alone, such as 'https://box.example'";

export const httpSettings = z.strictObject({
  enabled: z.boolean().default(true),
  port: z.int().min(1).max(65_535).default(DEFAULT_PORT),
  listen: z
    .string()
    .refine((text) => isIP(text) !== 0, "must be an IP address such as '127.0.0.1'")
    .default('127.0.0.1'),
  hosts: z.array(host).max(100).default([]),
  public_url: z
    .url({ protocol: /^https?$/, error: PUBLIC_URL })
    .refine(isHostAlone, PUBLIC_URL)
    .optional(),
  tls: z.strictObject({ cert: path, key: path }).optional(),
  also_listen: z.array(z.int().min(1).max(65_535)).max(10).default([]),
  insecure_lan: z.boolean().default(false),
});

/** The same, with what follows from one key for another. */
export const checkedHttpSettings = httpSettings
  .refine(
    ({ listen, tls, insecure_lan }) =>
      tls !== undefined || insecure_lan || isIP(listen) === 0 || isLoopback(listen),
    {
      path: ['listen'],
      error:
        "must be an address of this machine alone, such as '127.0.0.1', unless 'tls' names a certificate or 'insecure_lan' is true: whoever is on the way reads tokens and plans",
    },
  )
  .refine(({ port, also_listen }) => new Set([port, ...also_listen]).size === 1 + also_listen.length, {
    path: ['also_listen'],
    error: "must name each port once, and not that of 'port'",
  });

export type HttpSettings = z.output<typeof httpSettings>;

function isHostAlone(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && `${url.origin}/` === url.href && url.username === '';
}
