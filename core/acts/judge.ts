import type { Comparison, Evaluation } from "../../schemas/evaluation.ts";
import type { AskedGate, GateResult } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { StageName } from "../../schemas/names.ts";
import { checkGate } from "../gates/check-gate.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { askedGate } from "../spec/floors.ts";
import type { LoadedModel, Project } from "../spec/project.ts";
import { evaluatedVersion } from "./registered.ts";

/** The version that reports compare with, where there is one. */
const COMPARED = "production";

/** A gate in force, and the stage (or `register`) that asks it. */
export interface StageGate extends AskedGate {
  stage: StageName;
}

/** Every gate of a model: those of `register`, then each stage's; the policy's floors come first. */
export function gatesOf(project: Pick<Project, "stages" | "effectiveGates">, model: LoadedModel): StageGate[] {
  return ["register", ...project.stages].flatMap((stage) =>
    project.effectiveGates(model, stage).map((each) => ({ ...askedGate(each), stage })),
  );
}

/** The stages that a run is compared with: those that its gates name, and Production; and the version that is there. */
export async function comparedStages(
  snapshot: RegistrySnapshot,
  model: string,
  gates: readonly StageGate[],
): Promise<{ stages: StageName[]; baseline: Manifest | undefined }> {
  const live = (await snapshot.model(model))?.stages[COMPARED]?.version;
  const baseline = live === undefined ? undefined : (await evaluatedVersion(snapshot, model, live))?.manifest;
  const named = gates.flatMap(({ gate }) => gate.versus ?? []);
  return { stages: [...new Set([...named, ...(baseline ? [COMPARED] : [])])], baseline };
}

/** What each gate says, by stage. */
export function tryGates(
  gates: readonly StageGate[],
  evidence: { evaluation: Evaluation; comparisons: readonly Comparison[] },
): Record<StageName, GateResult[]> {
  const results: Record<StageName, GateResult[]> = {};
  for (const { stage, ...asked } of gates) {
    results[stage] = [...(results[stage] ?? []), checkGate(asked, evidence)];
  }
  return results;
}
