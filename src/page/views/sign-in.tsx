import { Command } from '../parts/command.tsx';
import { signInProblem } from '../session.ts';

/** What a browser sees that is not signed in. */
export function SignIn() {
  const problem = signInProblem.value;
  return (
    <main class="sign-in">
      <h1>Bridge</h1>
      {problem ? (
        <p class="note note-bad" role="alert">
          {problem.code === 'not-signed-in'
            ? 'That link was used, or is older than 2 minutes. Make a new one.'
            : problem.detail}
        </p>
      ) : (
        <p>This browser is not signed in.</p>
      )}
      <p>On the machine:</p>
      <pre>
        <Command line="bridge-supervisor dashboard" />
      </pre>
      <p>For a phone, this shows a QR code:</p>
      <pre>
        <Command line="bridge-supervisor dashboard --phone" />
      </pre>
      <p class="quiet">
        The link that it prints signs one browser in, once. What you had typed here is kept.
      </p>
    </main>
  );
}
