/** A bridge that is served over HTTP at the time of the day, and a link that signs a browser in. */
import { makeSignInCode } from '../../src/bridge/sign-in.ts';
import type { Role } from '../../src/project/credential.ts';
import { beSupervisor } from '../bridge/steps.ts';
import { type Serving, serve } from '../http/server.ts';
import { createRig, type Rig } from '../rig.ts';
import { openPage, type Watched } from './browser.ts';

/** A phone, as playwright calls it. */
export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

export interface Stage extends AsyncDisposable {
  readonly rig: Rig;
  readonly api: Serving;
  readonly url: string;
  link(role?: Role): Promise<string>;
  /** A browser that is signed in, at this place of the page. */
  open(place: string, options?: Parameters<typeof openPage>[0] & { readonly role?: Role }): Promise<Watched>;
}

export interface StageOptions {
  /** One that has a supervisor, and that its owner ends; otherwise one of the stage's own. */
  readonly rig?: Rig;
  /** Keys of `http` in the configuration. */
  readonly http?: Readonly<Record<string, unknown>>;
  /** Other keys of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Instead of the time of this machine. */
  readonly now?: string;
}

export async function createStage({
  rig: given,
  http = {},
  config = {},
  now,
}: StageOptions = {}): Promise<Stage> {
  const rig = given ?? (await createRig());
  // The page tells times by the clock of the server, which goes as that of the machine does.
  rig.clock.advance((now === undefined ? Date.now() : Date.parse(now)) - rig.clock.now().getTime());
  if (!given) await beSupervisor(rig);
  const api = await serve(rig, { http, config });
  const url = `http://127.0.0.1:${api.port}/`;
  const link = async (role: Role = 'admin') => {
    const { code } = await makeSignInCode(rig.bridge, { name: 'phone', role, lifetimeMs: 120_000 });
    return `${url}#signin=${code}`;
  };
  return {
    rig,
    api,
    url,
    link,
    async open(place, { role, ...options } = {}) {
      const watched = await openPage(options);
      await watched.page.goto(await link(role));
      await watched.page.locator('.live-live').waitFor();
      if (place !== '#/') await watched.page.evaluate(`location.hash = ${JSON.stringify(place)}`);
      return watched;
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      if (!given) await rig[Symbol.asyncDispose]();
    },
  };
}
