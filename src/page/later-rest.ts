/** What a person seldom opens: loaded as one file when it is first shown. Each file more would take a request of its own. */
export { PlanForm } from './plan/plan-form.tsx';
export { Channels } from './views/channels.tsx';
export { Costs } from './views/costs.tsx';
export { Queue } from './views/queue.tsx';
export { SendPlan } from './views/send.tsx';
