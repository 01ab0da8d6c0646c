/** Which view is shown at a place, and what can be done there. */
import type { ComponentType } from 'react';
import type { Place } from '../place.ts';
import { Channels } from './channels.tsx';
import { Costs } from './costs.tsx';
import { Home } from './home.tsx';
import { ProjectView } from './project.tsx';
import { Projects } from './projects.tsx';
import { Queue } from './queue.tsx';
import { RequestView } from './request.tsx';
import { RunView } from './run.tsx';
import type { ViewProps } from './view-props.ts';

const VIEWS: Readonly<
  Record<'home' | 'projects' | 'queue' | 'costs' | 'channels', ComponentType<ViewProps>>
> = {
  home: Home,
  projects: Projects,
  queue: Queue,
  costs: Costs,
  channels: Channels,
};

export function View({ place, ...size }: ViewProps & { readonly place: Place }) {
  if (place.view === 'project') return <ProjectView id={place.id} round={place.round} {...size} />;
  if (place.view === 'run') return <RunView id={place.id} project={place.project} {...size} />;
  if (place.view === 'request') return <RequestView id={place.id} {...size} />;
  const Shown = VIEWS[place.view];
  return <Shown {...size} />;
}

const HINTS: Readonly<Record<Place['view'], string>> = {
  home: 'j k: move  Enter: open  n: new plan  g p: projects  g q: queue',
  projects: 'j k: move  Enter: open  n: new plan  /: filter  Tab: which ones  Esc: back',
  queue: 'p: pause or resume  n: new plan  j k: move  Enter: open  Esc: back',
  costs: 'Esc: back',
  channels: 'Tab: pane  s: send  n: new  f: filter  i: inspect  space: stop  c: clear',
  project: 'a: approve  r: reject  s: message  n N: file  x: unfold  Esc: back',
  run: 'j k: scroll  PageUp PageDown: a page  End: follow  Home: beginning  Esc: back',
  request: 'j k: move  Enter: choose  Esc: back',
};

export function hintOf({ view }: Place): string {
  return HINTS[view];
}
