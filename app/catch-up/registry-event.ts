import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { Delivery } from "../intake/intake.ts";
import { foundEvent, type Search } from "./finding.ts";

const NOTHING = "0".repeat(40);

/**
 * A push of the registry by the App itself, once for each repository and process. The last process may have ended
 * before it did what follows from a stage that moved.
 */
export function registryEvent(search: Search): Delivery | undefined {
  const key = `registry:${search.installed.repository.id}`;
  if (search.knows(key)) return undefined;
  const push = { ref: REGISTRY_REF, before: NOTHING, after: NOTHING, deleted: false };
  return foundEvent(search, "push", key, { ...push, sender: { login: search.app.login } });
}
