import type { ModelName, VersionNumber } from "../../schemas/names.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { scalarMetrics } from "../report/scalar-metrics.ts";
import { evaluatedVersion } from "./registered.ts";

/** What was measured of a version's metrics, by name, to be told and not decided on; nothing where it has no number. */
export async function recordedValues(
  snapshot: RegistrySnapshot,
  model: ModelName,
  version: VersionNumber,
): Promise<ReadonlyMap<string, number>> {
  const found = await evaluatedVersion(snapshot, model, version);
  const all = scalarMetrics(found?.manifest.evaluation.metrics ?? {});
  return new Map(all.flatMap(([name, { value }]) => (isNumber(value) ? [[name, value] as const] : [])));
}
