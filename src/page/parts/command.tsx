import { Fragment } from 'preact';

/** A command for the person's terminal. It breaks between its words alone: a name with a hyphen stays one. */
export function Command({ line }: { readonly line: string }) {
  return (
    <code>
      {line.split(' ').map((word, at) => (
        <Fragment key={`${at}`}>
          {at > 0 && ' '}
          <span class="unbroken">{word}</span>
        </Fragment>
      ))}
    </code>
  );
}
