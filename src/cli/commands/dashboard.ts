import { Command, Option } from 'commander';
import { makeSignInCode } from '../../bridge/sign-in.ts';
import { apiBase, whyUnreachable } from '../../control/api-address.ts';
import { configOf, withBridge } from '../../control/host.ts';
import { ROLES, type Role } from '../../project/credential.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption } from '../terminal/arguments.ts';
import { openLink } from '../terminal/open-link.ts';
import { examples } from '../terminal/usage.ts';

interface Options {
  role?: Role;
  phone?: true;
  print?: true;
  demo?: true;
  json?: true;
}

const BROWSER = { name: 'browser', role: 'admin', minutes: 2 } as const;
/** It takes a while to find the phone. */
const PHONE = { name: 'phone', role: 'decide', minutes: 10 } as const;

export function dashboardCommand(cli: Cli): Command {
  return new Command('dashboard')
    .addOption(
      new Option('--role <role>', 'what the browser may do; admin, and decide for a phone').choices(ROLES),
    )
    .option('--phone', 'a link for http.public_url, also as a QR code; 10 minutes instead of 2')
    .option('--print', 'print the link alone, and open nothing')
    .addOption(
      new Option('--demo', 'show the page on work of a scripted model, until ctrl-c').conflicts('phone'),
    )
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor dashboard',
        'bridge-supervisor dashboard --phone --role read',
        'bridge-supervisor dashboard --demo',
      ),
    )
    .action((options: Options) => (options.demo ? demo(cli, options) : dashboard(cli, options)));
}

const ABOUT = `
The link signs one browser in to the HTTP API, once, for 30 days; what the
browser does is recorded under its name. List and revoke browsers with 'token'.
In a terminal on a desktop it opens by itself; over ssh it is only printed.

With --demo it needs no account and no running supervisor: Claude Code, a
supervisor and their store run in a temporary folder on a port of their own,
and a scripted model does the work, without network or cost. Something waits
for a decision, something was sent back, something asks, and a run is under
way; what you decide, it takes up. Ctrl-c ends all of it and leaves nothing.`;

async function dashboard(cli: Cli, { role, phone, print, json }: Options): Promise<void> {
  const { http } = configOf(cli);
  const terms = phone ? PHONE : BROWSER;
  const base = apiBase(http, phone ? 'elsewhere' : 'here');
  if (base === undefined)
    return fail(
      cli,
      `a phone cannot reach ${http.listen}`,
      'Put a proxy with TLS before it, such as: tailscale serve --bg ' +
        `${http.port}. Then set http.public_url to the address that it has there, and: bridge-supervisor restart`,
    );
  await withBridge(cli, async (bridge) => {
    const trouble = await whyUnreachable(bridge, http);
    if (trouble) return fail(cli, trouble.what, trouble.next);
    const granted = role ?? terms.role;
    const lifetimeMs = terms.minutes * 60_000;
    const { code, expiresAt } = await makeSignInCode(bridge, { name: terms.name, role: granted, lifetimeMs });
    const url = `${base}/#signin=${code}`;
    if (json) return cli.out.json({ url, role: granted, expires_at: expiresAt });
    cli.out.line(url);
    if (print) return;
    if (phone) cli.out.line(await qrCode(url));
    else await openHere(cli, cli.stateDir, url);
    cli.out.hint(whatItIs(terms.minutes, granted));
  });
}

/** Until it is ended. */
async function demo(cli: Cli, { role = BROWSER.role, print, json }: Options): Promise<void> {
  const { DEMO_LINK_MINUTES, runPageDemo } = await import('../page-demo/run-page-demo.ts');
  cli.exitCode = await runPageDemo(cli, {
    role,
    quiet: print === true || json === true,
    async show({ url, expiresAt, stateDir }) {
      if (json) return cli.out.json({ url, role, expires_at: expiresAt });
      cli.out.line(url);
      if (print) return;
      await openHere(cli, stateDir, url);
      cli.out.hint(whatItIs(DEMO_LINK_MINUTES, role));
      cli.out.line('\nIt fills within a minute, while you look on:\n');
    },
  });
}

/** Where a person looks at a terminal of this machine's desktop. A program that reads the link opens it itself. */
async function openHere(cli: Cli, stateDir: string, url: string): Promise<void> {
  if (cli.out.isTerminal && (await openLink(cli, stateDir, url)))
    cli.out.hint('It opens in your browser; if nothing shows, open it yourself.');
}

function whatItIs(minutes: number, role: Role): string {
  return `It signs one browser in, once, within ${minutes} minutes, with the role '${role}'. Pass it to nobody else.`;
}

/** In blocks of text, with the margin that a camera needs. */
async function qrCode(text: string): Promise<string> {
  const { default: qrcode } = await import('qrcode-generator');
  const code = qrcode(0, 'L');
  code.addData(text);
  code.make();
  return code.createASCII(1, 2);
}
