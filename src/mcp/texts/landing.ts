import { describeLandingPlan, type LandingPlan } from '../../project/landing-plan.ts';
import { cleanLine } from '../../project/text.ts';

/** What an approval does, for an answer about work that waits for one. */
export function landingFacts(landing: LandingPlan | undefined): { approval?: string } {
  return landing ? { approval: describeLandingPlan(landing, cleanLine) } : {};
}
