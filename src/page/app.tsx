import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announcement } from './announce.ts';
import { signedIn } from './api.ts';
import { connection, keptMessages } from './live/connection.ts';
import { ConnectionBar } from './parts/connection-bar.tsx';
import { Icon, type IconName } from './parts/icons.tsx';
import { HelpDialog, startKeys } from './parts/keys.tsx';
import { lazy } from './parts/lazy.tsx';
import { LiveDot } from './parts/live-dot.tsx';
import { type Place, place } from './route.ts';
import { Home } from './views/home.tsx';
import { Projects } from './views/projects.tsx';
import { SignIn } from './views/sign-in.tsx';

const TABS: readonly {
  readonly view: string;
  readonly address: string;
  readonly name: string;
  readonly icon: IconName;
}[] = [
  { view: 'home', address: '#/', name: 'Home', icon: 'home' },
  { view: 'projects', address: '#/projects', name: 'Projects', icon: 'projects' },
  { view: 'queue', address: '#/queue', name: 'Queue', icon: 'queue' },
  { view: 'costs', address: '#/costs', name: 'Costs', icon: 'costs' },
  { view: 'channels', address: '#/channels', name: 'Channels', icon: 'channels' },
  { view: 'settings', address: '#/settings', name: 'Settings', icon: 'settings' },
];

const ProjectPage = lazy(() => import('./later-review.ts').then(({ ProjectPage: View }) => View));
const Queue = lazy(() => import('./later-rest.ts').then(({ Queue: View }) => View));
const SendPlan = lazy(() => import('./later-rest.ts').then(({ SendPlan: View }) => View));
const Costs = lazy(() => import('./later-rest.ts').then(({ Costs: View }) => View));
const Settings = lazy(() => import('./later-rest.ts').then(({ Settings: View }) => View));
const Channels = lazy(() => import('./later-rest.ts').then(({ Channels: View }) => View));

/** A view of each file that comes later: it is there before a person goes there, also where the connection is lost by then. */
const NEXT = [ProjectPage, Queue];

export function App() {
  useEffect(startKeys, []);
  useSignalEffect(() => {
    if (connection.value.state === 'live') for (const { preload } of NEXT) preload();
  });
  return (
    <>
      {signedIn.value === 'no' ? <SignIn /> : <SignedIn />}
      <div class="unseen" role="status" aria-live="polite">
        {announcement}
      </div>
    </>
  );
}

function SignedIn() {
  const { view } = place.value;
  // Who does not use channels is not shown that there are any.
  const hasChannels = view === 'channels' || keptMessages.value.newest !== null;
  const tabs = TABS.filter((tab) => tab.view !== 'channels' || hasChannels);
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <header class="top">
        <a class="brand" href="#/">
          Bridge
        </a>
        <LiveDot />
      </header>
      <nav class="tabs" aria-label="Views">
        {tabs.map((tab) => (
          <a
            key={tab.view}
            href={tab.address}
            {...(tab.view === view && { 'aria-current': 'page' as const })}
          >
            <Icon name={tab.icon} />
            <span>{tab.name}</span>
          </a>
        ))}
      </nav>
      <div class="body">
        <ConnectionBar />
        <Main />
      </div>
      <HelpDialog />
    </div>
  );
}

function skip(): void {
  document.getElementById('main')?.focus();
}

/** After going elsewhere a screen reader begins there, not at the top of the page. */
function Main() {
  const element = useRef<HTMLElement>(null);
  const here = place.value;
  const key = here.view === 'project' ? here.id : here.view;
  const before = useRef(key);
  useEffect(() => {
    if (before.current === key) return;
    before.current = key;
    element.current?.focus();
    scrollTo(0, 0);
  }, [key]);
  return (
    <main id="main" ref={element} tabIndex={-1}>
      <Shown here={here} />
    </main>
  );
}

function Shown({ here }: { readonly here: Place }) {
  if (here.view === 'project') return <ProjectPage key={here.id} id={here.id} round={here.round} />;
  if (here.view === 'channels') return <Channels channel={here.channel} message={here.message} />;
  const View = VIEWS[here.view];
  return <View />;
}

const VIEWS = {
  home: Home,
  projects: Projects,
  queue: Queue,
  costs: Costs,
  settings: Settings,
  send: SendPlan,
  nowhere: Nowhere,
} as const;

function Nowhere() {
  return (
    <section class="empty">
      <h1>There is nothing here</h1>
      <p>
        This address leads nowhere. <a href="#/">Go home</a>
      </p>
    </section>
  );
}
