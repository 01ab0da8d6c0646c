import { Command, Option } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import {
  addCredential,
  credentials,
  type IssuedToken,
  revokeCredential,
  rotateCredential,
} from '../../bridge/credentials.ts';
import { readableConfig, withBridge } from '../../control/host.ts';
import { ROLES, type Role } from '../../project/credential.ts';
import type { Result } from '../../result.ts';
import { toWireCredential, toWireIssuedToken, toWireListedCredential } from '../../wire/credential.ts';
import { type Cli, fail } from '../context.ts';
import { duration, jsonOption, yesOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { examples } from '../terminal/usage.ts';
import { credentialLines } from '../views/credential-text.ts';

export function tokenCommand(cli: Cli): Command {
  return new Command('token')
    .helpCommand(false)
    .addCommand(addCommand(cli))
    .addCommand(listCommand(cli))
    .addCommand(rotateCommand(cli))
    .addCommand(revokeCommand(cli))
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor token add phone --role decide', 'bridge-supervisor token list'),
    );
}

const ABOUT = `
A caller of the HTTP API shows a token: Authorization: Bearer TOKEN. Its role is
'read' (look), 'decide' (approve, reject, steer, pause) or 'admin' (send plans).
What is done with it is recorded under its name.`;

function addCommand(cli: Cli): Command {
  return new Command('add')
    .description('Make a token, and print it this once.')
    .argument('<name>', 'who or what holds it')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--expires <duration>', 'after which it is worth nothing', duration)
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText('after', examples('bridge-supervisor token add ci --role read --expires 30d'))
    .action((name: string, { role, expires, json }: { role: Role; expires?: number; json?: true }) =>
      issue(cli, (bridge) => addCredential(bridge, name, role, expires, 'person'), json),
    );
}

function rotateCommand(cli: Cli): Command {
  return new Command('rotate')
    .description('Replace a token; the one before is worth nothing at once.')
    .argument('<name>', 'the name it was made under')
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText('after', examples('bridge-supervisor token rotate phone'))
    .action((name: string, { json }: { json?: true }) =>
      issue(cli, (bridge) => rotateCredential(bridge, name, 'person'), json),
    );
}

async function issue(
  cli: Cli,
  work: (bridge: Bridge) => Promise<Result<IssuedToken>>,
  json: true | undefined,
): Promise<void> {
  await withBridge(cli, async (bridge) => {
    const issued = await work(bridge);
    if (!issued.ok) return fail(cli, issued.refusal);
    if (json) return cli.out.json(toWireIssuedToken(issued.value));
    cli.out.line(issued.value.token);
    cli.out.hint('Keep it now: it is not shown again.');
    if (readableConfig(cli)?.http.enabled === false)
      cli.out.hint(
        'The HTTP API is off: set {"http": {"enabled": true}} in config.json, then: bridge-supervisor restart',
      );
  });
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('List the tokens by name, with role and end; never the tokens themselves.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor token list --json'))
    .action(({ json }: { json?: true }) =>
      withBridge(cli, async (bridge) => {
        const found = await credentials(bridge);
        if (json) return cli.out.json(found.map(toWireListedCredential));
        if (found.length === 0) return cli.out.hint('There are no tokens.');
        for (const line of credentialLines(found, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
      }),
    );
}

function revokeCommand(cli: Cli): Command {
  return new Command('revoke')
    .description('Make a token worth nothing, and end what is open with it.')
    .argument('<name>', 'the name it was made under')
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText('after', examples('bridge-supervisor token revoke phone'))
    .action((name: string, { json }: { json?: true }) =>
      withBridge(cli, async (bridge) => {
        const revoked = await revokeCredential(bridge, name, 'person');
        if (!revoked.ok)
          return fail(cli, revoked.refusal, 'See all names with: bridge-supervisor token list');
        if (json) return cli.out.json(toWireCredential(revoked.value));
        cli.out.line(`The token '${revoked.value.name}' is revoked.`);
      }),
    );
}
