import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Problem } from "../../schemas/problem.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import type { YamlFile } from "./yaml.ts";

/** GitHub's own labels, which start a machine that is thrown away: ubuntu-latest, ubuntu-24.04-arm, macos-15 … */
const HOSTED = /^(ubuntu|macos|windows)-(latest|slim|\d+(\.\d+)?)(-arm)?$/;

/** Whether every label is GitHub's own. */
export function isHosted(labels: string | readonly string[]): boolean {
  return [labels].flat().every((label) => HOSTED.test(label));
}

/**
 * What a spec asks for and a pull request from a fork does not get: anybody may open one, and its code must meet no machine
 * that others use after it, and no image that its author chose.
 */
export function forkProblems(spec: ModelSpec, at: Pick<YamlFile, "position"> & { path: string }): Problem[] {
  const report = diagnosticsOf(at.path, at);
  const hint =
    "Somebody with write access can push the branch to this repository and open the pull request from there.";
  for (const stage of ["train", "predict"] as const) {
    const labels = [spec[stage]?.["runs-on"] ?? []].flat();
    const other = labels.find((label) => !isHosted(label));
    if (other === undefined) continue;
    report.problem([stage, "runs-on"], "UNSUPPORTED", "A pull request from a fork runs on GitHub's own runners alone", {
      expected: "a label of GitHub's, as ubuntu-latest",
      found: other,
      hint,
    });
  }
  if (spec.environment?.image !== undefined) {
    report.problem(["environment", "image"], "UNSUPPORTED", "A pull request from a fork brings no container image", {
      expected: "no `environment.image`",
      hint,
    });
  }
  return report.problems;
}
