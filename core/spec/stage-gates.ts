import type { StageGate } from "../gates/evaluate-gates.ts";
import { askedGate } from "./floors.ts";
import type { LoadedModel, Project } from "./project.ts";

/** Every gate of a model: those of `register`, then each stage's; the policy's floors come first. */
export function gatesOf(project: Pick<Project, "stages" | "effectiveGates">, model: LoadedModel): StageGate[] {
  return ["register", ...project.stages].flatMap((stage) =>
    project.effectiveGates(model, stage).map((each) => ({ ...askedGate(each), stage })),
  );
}
