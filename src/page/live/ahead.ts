/**
 * What a view will show, asked for before it is known that it will: what a person goes to is read in steps, each of which
 * would wait for the one before. Whatever happens meanwhile makes the answers worthless, and they are asked for again.
 */
import { useEffect } from 'preact/hooks';
import { type Answer, call, callText, signedIn } from '../api.ts';
import { onEvents } from './connection.ts';

const answers = new Map<string, Promise<Answer<unknown>>>();

interface Routes {
  readonly json?: readonly string[];
  readonly text?: readonly string[];
}

/** Asks for these as soon as this browser is signed in, and forgets them when whoever wants them is gone. */
export function useAhead({ json = [], text = [] }: Routes): void {
  useEffect(() => {
    const end = onEvents(() => answers.clear());
    const stop = signedIn.subscribe((state) => {
      if (state !== 'yes') return;
      for (const route of json) answers.set(route, call(`GET ${route}`));
      for (const route of text) answers.set(route, callText(`GET ${route}`));
    });
    return () => {
      stop();
      end();
      answers.clear();
    };
  }, [json.join(), text.join()]);
}

/** The answer that was asked for ahead, once; otherwise it is asked for now. */
export function aheadOr<T>(route: string, ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const begun = answers.get(route);
  answers.delete(route);
  return (begun as Promise<Answer<T>> | undefined) ?? ask();
}
