/** How a request finds what answers it. */
import { expect, test } from 'vitest';
import { RouteTable } from '../../src/http/route-table.ts';

function found(target: string, method = 'GET') {
  const table = new RouteTable<string>();
  table.add('GET', '/projects', 'list');
  table.add('GET', '/projects/:id', 'one');
  table.add('POST', '/projects/:id/approve', 'approve');
  table.add('GET', '/checks/:name{.+}', 'check');
  table.add('ALL', '/open/*', 'open');
  return table.find({ method, url: `http://127.0.0.1:7823${target}` });
}

test.each([
  ['GET', '/projects', 'list', {}],
  ['HEAD', '/projects', 'list', {}],
  ['GET', '/projects?q=/projects/a', 'list', {}],
  ['GET', '/projects/ab', 'one', { id: 'ab' }],
  ['GET', '/projects/a%2Fb%20c', 'one', { id: 'a/b c' }],
  ['GET', '/projects/%E0%A4', 'one', { id: '%E0%A4' }],
  ['GET', '/projects/%2525', 'one', { id: '%25' }],
  ['GET', '/projects/__proto__', 'one', { id: '__proto__' }],
  ['POST', '/projects/ab/approve', 'approve', { id: 'ab' }],
  ['GET', '/checks/a/b', 'check', { name: 'a/b' }],
  ['GET', '/checks/__proto__', 'check', { name: '__proto__' }],
  ['DELETE', '/open/a/b', 'open', {}],
])('a request %s %s is found as %s, with the parts of its path decoded', (method, target, name, params) => {
  expect(found(target, method)).toEqual({ target: name, params });
});

test.each([
  ['POST', '/projects'],
  ['GET', '/projects/'],
  ['GET', '/PROJECTS'],
  ['GET', '/__proto__'],
  ['GET', '/constructor'],
  ['constructor', '/projects'],
  ['GET', '/'],
])('a request %s %s of which nothing is in the table is not found', (method, target) => {
  expect(found(target, method)).toBeUndefined();
});

test('the route that was added first answers, of two that take a path', () => {
  const table = new RouteTable<string>();
  table.add('ALL', '/a/*', 'first');
  table.add('ALL', '/a/b', 'second');
  expect(table.find({ method: 'GET', url: 'http://localhost/a/b' })?.target).toBe('first');
});
