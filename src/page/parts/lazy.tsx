import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

export type Lazy<P> = ComponentType<P> & {
  /** Loads the code before it is shown. */
  readonly preload: () => void;
};

/**
 * A component whose code is loaded when it is first shown.
 *
 * @param Meanwhile What is shown until then.
 */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Meanwhile: ComponentType<P> = Loading,
): Lazy<P> {
  const loaded = signal<{ readonly View: ComponentType<P> } | undefined>(undefined);
  const isMissing = signal(false);
  let isUnderWay = false;
  const preload = async () => {
    if (isUnderWay || loaded.peek()) return;
    isUnderWay = true;
    isMissing.value = false;
    try {
      loaded.value = { View: await load() };
    } catch {
      isMissing.value = true;
    }
    isUnderWay = false;
  };
  function Shown(props: P) {
    useEffect(() => void preload(), []);
    if (loaded.value) return <loaded.value.View {...props} />;
    return isMissing.value ? <Missing /> : <Meanwhile {...props} />;
  }
  return Object.assign(Shown, { preload: () => void preload() });
}

function Loading() {
  return <p class="loading quiet">Loading…</p>;
}

/** The connection is lost, or the files are those of another version by now. */
function Missing() {
  return (
    <div class="loading">
      <p class="note note-bad" role="alert">
        This part of the page could not be loaded. What you have typed is kept.
      </p>
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}
