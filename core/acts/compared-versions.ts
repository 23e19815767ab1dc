import type { Gate } from "../../schemas/gate.ts";
import type { StageName } from "../../schemas/names.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { Compared } from "../stages/run-source.ts";
import { evaluatedVersion } from "./registered.ts";

/** The version that reports compare with, where there is one. */
const PRODUCTION = "production";

/** What is live in the stages that a run is compared with: those that its gates name, and Production. */
export async function comparedVersions(
  snapshot: RegistrySnapshot,
  model: string,
  gates: readonly Pick<Gate, "versus">[],
): Promise<Compared> {
  const { [PRODUCTION]: production } = await liveVersions(snapshot, model, [PRODUCTION]);
  const named = gates.flatMap(({ versus }) => versus ?? []);
  const stages = [...new Set([...named, ...(production ? [PRODUCTION] : [])])];
  const live = await liveVersions(snapshot, model, stages);
  return { production, stages: stages.map((stage) => ({ stage, live: live[stage] })) };
}

/** What is live in stages, each version as decisions see it. */
export async function liveVersions(snapshot: RegistrySnapshot, model: string, stages: readonly StageName[]) {
  const record = await snapshot.model(model);
  const found = stages.map(async (stage) => {
    const version = record?.stages[stage]?.version;
    const live = version === undefined ? undefined : await evaluatedVersion(snapshot, model, version);
    return [stage, live?.manifest] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
