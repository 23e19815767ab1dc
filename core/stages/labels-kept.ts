import type { Evaluation } from "../../schemas/evaluation.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { PreparedData } from "../data/prepare.ts";
import type { RunSource } from "./run-source.ts";

/**
 * How far a run kept the test labels from user code. Sealed are those that `data.labels` names and that this host shows no job
 * with user code could open; what kept them from being that is said.
 */
export async function labelsKept(
  { data }: ModelSpec,
  { test, remote }: Pick<PreparedData, "test" | "remote">,
  source: Pick<RunSource, "whyNotSealed">,
): Promise<Pick<Evaluation, "labels" | "labels_reason">> {
  if (data.labels === undefined) return { labels: remote ? "withheld" : "reachable" };
  if (!remote) return { labels: "reachable", labels_reason: "data.labels names files of this repository" };
  const reason = await source.whyNotSealed((test.labels ?? []).map(({ path }) => path));
  return reason === undefined ? { labels: "sealed" } : { labels: "withheld", labels_reason: reason };
}
