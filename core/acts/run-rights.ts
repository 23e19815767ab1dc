import type { Policy } from "../../schemas/policy.ts";

/** Where a run comes from, which says what it may do. */
export type Origin = "default-branch" | "same-repository" | "fork" | "merge-group";

/** Whether a run may take an earlier run's artifact, by the default branch's policy. */
export function mayReuse(policy: Policy, origin: Origin): boolean {
  return policy.register?.artifact === "reuse" && origin !== "fork";
}

/** Whether a run's bytes go to the durable store. A pull request's stay with its run. */
export function mayStore(origin: Origin): boolean {
  return origin === "default-branch";
}
