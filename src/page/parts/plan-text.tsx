import { Markdown } from './markdown.tsx';
import { Visible } from './text.tsx';

const FRONT_MATTER = /^---[^\S\n]*\n([\s\S]*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/;

/** A plan as it is read: its settings as they are written, and the rest as Markdown. */
export function PlanText({ markdown }: { readonly markdown: string }) {
  const [whole = '', settings] = FRONT_MATTER.exec(markdown) ?? [];
  return (
    <>
      {settings !== undefined && (
        <pre class="output">
          <Visible text={settings} />
        </pre>
      )}
      <Markdown text={markdown.slice(whole.length)} />
    </>
  );
}
