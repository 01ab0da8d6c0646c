/** The cookie of a browser that is signed in. Its name has our port: a host has one set of cookies for all its ports. */
import { generateCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';
import type { HttpSettings } from '../../config-http.ts';

/** How the cookie is called and kept for the address that a request names. */
export interface CookieTerms {
  readonly name: string;
  /** The browser sends it over TLS alone. */
  readonly isSecure: boolean;
}

/**
 * The terms for the name of the host in a request. Over TLS the name of the cookie begins with `__Host-`: such a cookie nobody can set but this host over TLS
 * (https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2 and its successor, "Cookie Name Prefixes").
 */
export function cookieTerms({ port, public_url, tls }: HttpSettings): (host: string) => CookieTerms {
  const url = public_url === undefined ? undefined : new URL(public_url);
  const plain = { name: `bridge_${port}`, isSecure: false };
  const secure = { name: `__Host-bridge_${port}`, isSecure: true };
  if (tls) return () => secure;
  return (host) => (url?.protocol === 'https:' && url.host === host.toLowerCase() ? secure : plain);
}

/** Its value in the header `Cookie`; undefined when it is not there. */
export function cookieIn(header: string | undefined, { name }: CookieTerms): string | undefined {
  return header === undefined ? undefined : parse(header, name)[name];
}

/** The header `Set-Cookie` that has the browser keep it for so long; 0: forget it. */
export function setCookie({ name, isSecure }: CookieTerms, value: string, maxAgeSeconds: number): string {
  return generateCookie(name, value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure,
    maxAge: maxAgeSeconds,
  });
}
