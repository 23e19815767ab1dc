import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { PreparedData } from "../data/prepare.ts";
import { namesOfOwnMetrics } from "./recompute-from.ts";

/**
 * Whether values are shown in steps: always where `data.labels` keeps the labels apart, on the preview too, since exact values
 * of predictions that differ in a row tell its label; otherwise in what binds, where authors have a preview to look at, test
 * labels are withheld, and no own metric, which is user code, saw them.
 */
export function isInSteps(
  { test, remote }: Pick<PreparedData, "test" | "remote">,
  spec: ModelSpec,
  binding: boolean,
): boolean {
  if (spec.data.labels !== undefined) return true;
  return binding && test.part?.of === "rest" && remote && namesOfOwnMetrics(spec).length === 0;
}
