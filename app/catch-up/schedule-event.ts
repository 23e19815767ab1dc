import type { Delivery } from "../intake/intake.ts";
import { hasRollouts } from "../rollouts/under-way.ts";
import { foundEvent, type Search } from "./finding.ts";

/** A look at the rollouts of a repository, with each catch-up for as long as there is one under way. */
export function scheduleEvent(search: Search, now: Date): Delivery | undefined {
  const { id } = search.installed.repository;
  return hasRollouts(id) ? foundEvent(search, "schedule", `schedule:${id}:${now.getTime()}`, {}) : undefined;
}
