/** What is asked for in the page's demo, and how the scripted model does it. */
import { call, type MessageReply } from '../../simulator/reply.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { WORKSPACE } from './shop.ts';

/** Where a step plays. */
export interface Scene {
  readonly turn: ScriptTurn;
  /** The absolute path of a file of the run's folder. */
  file(name: string): string;
}

export type Step = (scene: Scene) => MessageReply;

/**
 * One plan, and what the model does for it when it begins, when a check of the first round has failed, and after the first
 * rejection. Of what it says then it makes clear what it heard.
 */
export interface Part {
  readonly title: string;
  readonly body: string;
  readonly begin: readonly Step[];
  readonly repair?: readonly Step[];
  readonly revision?: (reason: string) => readonly Step[];
  /** How long the model thinks before each step, in milliseconds; shorter where none is given. */
  readonly stepMs?: number;
}

export function planText({ title, body }: Part): string {
  return `---\nworkspace: ${WORKSPACE}\n---\n# ${title}\n\n${body}\n`;
}

export function write(name: string, content: string): Step {
  return ({ file }) => call('Write', { file_path: file(name), content });
}

/** Markdown of somebody else's words. */
export function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function read(name: string): Step {
  return ({ file }) => call('Read', { file_path: file(name) });
}

function edit(name: string, from: string, to: string): Step {
  return ({ file }) => call('Edit', { file_path: file(name), old_string: from, new_string: to });
}

export function run(command: string, description: string): Step {
  return () => call('Bash', { command, description });
}

export function update(message: string): Step {
  return () => call('mcp__claude_bridge_code__bridge_send_update', { message });
}

export function submit(summary: string, files: Readonly<Record<string, unknown>>): Step {
  return () => call('mcp__claude_bridge_code__bridge_send_completion', { summary, ...files });
}

/** Is approved before the person comes. */
export const SPELLING: Part = {
  title: 'Mend the spelling of the README',
  body: 'It says "smal".',
  begin: [
    read('README.md'),
    edit('README.md', 'smal shop', 'small shop'),
    submit('`README.md` says "small" now.', { files_modified: ['README.md'] }),
  ],
};

const EXPORT = `import { ORDERS, total } from './orders.mjs';

const HEADER = 'id,items,cents';

/** All orders as CSV; a field that holds a comma is quoted. */
export function exportOrders(orders = ORDERS) {
  const rows = orders.map((order) => [order.id, order.items.join(','), total(order)].map(quoted).join(','));
  return [HEADER, ...rows, ''].join('\\n');
}

function quoted(value) {
  const text = String(value);
  return /[",\\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}
`;

const EXPORT_TEST = `import { exportOrders } from './export.mjs';

const lines = exportOrders().split('\\n');

export default {
  'the export begins with a header': () => lines[0] === 'id,items,cents',
  'a field with a comma is quoted': () => lines[1] === '1,"tea,honey",1375',
  'an empty order is a row, too': () => lines[3] === '3,,0',
  'no orders give the header alone': () => exportOrders([]) === 'id,items,cents\\n',
};
`;

/** All is well, and waits. */
export const CSV: Part = {
  title: 'Add CSV export',
  body: '1. Write `export.mjs`: all orders as CSV, fields with commas quoted.\n2. Test it, also without orders.\n',
  begin: [
    update('I read how orders are kept, then write the export and its test.'),
    read('orders.mjs'),
    write('export.mjs', EXPORT),
    write('export.test.mjs', EXPORT_TEST),
    run('node test.mjs', 'Run the tests'),
    submit(
      'Orders are written as **CSV**.\n\n- `exportOrders` quotes fields that hold a comma\n- without orders it writes the header alone\n\n| case | rows |\n| --- | --- |\n| none | 0 |\n| three | 3 |\n',
      { files_created: ['export.mjs', 'export.test.mjs'] },
    ),
  ],
};

const EUROS_TEST = `import { priceText } from './prices.mjs';

export default {
  'a price is in euros': () => priceText(450).includes('4'),
  'a price has two digits of cents': () => /[.,]50/.test(priceText(450)),
};
`;

/** A check fails and is repaired; the person's chat sends it back; the second round waits. */
export const EUROS: Part = {
  title: 'Show prices in euros',
  body: 'Customers read "450" today. `priceText` says euros instead, with two digits of cents.',
  begin: [
    read('prices.mjs'),
    edit('prices.mjs', 'return String(cents);', "return '€' + cents / 100;"),
    write('prices.test.mjs', EUROS_TEST),
    submit('`priceText(450)` says €4.5.', {
      files_created: ['prices.test.mjs'],
      files_modified: ['prices.mjs'],
    }),
  ],
  repair: [
    edit('prices.mjs', "return '€' + cents / 100;", "return '€' + (cents / 100).toFixed(2);"),
    run('node test.mjs', 'Run the tests'),
    submit('`priceText(450)` says €4.50: cents have two digits now.', {
      files_created: ['prices.test.mjs'],
      files_modified: ['prices.mjs'],
    }),
  ],
  revision: () => [
    edit(
      'prices.mjs',
      "return '€' + (cents / 100).toFixed(2);",
      "return (cents / 100).toFixed(2).replace('.', ',') + ' €';",
    ),
    run('node test.mjs', 'Run the tests'),
    submit('`priceText(450)` says "4,50 €", as our customers write it.', {
      files_created: ['prices.test.mjs'],
      files_modified: ['prices.mjs'],
    }),
  ],
};

