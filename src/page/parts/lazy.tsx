import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

/** A component whose code is loaded when it is first shown. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<{ readonly View: ComponentType<P> } | undefined>(undefined);
  const isMissing = signal(false);
  const begin = async () => {
    try {
      loaded.value = { View: await load() };
    } catch {
      isMissing.value = true;
    }
  };
  return function Lazy(props: P) {
    useEffect(() => {
      if (loaded.peek() === undefined) void begin();
    }, []);
    if (loaded.value) return <loaded.value.View {...props} />;
    return isMissing.value ? <Missing /> : <p class="loading quiet">Loading…</p>;
  };
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
