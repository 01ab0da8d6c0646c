/** Markdown of people and models as elements. There is no HTML: what looks like it is shown as text. */
import { lexer, type Token, type Tokens } from 'marked';
import type { ComponentChildren } from 'preact';
import { Visible } from './text.tsx';

/** Beyond it a text is shown as it is: to read it as Markdown would hold up the page. */
const MAX_MARKDOWN_CHARACTERS = 200_000;

export function Markdown({ text }: { readonly text: string }) {
  if (text.length > MAX_MARKDOWN_CHARACTERS)
    return (
      <pre class="output">
        <Visible text={text} />
      </pre>
    );
  return <div class="markdown">{blocks(lexer(text))}</div>;
}

function blocks(tokens: readonly Token[]): ComponentChildren {
  return tokens.map(block);
}

function block(token: Token): ComponentChildren {
  switch (token.type) {
    case 'space':
      return null;
    case 'heading':
      return <p class="markdown-heading">{inline(token.tokens)}</p>;
    case 'paragraph':
      return <p>{inline(token.tokens)}</p>;
    case 'text':
      return <span>{token.tokens ? inline(token.tokens) : <Visible text={token.text} />}</span>;
    case 'code':
      return (
        <pre>
          <code>
            <Visible text={token.text} />
          </code>
        </pre>
      );
    case 'blockquote':
      return <blockquote class="words">{blocks(token.tokens ?? [])}</blockquote>;
    case 'list':
      return <List list={token as Tokens.List} />;
    case 'table':
      return <Table table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    default:
      return (
        <p>
          <Visible text={token.raw} />
        </p>
      );
  }
}

function List({ list }: { readonly list: Tokens.List }) {
  const items = list.items.map((item, at) => (
    <li key={`${at}`}>
      {item.task && <span class="quiet">{item.checked ? '[x] ' : '[ ] '}</span>}
      {blocks(item.tokens.filter(({ type }) => type !== 'checkbox'))}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table }: { readonly table: Tokens.Table }) {
  return (
    <table>
      <thead>
        <tr>
          {table.header.map((cell, at) => (
            <th key={`${at}`}>{inline(cell.tokens)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, at) => (
          <tr key={`${at}`}>
            {row.map((cell, column) => (
              <td key={`${column}`}>{inline(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inline(tokens: readonly Token[] = []): ComponentChildren {
  return tokens.map(inlineOne);
}

function inlineOne(token: Token): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens)}</strong>;
    case 'em':
      return <em>{inline(token.tokens)}</em>;
    case 'del':
      return <s>{inline(token.tokens)}</s>;
    case 'codespan':
      return (
        <code>
          <Visible text={token.text} />
        </code>
      );
    case 'br':
      return <br />;
    case 'link':
      return <Link href={token.href}>{inline(token.tokens)}</Link>;
    case 'image':
      // Nothing is fetched from elsewhere.
      return <Visible text={token.raw} />;
    case 'text':
      return token.tokens ? inline(token.tokens) : <Visible text={token.text} />;
    case 'escape':
      return <Visible text={token.text} />;
    default:
      return <Visible text={token.raw} />;
  }
}

function Link({ href, children }: { readonly href: string; readonly children: ComponentChildren }) {
  if (!/^https?:\/\//i.test(href))
    return (
      <>
        {children} (<Visible text={href} />)
      </>
    );
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {children}
    </a>
  );
}