/** As a person in the chat says it. */
export const EUROS_REASON = 'Our customers are German: write "4,50 €", not "€4.50".';

const HISTORY = `/** Prices of before, newest first. */
const history = [];

export function keepPrice(item, cents) {
  console.log('keep', item, cents);
  history.unshift({ item, cents });
}

export function pricesOf(item) {
  return history.filter((price) => price.item === item).map(({ cents }) => cents);
}
`;

/** A check stays red, a file is not declared, and a command was refused: a person looks twice. */
export const OLD_PRICES: Part = {
  title: 'Keep old prices',
  body: 'Keep what an item cost before, newest first, in `history.mjs`.',
  begin: [
    write('history.mjs', HISTORY),
    edit(
      'orders.mjs',
      '/** What an order costs, in cents. */',
      '/** What an order costs today, in cents. */',
    ),
    run('npm install date-fns', 'Install a library for dates'),
    submit('`keepPrice` and `pricesOf` keep what an item cost before.', { files_created: ['history.mjs'] }),
  ],
  repair: [
    run('node lint.mjs', 'Run the linter'),
    submit('The linter asks for a line to go that shows what is kept; I left it in.', {
      files_created: ['history.mjs'],
      caveats: '`lint` still fails: `keepPrice` prints what it keeps.',
    }),
  ],
  revision: (reason) => [
    edit('history.mjs', "  console.log('keep', item, cents);\n", ''),
    run('node lint.mjs', 'Run the linter'),
    submit(`You said:\n\n${quoted(reason)}\n\nI took the line out that prints what is kept.`, {
      files_created: ['history.mjs'],
      files_modified: ['orders.mjs'],
    }),
  ],
};

/** Asks in the middle of its work. */
export const OLD_ORDERS: Part = {
  title: 'Drop old orders',
  body: 'Orders without items are of no use. Drop them.',
  begin: [
    read('orders.mjs'),
    () =>
      call('mcp__claude_bridge_code__bridge_ask', {
        question: 'Order 3 has no items, and a test counts on it. Drop it, or keep it and hide it in lists?',
        options: ['Drop it', 'Keep it, hidden'],
        default: 'Keep it, hidden',
      }),
    ({ turn, file }) =>
      call('Write', {
        file_path: file('listed.mjs'),
        content: `import { ORDERS } from './orders.mjs';\n\n// Decided: ${answerIn(turn)}\nexport const LISTED = ORDERS.filter(({ items }) => items.length > 0);\n`,
      }),
    submit('Orders without items are listed as you decided.', { files_created: ['listed.mjs'] }),
  ],
};

function answerIn({ toolResults }: ScriptTurn): string {
  const text = toolResults.at(-1)?.text ?? '';
  return (/"answer":"([^"\n]*)"/.exec(text)?.[1] ?? 'as asked').trim();
}

const PAGES = [
  ...['prices', 'orders', 'totals', 'customers', 'invoices', 'returns', 'discounts', 'shipping', 'taxes'],
  ...['stock', 'suppliers', 'reports', 'exports', 'imports', 'backups', 'accounts', 'roles', 'search'],
  ...['messages', 'errors'],
];

/** Works for minutes, so that there is something to follow. */
export const DOCS: Part = {
  title: 'Write a page of docs for each part',
  body: `One short page each, in \`docs/\`: ${PAGES.join(', ')}.`,
  stepMs: 5_000,
  begin: [
    update(`I write ${PAGES.length} pages, one after the other.`),
    ...PAGES.flatMap((page, index) => [
      write(`docs/${page}.md`, `# ${page}\n\nWhat the shop knows of ${page}, and where that is kept.\n`),
      ...(index % 5 === 4 ? [update(`${index + 1} of ${PAGES.length} pages are written.`)] : []),
    ]),
    submit(`Each part has a page in \`docs/\`: ${PAGES.length} in all.`, {
      files_created: PAGES.map((page) => `docs/${page}.md`),
    }),
  ],
};

const RECEIPT = `import { total } from './orders.mjs';

/** What a customer gets with an order. */
export function receipt(order) {
  return 'Order ' + order.id + ': ' + total(order) + ' cents';
}
`;

/** Waits in the queue until the person has decided on something. */
export const RECEIPTS: Part = {
  title: 'Print receipts',
  body: 'A line for each order: its number and what it costs.',
  stepMs: 2_000,
  begin: [
    update('I write the receipt, then run the tests.'),
    write('receipt.mjs', RECEIPT),
    run('node test.mjs', 'Run the tests'),
    submit('`receipt(order)` says number and cost of an order.', { files_created: ['receipt.mjs'] }),
  ],
};

export const PARTS: readonly Part[] = [SPELLING, CSV, EUROS, OLD_PRICES, OLD_ORDERS, DOCS, RECEIPTS];
