import { render } from 'preact';
import { App } from './app.tsx';
import { startTicking } from './browser-clock.ts';
import { startFollowing } from './live/connection.ts';
import { startRouting } from './route.ts';
import { beginSession, startSignIn } from './session.ts';

const root = document.getElementById('app');
if (root) {
  startTicking();
  startSignIn();
  startRouting();
  const ready = beginSession();
  render(<App />, root);
  void ready.then(startFollowing);
}
