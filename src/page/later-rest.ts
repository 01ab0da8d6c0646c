/** What else the first view does not need: loaded as one file, since each file more takes a request of its own. */
export { Markdown } from './parts/markdown.tsx';
export { PlanForm } from './plan/plan-form.tsx';
export { Channels } from './views/channels.tsx';
export { Costs } from './views/costs.tsx';
export { Queue } from './views/queue.tsx';
export { SendPlan } from './views/send.tsx';
export { Settings } from './views/settings.tsx';
