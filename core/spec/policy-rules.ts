import { MEASURED_METRICS } from "../../schemas/metric-spec.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Signer } from "../../schemas/signer.ts";
import { SlipwayError } from "../errors.ts";
import { KEY_TYPES, parsePublicKey } from "../git/ssh/public-key.ts";
import { parseStore } from "../stores/address.ts";
import { checkDeploy } from "./deploy-rules.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkGateNames, checkGates, isMeasured } from "./gate-rules.ts";
import { checkMonitorPolicy } from "./monitor-rules.ts";
import { didYouMean } from "./near.ts";
import { checkPassable } from "./pass-rules.ts";
import { repositoryPath } from "./paths.ts";
import { checkRollout } from "./rollout-rules.ts";
import type { Keys } from "./yaml.ts";

const DEFAULT_STAGES: readonly string[] = ["staging", "production"];
const DEFAULT_MODELS = "models";

export const policyStages = (policy: Policy): readonly string[] => policy.stages ?? DEFAULT_STAGES;

/** Throws STAGE_UNKNOWN for a stage that the policy does not name. */
export function knownStage(policy: Policy, stage: string): void {
  const stages = policyStages(policy);
  if (stages.includes(stage)) return;
  throw new SlipwayError("STAGE_UNKNOWN", `There is no stage ${stage}`, {
    expected: `one of ${stages.join(", ")}, as slipway.yaml of the default branch names them`,
    found: stage,
    ...didYouMean(stage, stages),
  });
}

/** The models folder, relative to the repository's root. */
export const modelsFolder = (policy: Policy): string =>
  repositoryPath("", policy.models ?? DEFAULT_MODELS) ?? DEFAULT_MODELS;

/** Rules within the policy. */
export function checkPolicy(policy: Policy, report: Diagnostics): void {
  const stages = policyStages(policy);
  const folder = repositoryPath("", policy.models ?? DEFAULT_MODELS);
  if (folder === undefined || folder === "") {
    report.problem(["models"], "PATH_OUTSIDE", "models is not a folder inside the repository", {
      expected: "a relative path: models",
    });
  }
  stages.forEach((stage, i) => {
    if (stage === "register")
      report.problem(["stages", i], "POLICY_INVALID", "register is not a stage", {
        hint: "gates may name it as it is",
      });
    if (stages.indexOf(stage) < i) report.problem(["stages", i], "POLICY_INVALID", `${stage} stands twice`);
  });
  for (const [key, named] of Object.entries({ approvals: policy.approvals, promote: policy.promote }))
    for (const stage of Object.keys(named ?? {})) {
      if (stages.includes(stage)) continue;
      const about = { expected: stages.join(", "), ...didYouMean(stage, stages) };
      report.problem([key, stage], "POLICY_INVALID", `there is no stage ${stage}`, about, "key");
    }
  (policy.register?.imported ?? []).forEach((stage, i) => {
    const keys = ["register", "imported", i];
    if (!stages.includes(stage)) {
      const about = { expected: stages.join(", "), ...didYouMean(stage, stages) };
      report.problem(keys, "POLICY_INVALID", `there is no stage ${stage}`, about);
    } else if (stage === "production") {
      report.problem(keys, "POLICY_INVALID", "production takes evaluated versions alone", {
        hint: "name other stages: staging",
      });
    }
  });
  checkRollout(policy, stages, report);
  checkDeploy(policy.deploy ?? {}, stages, report);
  checkStores(policy, report);
  checkMonitorPolicy(policy, report);
  checkPassable(policy, report);
  checkSigners(policy.signers ?? [], report);
  checkFloorList(policy.gates, policy.metrics, ["gates"]);
  for (const [model, { gates, metrics }] of Object.entries(policy.overrides ?? {}))
    checkFloorList(gates, { ...policy.metrics, ...metrics }, ["overrides", model, "gates"]);

  /** A floor means what the policy says that its metric is: a name alone, any function could be given. */
  function checkFloorList(gates: Policy["gates"] = {}, metrics: Policy["metrics"] = {}, base: Keys): void {
    checkGates(gates, stages, report, base, "POLICY_INVALID");
    for (const [stage, list] of Object.entries(gates)) {
      list.forEach((gate, i) => {
        const keys = [...base, stage, i];
        if (!isMeasured(gate.metric) && !Object.hasOwn(metrics, gate.metric)) {
          const example = `metrics: { ${gate.metric}: { metric: accuracy_score } }`;
          report.problem([...keys, "metric"], "POLICY_INVALID", `the policy does not say what ${gate.metric} is`, {
            expected: [...Object.keys(metrics), ...MEASURED_METRICS].join(", "),
            hint: `say which function of scikit-learn it must be, as in ${example}`,
          });
          return;
        }
        const offered = { metrics, slices: Object.keys(gate.slice ?? {}) };
        checkGateNames(gate, offered, (key, message, about) => {
          report.problem([...keys, ...key], "POLICY_INVALID", message, about);
        });
      });
    }
  }
}

function checkSigners(signers: readonly Signer[], report: Diagnostics): void {
  const seen = new Set<string>();
  signers.forEach(({ key, "valid-after": after, "valid-before": before }, i) => {
    const parsed = parsePublicKey(key);
    if (parsed === undefined) {
      report.problem(["signers", i, "key"], "POLICY_INVALID", "the key is no SSH public key that can be read", {
        expected: KEY_TYPES,
        hint: "copy the line of its .pub file",
      });
    } else if (seen.has(parsed.fingerprint)) {
      report.problem(["signers", i, "key"], "POLICY_INVALID", `the key ${parsed.fingerprint} stands twice`);
    }
    if (parsed !== undefined) seen.add(parsed.fingerprint);
    if (after !== undefined && before !== undefined && before < after) {
      const keys = ["signers", i, "valid-before"];
      report.problem(keys, "POLICY_INVALID", "the key is valid at no moment", { expected: `later than ${after}` });
    }
  });
}

/**
 * A misspelt or renamed model would be without its floors, and nobody would know. `models` names those that are there,
 * `near` all that could be meant. One that a task alone is said of may be to come: a floor for another task holds for all models that are not named.
 */
export function checkOverrides(
  policy: Policy,
  models: readonly string[],
  near: readonly string[],
  report: Diagnostics,
): void {
  for (const [model, { task, ...others }] of Object.entries(policy.overrides ?? {})) {
    if (models.includes(model) || (task !== undefined && Object.keys(others).length === 0)) continue;
    report.problem(
      ["overrides", model],
      "POLICY_INVALID",
      `there is no model ${model}`,
      didYouMean(model, near),
      "key",
    );
  }
}

function checkStores({ artifacts, monitor }: Policy, report: Diagnostics): void {
  const rows = Object.entries(monitor?.rows ?? {});
  for (const [key, store, keys = key.split(".")] of [
    ["artifacts.store", artifacts?.store],
    ["monitor.requests.store", monitor?.requests?.store],
    ...rows.map(([model, place]) => ["monitor.rows", place, ["monitor", "rows", model]] as const),
  ] as const) {
    try {
      const { scheme } = parseStore(store, {}, key);
      if (key === "monitor.rows" && scheme === "oci")
        throw new SlipwayError("UNSUPPORTED", "rows to train on are files that a pattern can name", {
          expected: "file:///FOLDER/ or s3://BUCKET/FOLDER/",
          found: String(store).slice(0, 200),
        });
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const [{ expected, found, hint } = {}] = error.problems;
      report.problem(keys, error.code, error.message, { expected, found, hint });
    }
  }
}
