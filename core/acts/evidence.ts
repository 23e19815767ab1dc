import type { Comparison } from "../../schemas/evaluation.ts";
import type { AskedGate, Gate } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import { evaluateOptions } from "../metrics/evaluate-options.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { withVersionRows } from "../stages/version-rows.ts";
import { answers, compareWithStages, recomputeHere } from "./compare-versions.ts";
import type { Ports } from "./ports.ts";
import { modelOf } from "./project.ts";
import { runDependencies } from "./run.ts";

/** The comparisons that are on record while they answer the gates against what is live now; otherwise new ones. */
export async function evidence(
  ports: Ports,
  snapshot: RegistrySnapshot,
  manifest: Manifest,
  gates: readonly AskedGate[],
): Promise<Comparison[]> {
  // What was imported and not evaluated predicted nothing: there is nothing to compare.
  if (manifest.imported && !manifest.evaluation.binding) return [];
  const comparing = gates.map(({ gate }) => gate).filter((gate) => gate.versus !== undefined);
  const stages = [...new Set(comparing.flatMap((gate) => gate.versus ?? []))];
  const record = await snapshot.model(manifest.model);
  const liveIn = (stage: string) => record?.stages[stage]?.version;
  const later =
    comparing.length === 0
      ? []
      : await snapshot.list("comparison", manifest.model, (at) => at.version === manifest.version);
  const recorded = [...manifest.evaluation.comparisons, ...later.map(({ comparison }) => comparison)];
  const evaluatedLater = await Promise.all(stages.map((stage) => isHandedIn(snapshot, manifest.model, liveIn(stage))));
  const made = stages.map((stage, at) =>
    recorded.find(
      (each) =>
        // What was imported may have been evaluated once more since.
        !evaluatedLater[at] &&
        each.stage === stage &&
        each.version === liveIn(stage) &&
        each.predictions !== "unavailable" &&
        comparing.every((gate) => gate.versus !== stage || answers(each, gate)),
    ),
  );
  if (made.every((comparison) => comparison !== undefined)) return made;
  try {
    return await compareAgain(ports, snapshot, manifest, comparing, stages);
  } catch (error) {
    // A server has neither the data's machine nor its programs: what it cannot compare is for the pipeline to do.
    if (ports.runsUserCode || !(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return stages.map((stage, at) => made[at] ?? unavailable(stage, liveIn(stage), manifest, error.message));
  }
}

async function isHandedIn(snapshot: RegistrySnapshot, model: string, version: number | undefined): Promise<boolean> {
  return version !== undefined && (await snapshot.manifest(model, version))?.manifest.imported !== undefined;
}

async function compareAgain(
  ports: Ports,
  snapshot: RegistrySnapshot,
  manifest: Manifest,
  comparing: readonly Gate[],
  stages: readonly string[],
): Promise<Comparison[]> {
  const { model, evaluation } = manifest;
  const own = await modelOf(ports, manifest);
  const request = { model: own, manifest, signal: ports.signal };
  const options = evaluateOptions(own.spec, comparing);
  return withVersionRows(await runDependencies(ports), request, (rows) =>
    compareWithStages(
      ports,
      snapshot,
      model,
      stages,
      { ...rows, spec: own.spec, evaluation, recompute: recomputeHere(ports, rows) },
      options,
    ),
  );
}

function unavailable(stage: string, version: number | undefined, manifest: Manifest, reason: string): Comparison {
  const rows = manifest.evaluation.test.rows;
  if (version === undefined) return { stage, predictions: "none", rows: 0, metrics: {} };
  return { stage, version, predictions: "unavailable", reason, rows, metrics: {} };
}
