import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { PreparedData } from "../data/prepare.ts";
import { namesOfOwnMetrics } from "./recompute-from.ts";

/**
 * Whether what binds shows values in steps: where authors have a preview to look at, test labels are withheld, and no own
 * metric, which is user code, saw them.
 */
export function isInSteps({ test, remote }: Pick<PreparedData, "test" | "remote">, spec: ModelSpec): boolean {
  return test.part?.of === "rest" && remote && namesOfOwnMetrics(spec).length === 0;
}
