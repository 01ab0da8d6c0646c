/** What each key does, once: the help is made of it. */

export interface KeyGroup {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, does: string])[];
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Everywhere',
    keys: [
      ['g then h', 'home'],
      ['g then p', 'projects'],
      ['g then q', 'queue, pause and resume'],
      ['g then c', 'costs'],
      ['g then n or m', 'channels, and their messages'],
      ['j k, arrows', 'the next, the one before; scrolls where there is none in sight'],
      ['PageUp PageDown', 'a page; Ctrl+U Ctrl+D half of one'],
      ['Home End', 'the beginning, the end'],
      ['Enter', 'open'],
      ['Esc', 'back'],
      ['R', 'fetch again, and try to connect at once'],
      ['?', 'this list'],
      ['q, Ctrl+C', 'quit; nothing that runs is touched'],
    ],
  },
  {
    title: 'A project',
    keys: [
      ['a', 'approve: shows the round and its checks first, then y'],
      ['r', 'reject: write what should change, Ctrl+S, then y'],
      ['', 'before the y: o another session, w allow something'],
      ['s', 'write a message to Claude'],
      ['m', 'amend the plan'],
      ['n N', 'the next file, the file before'],
      ['x', 'fold or unfold a file, a check, the plan'],
      ['+', 'read on in a long diff or output'],
      ['v', 'mark a file as seen'],
      ['e', 'what Claude asks, and your answer'],
      ['l', 'what the run does, live; End follows it again'],
      ['t', 'retry, where it is stuck, also with another budget'],
      ['X', 'cancel it for good: y after the question'],
    ],
  },
  {
    title: 'Lists',
    keys: [
      ['/ or f', 'filter by words'],
      ['Tab', 'projects: all, yours, under way, closed'],
      ['n', 'send a new plan'],
      ['p', 'queue: pause all, or resume'],
    ],
  },
  {
    title: 'A schedule, in the queue',
    keys: [
      ['Enter', 'its plan'],
      ['space', 'pause it, or resume'],
      ['r', 'run it now'],
      ['m', 'amend its plan'],
      ['o', 'open what it has made'],
      ['X', 'remove it for good'],
    ],
  },
  {
    title: 'Writing',
    keys: [
      ['Ctrl+S', 'go on; where one line is written, Enter'],
      ['Ctrl+O', 'write it with $VISUAL or $EDITOR'],
      ['Esc', 'back; what was written is kept until it was sent'],
    ],
  },
  {
    title: 'Channels',
    keys: [
      ['Tab Shift+Tab', 'channels, messages, inspector'],
      ['s', 'send a message'],
      ['n', 'a new channel'],
      ['c', 'clear the channel: y after the question'],
      ['f or /', 'filter by words'],
      ['i, Enter', 'inspect the message'],
      ['space', 'stop the feed, and let it go on'],
      ['r', 'fetch again'],
    ],
  },
];
