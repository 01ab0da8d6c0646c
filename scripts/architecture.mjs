// Draws the rooms of src/ into docs/architecture.md from what the files import. With --check it writes nothing and fails
// when the picture there is another one.

import './check-node.mjs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { files, roomOf } from '../test/house/source-files.ts';

const page = fileURLToPath(new URL('../docs/architecture.md', import.meta.url));
const [BEGIN, END] = ['<!-- picture: npm run docs -->', '<!-- end of picture -->'];

/** Room -> the rooms it imports. Single files of src/ are the ground that all stand on, and left out. */
function roomGraph() {
  const isRoom = (path) => path.includes('/');
  const graph = new Map();
  for (const { imports, room } of files.filter(({ path }) => isRoom(path))) {
    const to = graph.get(room) ?? graph.set(room, new Set()).get(room);
    for (const imported of imports.filter(isRoom)) if (roomOf(imported) !== room) to.add(roomOf(imported));
  }
  return graph;
}

/** How many rooms lie below, on the longest way down. */
function floorOf(room, graph) {
  return Math.max(0, ...[...graph.get(room)].map((below) => floorOf(below, graph) + 1));
}

/** Whether `to` is also reached through another room that `from` imports. */
function isReachedOtherwise(from, to, graph) {
  const reaches = (room) => room === to || [...graph.get(room)].some(reaches);
  return [...graph.get(from)].some((room) => room !== to && reaches(room));
}

function picture() {
  const graph = roomGraph();
  const floors = Map.groupBy([...graph.keys()].sort(), (room) => floorOf(room, graph));
  const byFloor = [...floors].sort(([a], [b]) => b - a);
  const lines = ['```mermaid', 'flowchart TD'];
  for (const [floor, rooms] of byFloor) {
    lines.push(`  subgraph floor${floor} ["floor ${floor}"]`);
    for (const room of rooms) lines.push(`    ${room}`);
    lines.push('  end');
  }
  for (const [, rooms] of byFloor)
    for (const from of rooms)
      for (const to of [...graph.get(from)].sort())
        if (!isReachedOtherwise(from, to, graph)) lines.push(`  ${from} --> ${to}`);
  lines.push('```', '', 'The same in words, every import between rooms:', '');
  for (const [floor, rooms] of byFloor)
    for (const room of rooms) lines.push(`- floor ${floor}: \`${room}\`${importsText(graph.get(room))}`);
  return lines.join('\n');
}

function importsText(rooms) {
  const names = [...rooms].sort().map((room) => `\`${room}\``);
  return names.length > 0 ? ` imports ${names.join(', ')}` : ' imports no room';
}

const text = await readFile(page, 'utf8');
const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
if (start < 0 || end < start) throw new Error(`docs/architecture.md must hold '${BEGIN}' and '${END}'`);
const drawn = `${text.slice(0, start + BEGIN.length)}\n${picture()}\n${text.slice(end)}`;
if (process.argv.includes('--check')) {
  if (drawn !== text) {
    console.error('docs/architecture.md shows other imports than src/ has. Run: npm run docs');
    process.exitCode = 1;
  }
} else await writeFile(page, drawn);
