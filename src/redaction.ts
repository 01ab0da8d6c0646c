/**
 * Redacts secrets in free text, such as an error that quotes a header, a URL, a command line or a file. A secret with no
 * known shape and no name beside it cannot be found.
 */

export const REDACTED = '[redacted]';

/** The text with what looks like a secret, or is named like one, replaced. Takes time in proportion to its length. */
export function redact(text: string): string {
  return RULES.reduce(
    (safe, [pattern, replacement]) =>
      typeof replacement === 'string'
        ? safe.replace(pattern, replacement)
        : safe.replace(pattern, replacement),
    text,
  );
}

/** The text without these values, whatever they look like. */
export function redactValues(text: string, values: readonly string[]): string {
  // The longest first: one may be a part of another.
  const longestFirst = values.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((safe, value) => safe.replaceAll(value, REDACTED), text);
}

/** Shorter ones are words that stand anywhere. */
const MIN_VALUE_CHARACTERS = 8;

/** The values in an environment that are named like secrets. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): string[] {
  const isNamed = new RegExp(NAMES, 'i');
  return Object.entries(env).flatMap(([name, value = '']) => {
    const isSecret = isNamed.test(name) && !/pwd$/i.test(name) && value.length >= MIN_VALUE_CHARACTERS;
    return isSecret && !/^[/~]/.test(value) ? [value] : [];
  });
}

/** Tokens with a known prefix. The issuers publish these shapes. */
const SHAPES = [
  // Anthropic, OpenAI and those who follow them.
  'sk-ant-[\\w-]+',
  'sk-[\\w-]{16,}',
  '(?:gsk_|xai-|nvapi-|r8_|hf_)[\\w-]{20,}',
  // AWS: the id of a key.
  '(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{16}',
  // GitHub, GitLab.
  'gh[a-z]_\\w{10,}',
  'github_pat_\\w{10,}',
  'gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\\w.-]{10,}',
  // Our own, of the HTTP API.
  'bs[tc]_[0-9a-f]{12}_[\\w-]{20,}',
  'bs[kl]_[\\w-]{20,}',
  // Package registries.
  'npm_[A-Za-z0-9]{20,}',
  'pypi-[\\w-]{20,}',
  'dckr_(?:pat|oat)_[\\w-]{20,}',
  // Google.
  'AIza[\\w-]{20,}',
  'ya29\\.[\\w-]{10,}',
  // Stripe, Slack, SendGrid, Shopify, DigitalOcean, Linear, Vault, Tailscale, age.
  '(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{10,}',
  'x(?:ox[a-z]|app)-[\\w-]{10,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'shp(?:at|ca|pa|ss)_[A-Za-z0-9]{20,}',
  'do[opr]_v1_[A-Za-z0-9]{20,}',
  'lin_(?:api|oauth)_[A-Za-z0-9]{20,}',
  'hv[sbr]\\.[\\w-]{20,}',
  'tskey-[\\w-]{10,}',
  'AGE-SECRET-KEY-1[A-Z0-9]{20,}',
  // OAuth clients of Google; bots of Telegram.
  'GOCSPX-[\\w-]{20,}',
  '\\d{8,10}:AA[\\w-]{30,}',
].join('|');

/** Parts of the names of secret settings, headers and fields. */
const NAMES = [
  'token|secret|passw(?:or)?d|passphrase|pwd|authorization|credential|signature|_auth',
  '(?:api|access|private|signing|encryption|account|master|shared|ssh|deploy|service|license)[-_]?key',
].join('|');

/** A whole name, of bounded length. */
const NAME = `[\\w-]{0,40}(?:${NAMES})[\\w-]{0,40}`;

/** Between a name and its value, also in JSON inside of JSON. */
const SEPARATOR = `\\\\{0,3}["']?\\s{0,9}[:=]\\s{0,9}`;

