/** What a person does with channels: write into one, begin one, clear one, and look for words. */
import { clip } from '../../../terminal/text.ts';
import { type Keys, may, useTui } from '../../context.ts';
import { useAction } from '../../live/use-action.ts';

interface Options {
  readonly channel: string | undefined;
  readonly choose: (id: string) => void;
  readonly refresh: () => void;
  readonly words: string;
  readonly setWords: (words: string) => void;
}

export function useChannelActions({ channel, choose, refresh, words, setWords }: Options): Keys {
  const tui = useTui();
  const action = useAction();
  const cannot = (role: string) => () => tui.say(`For this the terminal needs the role ${role}.`, true);
  const write = (to: string) => {
    const draft = `channel ${to}`;
    const sender = tui.session?.name ?? 'terminal';
    const send = async (content: string) => {
      const answered = await action.run(
        'POST /api/send',
        { channel: to, sender, content },
        `Sent to ${clip(to, 60)}.`,
      );
      if (!answered?.ok) return;
      tui.drafts.delete(draft);
      choose(to);
      refresh();
    };
    tui.ask({
      kind: 'write',
      title: `Write into ${clip(to, 60)}`,
      label: `It is sent as ${sender}, word for word. Whoever reads the channel sees it.`,
      draft,
      onSend: (content) => void send(content),
    });
  };
  const begin = () =>
    tui.ask({
      kind: 'write',
      title: 'A new channel',
      label: 'Its name, such as shop:worker. It lives from its first message on, which you write next.',
      draft: 'new channel',
      isOneLine: true,
      onSend(name) {
        tui.drafts.delete('new channel');
        write(name.trim());
      },
    });
  const clear = (name: string) =>
    tui.ask({
      kind: 'confirm',
      about: [{ text: 'Whoever has not read its messages will not read them any more.', isDoubt: true }],
      question: `Delete all messages of ${clip(name, 60)}?`,
      onYes: () => void action.run('POST /api/clear', { channel: name }, 'Cleared.').then(refresh),
    });
  const filter = () => {
    tui.drafts.set('channel words', words);
    tui.ask({
      kind: 'write',
      title: 'Show messages that hold',
      label: 'In the message or its sender; upper and lower case are the same. Nothing: all of them.',
      draft: 'channel words',
      isOneLine: true,
      mayBeEmpty: true,
      onSend: (text) => setWords(text.trim()),
    });
  };
  const none = () => tui.say('There is no channel yet. n: begin one', true);
  return {
    s: may(tui, 'decide') ? () => (channel === undefined ? none() : write(channel)) : cannot('decide'),
    n: may(tui, 'decide') ? begin : cannot('decide'),
    c: may(tui, 'admin') ? () => (channel === undefined ? none() : clear(channel)) : cannot('admin'),
    f: filter,
    '/': filter,
  };
}
