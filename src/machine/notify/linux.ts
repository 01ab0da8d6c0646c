/** The call of notify-send, of libnotify (https://gitlab.gnome.org/GNOME/libnotify). It needs a session bus. */
import type { DesktopNotice, NotifyCall } from './call.ts';

/**
 * @param numbered Whether it is to print the number of the notification, and to take the place of an earlier one: known
 *   since libnotify 0.7.10.
 */
export function linuxCall(
  { title, body, replaces }: DesktopNotice,
  { numbered }: { readonly numbered: boolean },
): NotifyCall {
  const earlier = replaces !== null && /^\d+$/.test(replaces) ? [`--replace-id=${replaces}`] : [];
  const args = ['--app-name=bridge-supervisor', ...(numbered ? ['--print-id', ...earlier] : [])];
  return { command: 'notify-send', args: [...args, '--', title, asBody(body)] };
}

/** The number that it has printed. */
export function printedId(stdout: string): string | null {
  return /^\d+$/.exec(stdout.trim())?.[0] ?? null;
}

/**
 * The body is markup (https://specifications.freedesktop.org/notification-spec/latest/markup.html), and notify-send reads
 * escapes of C in it.
 */
function asBody(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\\', '\\\\');
}
