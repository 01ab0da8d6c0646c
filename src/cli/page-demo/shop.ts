/** The folder that the work of the page's demo is done in: a small program with a test and a check of its style. */

export const WORKSPACE = 'shop';

const PRICES = `/** What is sold, in cents. */
export const PRICES = { tea: 450, coffee: 700, honey: 925 };

/** A price as a customer reads it. */
export function priceText(cents) {
  return String(cents);
}
`;

const ORDERS = `import { PRICES } from './prices.mjs';

export const ORDERS = [
  { id: 1, items: ['tea', 'honey'] },
  { id: 2, items: ['coffee'] },
  { id: 3, items: [] },
];

/** What an order costs, in cents. */
export function total(order) {
  return order.items.reduce((sum, item) => sum + PRICES[item], 0);
}
`;

const ORDERS_TEST = `import { ORDERS, total } from './orders.mjs';

export default {
  'an order costs what its items cost': () => total(ORDERS[0]) === 1375,
  'an empty order costs nothing': () => total(ORDERS[2]) === 0,
};
`;

/** Runs in any shell, and needs nothing but Node. */
const TEST = `// Runs every case of every *.test.mjs, and says which is wrong.
import { readdirSync } from 'node:fs';

let [passed, failed] = [0, 0];
for (const file of readdirSync('.').filter((name) => name.endsWith('.test.mjs')).sort()) {
  const { default: cases } = await import('./' + file);
  for (const [name, isRight] of Object.entries(cases)) {
    const ok = isRight() === true;
    console.log((ok ? '\\u001b[32m✓\\u001b[0m ' : '\\u001b[31m✗\\u001b[0m ') + file + ': ' + name);
    if (ok) passed += 1;
    else failed += 1;
  }
}
console.log(passed + ' passed, ' + failed + ' failed');
process.exitCode = failed === 0 ? 0 : 1;
`;

const LINT = `// What nobody means to ship.
import { readdirSync, readFileSync } from 'node:fs';

let problems = 0;
for (const file of readdirSync('.').filter((name) => name.endsWith('.mjs'))) {
  if (file === 'lint.mjs' || file === 'test.mjs') continue;
  readFileSync(file, 'utf8').split('\\n').forEach((line, index) => {
    if (!line.includes('console.log(')) return;
    console.log(file + ':' + (index + 1) + '  unexpected console.log');
    problems += 1;
  });
}
console.log(problems + (problems === 1 ? ' problem' : ' problems'));
process.exitCode = problems === 0 ? 0 : 1;
`;

/** What is in the folder before the work. */
export const FILES = {
  'README.md': '# Shop\n\nPrices and orders of a smal shop.\n',
  'prices.mjs': PRICES,
  'orders.mjs': ORDERS,
  'orders.test.mjs': ORDERS_TEST,
  'test.mjs': TEST,
  'lint.mjs': LINT,
};

/** Keys of the workspace in config.json. */
export const SETTINGS = {
  checks: [
    { name: 'test', run: 'node test.mjs' },
    { name: 'lint', run: 'node lint.mjs' },
  ],
  check_inputs: ['test.mjs', 'lint.mjs'],
  repairs: 1,
};

/** The other keys. */
export const CONFIG = {
  allowed_tools: ['Bash(node *)'],
  // One is asked for an answer, one works for minutes, and two go their way beside them.
  concurrency: 4,
  // So many wait for a person when all is there, and what is left in the queue waits for a decision.
  max_unreviewed: 3,
  budget: { day_usd: 50, month_usd: 500 },
};
