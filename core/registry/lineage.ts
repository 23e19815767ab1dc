import type { Decision } from "../../schemas/decision.ts";
import type { Lineage } from "../../schemas/lineage.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { RegistrySnapshot } from "./registry.ts";

/** How many versions that were imported are looked past for the one that the platform made before. */
const LOOK_BACK = 100;

/** What a version came from; `decisions` are the model's, oldest first. */
export async function lineageOf(
  snapshot: RegistrySnapshot,
  manifest: Manifest,
  decisions: readonly Decision[],
): Promise<Lineage> {
  const { source, imported, artifact, artifact_from: from, data, version } = manifest;
  const parent = imported
    ? imported.origin && { ...imported.origin, how: "copy" as const }
    : await before(snapshot, manifest);
  const run = imported ? imported.run_id : source.run;
  const digest = ({ sha256, rows }: { sha256: string; rows: number }) => ({ sha256, rows });
  return {
    ...(imported
      ? { source: imported.source, run_link: imported.run_link }
      : { commit: source.commit, spec: source.spec }),
    ...(source.pull_request === undefined ? {} : { pull_request: source.pull_request }),
    ...(run === undefined ? {} : { run }),
    artifact: { ...(imported?.download === undefined ? { sha256: artifact.sha256 } : {}), from },
    data: imported ? {} : { ...(data.train && { train: digest(data.train) }), test: digest(data.test) },
    ...(parent === undefined ? {} : { parent }),
    replaced: decisions.flatMap(({ id, stage, outcome, replaces, decided_at: at, version: put }) =>
      outcome === "promoted" && put === version && replaces !== undefined
        ? [{ stage, version: replaces, at, decision: id }]
        : [],
    ),
  };
}

async function before(snapshot: RegistrySnapshot, { model, version }: Manifest): Promise<Lineage["parent"]> {
  for (let number = version - 1; number >= Math.max(1, version - LOOK_BACK); number -= 1) {
    const found = await snapshot.manifest(model, number);
    if (found && !found.manifest.imported) return { model, version: number, how: "retrained" };
  }
  return undefined;
}
