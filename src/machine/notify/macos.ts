/** The call of osascript. Its script is constant: the texts are arguments (`man osascript`). It can replace nothing. */
import type { DesktopNotice, NotifyCall } from './call.ts';

const SCRIPT = [
  'on run argv',
  'display notification (item 2 of argv) with title (item 1 of argv)',
  'end run',
];

export function macosCall({ title, body }: DesktopNotice): NotifyCall {
  return {
    command: '/usr/bin/osascript',
    args: [...SCRIPT.flatMap((line) => ['-e', line]), '--', title, body],
  };
}
