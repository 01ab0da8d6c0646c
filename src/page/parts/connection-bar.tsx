import { now } from '../browser-clock.ts';
import { isTyping } from '../drafts.ts';
import { connection, hasNewVersion, wakeUp } from '../live/connection.ts';
import { clockText } from '../time-text.ts';
import { Command } from './command.tsx';

/** After so long it is worth a look at the supervisor. */
const LONG_MS = 60_000;

/** Says that what is shown has become old: the connection, or the page itself. */
export function ConnectionBar() {
  const here = connection.value;
  if (hasNewVersion.value) return <NewVersion />;
  if (here.state !== 'lost') return null;
  const isLong = now.value - here.since > LONG_MS;
  return (
    <div class="bar" role="status">
      <p>
        Connection lost at {clockText(new Date(here.since).toISOString())}. What you see is from then. Trying
        again…
        {isLong && (
          <>
            {' '}
            Is the supervisor running? <Command line="bridge-supervisor status" />
          </>
        )}
      </p>
      <button type="button" onClick={wakeUp}>
        Try now
      </button>
    </div>
  );
}

function NewVersion() {
  if (!isTyping()) {
    location.reload();
    return null;
  }
  return (
    <div class="bar" role="status">
      <p>A new version is running. What you have typed is kept.</p>
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}
