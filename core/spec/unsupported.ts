import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";
import { dataUri } from "./data-uri.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { locationKind } from "./paths.ts";
import type { Keys, YamlFile } from "./yaml.ts";

type At = Pick<YamlFile, "position"> & { path: string };

interface HereOptions {
  /** The person said --here: run it on this machine, whatever `runs-on` asks for. */
  here?: boolean;
  /** User code gets a machine of its own, which starts the container that `image` names. */
  containers?: boolean;
}

/**
 * What a spec asks for and this machine cannot honour: nothing that was asked is ignored. The commands that run something
 * refuse it; `check` shows it as warnings.
 */
export function unsupportedSpec(spec: ModelSpec, at: At, options: HereOptions = {}): Problem[] {
  const report = diagnosticsOf(at.path, at);
  const refuse = (keys: Keys, message: string, hint: string) => report.problem(keys, "UNSUPPORTED", message, { hint });
  if (spec.environment?.image !== undefined && !options.containers) {
    refuse(
      ["environment", "image"],
      "a container image needs a runner with containers",
      "run it on GitHub, or use environment.setup here",
    );
  }
  for (const role of ["train", "test", "source", "labels"] as const) {
    const said = spec.data[role];
    [said ?? []].flat().forEach((location, i) => {
      const unread = locationKind(location) === "uri" ? unreadUri(location) : undefined;
      if (unread === undefined) return;
      const { message, expected, hint } = unread;
      const keys = typeof said === "string" ? ["data", role] : ["data", role, i];
      report.problem(keys, "UNSUPPORTED", message, { expected, hint });
    });
  }
  if (options.here) return report.problems;
  for (const stage of ["train", "predict"] as const) {
    const runner = spec[stage]?.["runs-on"];
    if (runner === undefined) continue;
    refuse(
      [stage, "runs-on"],
      `${stage} asks for the runner ${[runner].flat().join(", ")}`,
      "add --here to run it on this machine",
    );
  }
  return report.problems;
}

function unreadUri(uri: string): Problem | undefined {
  try {
    dataUri(uri);
    return undefined;
  } catch (error) {
    if (error instanceof SlipwayError) return error.problems[0];
    throw error;
  }
}

/** As `unsupportedSpec`, for the policy. Approvals and roles are the promotion's to refuse: it knows what its host can identify. */
export function unsupportedPolicy(policy: Policy, at: At): Problem[] {
  const report = diagnosticsOf(at.path, at);
  for (const stage of ["train", "predict"] as const) {
    if ((policy.secrets?.[stage]?.length ?? 0) === 0) continue;
    report.problem(["secrets", stage], "UNSUPPORTED", `\`slipway run\` hands out no secrets to ${stage}`, {
      hint: "hand a variable on with environment.pass in the spec, or run it on GitHub",
    });
  }
  return report.problems;
}
