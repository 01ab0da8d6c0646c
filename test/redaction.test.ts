import { describe, expect, test } from 'vitest';
import { redact } from '../src/redaction.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const HUNTER = 'hunter2HUNTER2hunter2HUNTER2hunter2HUNTER2';
const shaped = (prefix: string, body = HUNTER) => prefix + body;
const pem = (kind: string) => `-----BEGIN ${kind}-----\nhunter2/abc\nhunter2+def==\n-----END ${kind}-----`;

describe('secrets by shape', () => {
  test.each([
    ['Anthropic', shaped('sk-ant-api03-')],
    ['OpenAI', shaped('sk-')],
    ['a project of OpenAI', shaped('sk-proj-')],
    ['AWS', shaped('AKIA', 'HUNTER2HUNTER2HU')],
    ['AWS for a while', shaped('ASIA', 'HUNTER2HUNTER2HU')],
    ['GitHub', shaped('ghp_')],
    ['a GitHub app', shaped('gho_')],
    ['GitHub, of the new kind', shaped('github_pat_')],
    ['GitLab', shaped('glpat-', 'hunter2-HUNTER2_hunter2')],
    ['npm', shaped('npm_')],
    ['Google', shaped('AIza')],
    ['Hugging Face', shaped('hf_')],
    ['Stripe', shaped('sk_live_')],
    ['Stripe, restricted', shaped('rk_live_')],
    ['Slack', shaped('xoxb-', '1234567890-hunter2')],
    ['a Slack app', shaped('xapp-', '1-hunter2-1234567890')],
    ['a Slack webhook', shaped('https://hooks.slack.com/services/', `T0/B0/${HUNTER}`)],
    ['a Discord webhook', shaped('https://discord.com/api/webhooks/', `123/${HUNTER}`)],
    ['a client of Google', shaped('GOCSPX-')],
    ['a bot of Telegram', shaped('123456789:AA')],
    ['a signed address', shaped('https://x.example/y?se=1&sig=', `${HUNTER}%3D&sp=r`)],
    ['a user of curl', shaped('curl --user me:')],
    ['a signed token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.${HUNTER}`],
    ['a private key', pem('RSA PRIVATE KEY')],
    ['a private key of OpenSSH', pem('OPENSSH PRIVATE KEY')],
    ['a private key without an end', pem('EC PRIVATE KEY').slice(0, -30)],
    ['a private key without a beginning', pem('PRIVATE KEY').slice(10)],
  ])('a secret of %s is redacted by its shape', (_, secret) => {
    for (const text of [secret, `the key is ${secret}`, `(${secret})`, `x="${secret}"`]) {
      expect(redact(text)).toContain('[redacted]');
      expect(redact(text).toLowerCase()).not.toMatch(/hunter2|AbC/);
    }
  });
});

describe('secrets by name', () => {
  test.each([
    'pwd=hunter2',
    'password: hunter2',
    'Password = "hunter2 and hunter2"',
    "passphrase: 'hunter2 \\' hunter2'",
    'PRIVATE_KEY=hunter2',
    'AWS_SECRET_ACCESS_KEY=hunter2/x+y',
    'secret=hunter2',
    'client_secret: hunter2',
    'DB_PASSWORD=hunter2;Server=x',
    'password=20061234hunter2',
    '{"apiKey":"hunter2","n":1}',
    '"{\\"apiKey\\":\\"hunter2\\"}"',
    'x-api-key: hunter2',
    'Authorization: token hunter2',
    'authorization: hunter2',
    'authorization: Whatever hunter2',
    'Authorization: Digest username="me", nonce="x", response="hunter2"',
    'Authorization: AWS4-HMAC-SHA256 Credential=AB/20261121, Signature=hunter2',
    'curl -H "Authorization: Bearer hunter2.hunter2" https://example.com',
    '{"Authorization":"Basic aHVudGVyMg==hunter2"}',
    'Proxy-Authorization: Negotiate hunter2',
    'Cookie: theme=dark; session=hunter2',
    'Set-Cookie: session=hunter2; HttpOnly',
    'https://me:hunter2@example.com/repo.git',
    'postgres://me:hun@ter2hunter2@db/x',
    `https://${HUNTER}@example.com/repo.git`,
    'https://example.com/?access_token=hunter2&x=1',
    'mysql --password hunter2',
    'tool --api-key=hunter2 run',
  ])('a secret is redacted by the name beside it: %s', (text) => {
    expect(redact(text)).toContain('[redacted]');
    expect(redact(text)).not.toMatch(/hunter2|ter2/);
  });

  test('redaction leaves what is beside a secret', () => {
    expect(redact('curl -H "Authorization: Bearer hunter2.x" https://example.com/a')).toBe(
      'curl -H "Authorization: Bearer [redacted]" https://example.com/a',
    );
    expect(redact('https://me:hunter2@example.com/a.git failed')).toBe(
      'https://me:[redacted]@example.com/a.git failed',
    );
    expect(redact('DB_PASSWORD=hunter2;Server=x')).toBe('DB_PASSWORD=[redacted];Server=x');
  });
});

test.each([
  'input_tokens=12 output_tokens: 34 max_tokens=4096',
  'PWD=/home/me OLDPWD=~/x',
  'OAuth token has expired. Please run /login',
  'Unexpected token < in JSON at position 0',
  'the task-management-system-for-everyone of the risk-averse',
  'npm_config_user_agent and gl-core-settings-for-everyone',
  'see https://example.com:8080/a@b and git@example.com:me/repo.git',
  'docker run -u 1000:1000 and git push -u origin fix:main',
  'a key-value store, a monkey, sk-8 and a tokenizer',
])('redaction leaves what is no secret: %s', (text) => {
  expect(redact(text)).toBe(text);
});

test('redaction leaves a redacted text as it is', () => {
  for (const text of ['Authorization: Bearer hunter2', 'token=hunter2', 'https://a:hunter2@b', 'cookie: a=b'])
    expect(redact(redact(text))).toBe(redact(text));
});

test.each([
  '://',
  '://a:',
  'token',
  'token ',
  'token="',
  "secret='\\",
  'authorization: Bearer ',
  'authorization:',
  'cookie:',
  'eyJ',
  '-eyJaaaaaaaaa',
  'eyJaaaaaaaaa.bbbbbbbbb.',
  '-----BEGIN X-----',
  '-----END ',
  '-----BEGIN ',
  'sk-',
  '--password ',
  'a'.repeat(100),
  '-',
  ' ',
  '\\',
])('a text that repeats %j takes time in proportion to its length', (part) => {
  const time = (length: number) => {
    const text = part.repeat(Math.ceil(length / part.length));
    const start = performance.now();
    redact(text);
    return performance.now() - start;
  };
  time(10_000);
  expect(time(400_000)).toBeLessThan(3_000);
});
