import { Command, Option } from 'commander';
import { makeSignInCode } from '../../bridge/sign-in.ts';
import { apiBase, whyUnreachable } from '../../control/api-address.ts';
import { configOf, withBridge } from '../../control/host.ts';
import { ROLES, type Role } from '../../project/credential.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';

interface Options {
  role?: Role;
  phone?: true;
  print?: true;
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
    .option('--print', 'print the link alone')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor dashboard', 'bridge-supervisor dashboard --phone --role read'),
    )
    .action((options: Options) => dashboard(cli, options));
}

const ABOUT = `
The link signs one browser in to the HTTP API, once, for 30 days; what the
browser does is recorded under its name. List and revoke browsers with 'token'.`;

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
    cli.out.hint(
      `It signs one browser in, once, within ${terms.minutes} minutes, with the role '${granted}'. Pass it to nobody else.`,
    );
  });
}

/** In blocks of text, with the margin that a camera needs. */
async function qrCode(text: string): Promise<string> {
  const { default: qrcode } = await import('qrcode-generator');
  const code = qrcode(0, 'L');
  code.addData(text);
  code.make();
  return code.createASCII(1, 2);
}
