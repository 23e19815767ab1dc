import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { Delivery } from "../intake/intake.ts";
import { foundEvent, type Search } from "./finding.ts";

const NOTHING = "0".repeat(40);

/**
 * A push of the registry by the App itself, once for each repository and process: what follows from a stage that moved
 * may have been cut off by the end of the last process.
 */
export function registryEvent(search: Search): Delivery | undefined {
  const key = `registry:${search.installed.repository.id}`;
  if (search.knows(key)) return undefined;
  const push = { ref: REGISTRY_REF, before: NOTHING, after: NOTHING, deleted: false };
  return foundEvent(search, "push", key, { ...push, sender: { login: search.app.login } });
}
