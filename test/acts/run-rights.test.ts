import { expect, it } from "vitest";
import { mayReuse, mayStore, type Origin } from "../../core/acts/run-rights.ts";
import type { Policy } from "../../schemas/policy.ts";

const POLICY: Policy = { slipway: 1 };
const REUSE: Policy = { slipway: 1, register: { artifact: "reuse" } };

it.each<[Origin, Policy, boolean, boolean]>([
  ["default-branch", POLICY, true, false],
  ["default-branch", REUSE, true, true],
  ["same-repository", POLICY, false, false],
  ["same-repository", REUSE, false, true],
  ["merge-group", REUSE, false, true],
  ["fork", REUSE, false, false],
])("lets a run from %s under %j store: %s, reuse: %s", (origin, policy, stores, reuses) => {
  expect([mayStore(origin), mayReuse(policy, origin)]).toEqual([stores, reuses]);
});