/** In quotes, in escaped quotes, or up to the end of a word. */
const VALUE = [
  `"(?:[^"\\\\\\n]|\\\\[\\s\\S])*`,
  `'(?:[^'\\\\\\n]|\\\\[\\s\\S])*`,
  `\\\\{1,3}["'][^"'\\\\\\n]*`,
  `(?!\\[redacted|(?:Bearer|Basic) \\[redacted)[^\\s"',;&}\\\\]+`,
].join('|');

/** Of https://www.iana.org/assignments/http-authschemes and what services made of them: these words may be shown. */
const SCHEMES =
  'Basic|Bearer|Digest|Negotiate|NTLM|OAuth|Hawk|DPoP|AWS4-HMAC-SHA256|AWS|Token|ApiKey|Api-Key|Key|JWT|GoogleLogin|SSWS|SharedKey';

const AUTHORIZATION = `authorization${SEPARATOR}\\\\{0,3}["']?`;

type Rule = readonly [pattern: RegExp, replacement: string | ((...parts: string[]) => string)];

/** Applied in this order. A rule leaves the replacements of earlier rules alone. */
const RULES: readonly Rule[] = [
  [/-----BEGIN [A-Z0-9 ]{1,60}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,60}-----|$)/g, REDACTED],
  // The end of one whose beginning was cut off.
  [/^(?:(?!-----END )[\s\S])*-----END [A-Z0-9 ]{1,60}-----/, REDACTED],
  [new RegExp(`\\b(?:${SHAPES})`, 'g'), REDACTED],
  // A signed token: header, content, signature.
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*/g, REDACTED],
  // A scheme with several parts; a scheme and a token; otherwise two words, whichever of them is the token.
  [new RegExp(`(${AUTHORIZATION}(?:${SCHEMES}))[ \\t]+\\w+=[^\\r\\n]*`, 'gi'), `$1 ${REDACTED}`],
  [new RegExp(`(${AUTHORIZATION}(?:${SCHEMES}))[ \\t]+[^\\s"'\\\\]+`, 'gi'), `$1 ${REDACTED}`],
  [
    new RegExp(`(${AUTHORIZATION})(?!(?:${SCHEMES})[ \\t])[^\\s"'\\\\]+(?:[ \\t]+[^\\s"'\\\\]+)?`, 'gi'),
    `$1${REDACTED}`,
  ],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [new RegExp(`(cookie${SEPARATOR}["']?)[^\\r\\n"']+`, 'gi'), `$1${REDACTED}`],
  // In a URL: a password, and a user that is as long as a token.
  [/(:\/\/[^\s/:@]*:)[^\s/?#]+@/g, `$1${REDACTED}@`],
  [/(:\/\/)[\w.~%-]{20,}@/g, `$1${REDACTED}@`],
  // An address that is the secret itself: webhooks of Slack and Discord.
  [
    /((?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks)\/)[\w/-]{10,}/g,
    `$1${REDACTED}`,
  ],
  // In a query: the signature of Azure and of others.
  [/([?&](?:sig|X-Amz-Signature)=)[^\s"'&#]{8,}/gi, `$1${REDACTED}`],
  // `curl -u user:password`
  [/((?:^|\s)(?:-u|--user|--proxy-user)[ =]["']?[^\s"':]{1,100}:)(?!\d+\b)[^\s"']+/g, `$1${REDACTED}`],
  // `X_TOKEN=…`, `"apiKey": "…"`, `x-api-key: …`
  [new RegExp(`(${NAME})(${SEPARATOR})(${VALUE})`, 'gi'), named],
  // `--password …`
  [new RegExp(`(--?${NAME})([ \\t]{1,9})(?!-)(${VALUE})`, 'gi'), named],
];

/** A number beside `tokens` counts them, and `PWD` is a folder's name in every environment. */
function named(whole: string, name = '', separator = '', value = ''): string {
  if (/token/i.test(name) && /^\d+$/.test(value)) return whole;
  if (/pwd$/i.test(name) && /^["']?[/~]/.test(value)) return whole;
  return `${name}${separator}${REDACTED}`;
}
