import type { Gates } from "../../schemas/gate.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Signer } from "../../schemas/signer.ts";
import { canonicalJson } from "../canonical.ts";
import { KEY_TYPES, parsePublicKey } from "../ssh/public-key.ts";
import { floorsFor, loosened } from "./floors.ts";
import { checkGateNames, checkGates, isMeasured } from "./gate-rules.ts";
import { didYouMean } from "./near.ts";
import { checkPassable } from "./pass-rules.ts";
import { repositoryPath } from "./paths.ts";
import type { Report } from "./report.ts";
import { keysText } from "./shape.ts";
import type { Keys, Position } from "./yaml.ts";

const DEFAULT_STAGES: readonly string[] = ["staging", "production"];
const DEFAULT_MODELS = "models";

export const stagesOf = (policy: Policy): readonly string[] => policy.stages ?? DEFAULT_STAGES;

/** The models folder, relative to the repository's root. */
export const modelsFolder = (policy: Policy): string =>
  repositoryPath("", policy.models ?? DEFAULT_MODELS) ?? DEFAULT_MODELS;

/** Rules within the policy. */
export function checkPolicy(policy: Policy, report: Report): void {
  const stages = stagesOf(policy);
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
  for (const stage of Object.keys(policy.approvals ?? {})) {
    if (stages.includes(stage)) continue;
    const about = { expected: stages.join(", "), ...didYouMean(stage, stages) };
    report.problem(["approvals", stage], "POLICY_INVALID", `there is no stage ${stage}`, about, "key");
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
  checkPassable(policy, report);
  checkSigners(policy.signers ?? [], report);
  const floors = (gates: Gates | undefined, base: Keys) => {
    checkGates(gates ?? {}, stages, report, base, "POLICY_INVALID");
    for (const [stage, list] of Object.entries(gates ?? {})) {
      list.forEach(({ metric }, i) => {
        if (isMeasured(metric) || Object.hasOwn(policy.metrics ?? {}, metric)) return;
        report.warning([...base, stage, i, "metric"], "POLICY_INVALID", `a model may call any function ${metric}`, {
          hint: `say what it must be under metrics: ${metric}: { metric: … }`,
        });
      });
    }
  };
  floors(policy.gates, ["gates"]);
  for (const [model, { gates }] of Object.entries(policy.overrides ?? {})) floors(gates, ["overrides", model, "gates"]);
}

function checkSigners(signers: readonly Signer[], report: Report): void {
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

/** A misspelt model would be without its floors, and nobody would know. `models` names every model there is. */
export function checkOverrides(policy: Policy, models: readonly string[], report: Report): void {
  for (const model of Object.keys(policy.overrides ?? {})) {
    if (models.includes(model)) continue;
    report.problem(
      ["overrides", model],
      "POLICY_INVALID",
      `there is no model ${model}`,
      didYouMean(model, models),
      "key",
    );
  }
}

/**
 * What a spec must hold for the policy's floors to mean something, and where it loosens one. `floorAt` says where a floor
 * stands in slipway.yaml.
 */
export function checkFloors(
  spec: ModelSpec,
  model: string,
  policy: Policy,
  floorAt: (keys: Keys) => Position,
  report: Report,
): void {
  const where = (keys: Keys) => {
    const { line, column } = floorAt(keys);
    return `slipway.yaml:${line}:${column}`;
  };
  const reported = new Set<string>();
  for (const stage of ["register", ...stagesOf(policy)]) {
    for (const floor of floorsFor(policy, model, stage)) {
      checkGateNames(floor.gate, { metrics: spec.metrics, slices: spec.slices ?? [] }, (keys, message, about) => {
        if (reported.has(message)) return;
        reported.add(message);
        const place = keys[0] === "slice" ? ["slices"] : ["metrics", floor.gate.metric];
        report.problem(
          place,
          "SPEC_INVALID",
          `the floor at ${where(floor.keys)} asks for ${floor.gate.metric}: ${message}`,
          {
            ...about,
            ...(keys[0] === "metric" ? { hint: `define ${floor.gate.metric} under metrics:` } : {}),
          },
        );
      });
      for (const [i, gate] of (spec.gates?.[stage] ?? []).entries()) {
        const weaker = loosened(gate, floor.gate);
        if (weaker === undefined) continue;
        const keys = ["gates", stage, i];
        report.problem(
          gate[weaker.key] === undefined ? keys : [...keys, weaker.key],
          "FLOOR_LOOSENED",
          `the gate is weaker than the floor at ${where(floor.keys)}`,
          {
            expected: weaker.expected,
            found: gate[weaker.key] === undefined ? `no ${weaker.key}` : `${weaker.key}: ${gate[weaker.key]}`,
            hint: "a model may tighten a floor: raise it, or leave the gate out, since the floor holds anyway",
          },
        );
      }
    }
  }
  for (const [name, floor] of Object.entries(policy.metrics ?? {})) {
    const own = Object.hasOwn(spec.metrics, name) ? spec.metrics[name] : undefined;
    const differs = Object.entries(floor).find(
      ([key, value]) =>
        own !== undefined &&
        canonicalJson((own as Record<string, unknown>)[key] ?? null) !== canonicalJson(value ?? null),
    );
    if (differs === undefined) continue;
    const [key, value] = differs;
    report.problem(
      ["metrics", name, key],
      "FLOOR_LOOSENED",
      `${keysText(["metrics", name])} is not what slipway.yaml says it is (${where(["metrics", name])})`,
      {
        expected: `${key}: ${JSON.stringify(value)}`,
        hint: `use the policy's definition, or give yours another name`,
      },
    );
  }
}
