/**
 * The parts of a line of code that are shown in colours. Pure. A line is read by itself: what a comment or
 * a text of several lines hides is not known, and no mistake is longer than its line.
 */

export type TokenKind = 'plain' | 'comment' | 'text' | 'number' | 'keyword' | 'name';

export interface Token {
  readonly kind: TokenKind;
  readonly words: string;
}

/** A group of languages that are written alike. */
export type Language = 'c' | 'rust' | 'hash' | 'json' | 'css' | 'sql' | 'markup';

const DOUBLE = String.raw`"(?:\\.|[^"\\])*"`;
const SINGLE = String.raw`'(?:\\.|[^'\\])*'`;
const NUMBER = String.raw`\b\d[\w.]*`;
const WORD = String.raw`[A-Za-z_$][\w$]*`;
const BLOCK = String.raw`/\*.*?(?:\*/|$)`;
/** A line in the middle of a comment, as most are written. */
const MIDDLE = String.raw`^\s*\*(?:[\s/].*)?$`;

/** What each kind looks like; the first that fits counts. A word is a keyword, or plain. */
const GRAMMARS: Readonly<Record<Language, Readonly<Partial<Record<TokenKind | 'word', string>>>>> = {
  c: {
    comment: `//.*|${BLOCK}|${MIDDLE}`,
    text: `${DOUBLE}|${SINGLE}|${String.raw`\x60(?:\\.|[^\x60\\])*\x60`}`,
    number: NUMBER,
    word: WORD,
  },
  // An apostrophe alone begins the name of a lifetime.
  rust: {
    comment: `//.*|${BLOCK}`,
    text: String.raw`${DOUBLE}|'(?:\\[^']*|[^'\\])'`,
    number: NUMBER,
    word: WORD,
  },
  hash: { comment: String.raw`(?:^|(?<=\s))#.*`, text: `${DOUBLE}|${SINGLE}`, number: NUMBER, word: WORD },
  json: {
    name: String.raw`${DOUBLE}(?=\s*:)`,
    text: DOUBLE,
    number: String.raw`-?\b\d[\w.+-]*`,
    keyword: String.raw`\b(?:true|false|null)\b`,
  },
  css: {
    comment: `${BLOCK}|${MIDDLE}`,
    text: `${DOUBLE}|${SINGLE}`,
    name: String.raw`[\w-]+(?=\s*:)`,
    number: NUMBER,
  },
  sql: { comment: '--.*', text: SINGLE, number: NUMBER, word: WORD },
  markup: { comment: '<!--.*?(?:-->|$)', keyword: String.raw`</?[\w:-]+|/?>`, text: `${DOUBLE}|${SINGLE}` },
};

const KEYWORDS: Readonly<Partial<Record<Language, string>>> = {
  c: 'abstract as async await boolean break byte case catch char class const constexpr continue debugger default defer delete do double else enum export extends extern false final finally float for from func function get go if implements import in inline instanceof int interface is let long map namespace native new nil null nullptr object of operator override package private protected public range readonly return satisfies select set short signed sizeof static struct super switch template this throw throws true try type typedef typeof undefined union unsigned using val var virtual void volatile when while yield',
  rust: 'as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while',
  hash: 'and as assert async await begin break case class continue def del do done elif else elsif end ensure esac except export False fi finally for from function global if import in is lambda local module next nil None nonlocal not or pass raise require rescue return self then true True false try unless until while with yield',
  sql: 'add all alter and as asc begin between by case check column commit constraint create cross default delete desc distinct drop else end exists false foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references returning right rollback select set table then true union unique update using values view when where with',
};

const PATTERNS = new Map<Language, RegExp>();
const WORDS = new Map<Language, ReadonlySet<string>>();

/** Longer lines are written by machines, or by who wants that reading them takes long: that grows with the square. */
const MAX_LINE_CHARACTERS = 500;

/** Of a line of this file; undefined where its language is not known. */
export function tokensIn(line: string, path: string): Token[] | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const language = LANGUAGES.get(name.slice(name.lastIndexOf('.') + 1));
  return language && tokensOf(line, language);
}

/** By what follows the last dot of a name, or by the whole name. */
const LANGUAGES: ReadonlyMap<string, Language> = new Map(
  Object.entries({
    c: 'js jsx ts tsx mjs cjs mts cts java kt kts c h cc cpp hpp cs go swift scala dart php groovy gradle proto',
    rust: 'rs',
    hash: 'py rb sh bash zsh fish yaml yml toml ini cfg conf properties pl r jl ex exs dockerfile makefile mk tf nix',
    json: 'json jsonc json5 webmanifest',
    css: 'css scss less',
    sql: 'sql',
    markup: 'html htm xml svg vue svelte astro xhtml plist',
  } satisfies Record<Language, string>).flatMap(([language, endings]) =>
    endings.split(' ').map((ending) => [ending, language as Language] as const),
  ),
);

export function tokensOf(line: string, language: Language): Token[] {
  if (line.length > MAX_LINE_CHARACTERS) return [{ kind: 'plain', words: line }];
  const tokens: Token[] = [];
  let end = 0;
  for (const match of line.matchAll(patternOf(language))) {
    const kind = kindOf(match, language);
    if (kind === undefined) continue;
    if (match.index > end) tokens.push({ kind: 'plain', words: line.slice(end, match.index) });
    tokens.push({ kind, words: match[0] });
    end = match.index + match[0].length;
  }
  if (end < line.length) tokens.push({ kind: 'plain', words: line.slice(end) });
  return tokens;
}

function kindOf({ 0: words, groups = {} }: RegExpExecArray, language: Language): TokenKind | undefined {
  if (groups.word === undefined)
    return (Object.keys(groups) as TokenKind[]).find((kind) => groups[kind] !== undefined);
  const isKeyword = wordsOf(language).has(language === 'sql' ? words.toLowerCase() : words);
  return isKeyword ? 'keyword' : undefined;
}

function patternOf(language: Language): RegExp {
  const known = PATTERNS.get(language);
  if (known) return known;
  const parts = Object.entries(GRAMMARS[language]).map(([kind, pattern]) => `(?<${kind}>${pattern})`);
  const made = new RegExp(parts.join('|'), 'g');
  PATTERNS.set(language, made);
  return made;
}

function wordsOf(language: Language): ReadonlySet<string> {
  const known = WORDS.get(language);
  if (known) return known;
  const made = new Set((KEYWORDS[language] ?? '').split(' '));
  WORDS.set(language, made);
  return made;
}
