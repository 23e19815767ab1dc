import type { AskedGate, Gate } from "../../schemas/gate.ts";
import type { BuiltinMetric } from "../../schemas/metric-spec.ts";
import type { ModelSpec, Task } from "../../schemas/model-spec.ts";
import type { Floor, Policy } from "../../schemas/policy.ts";
import { canonicalJson } from "../canonical.ts";
import type { Loosened } from "../gates/gate-kind.ts";
import { kindsOf } from "../gates/gate-kinds.ts";
import { minRows } from "../gates/min-rows.ts";
import { definitionOf } from "../metrics/definition.ts";
import { subject } from "./gate-rules.ts";
import type { Keys } from "./yaml.ts";

/** A gate that a model must pass at a stage, who asked for it, and where in that file. */
export interface EffectiveGate extends AskedGate {
  keys: Keys;
  /** The task whose models a floor is for. */
  task?: Task;
}

/** What the policy says of one model alone. */
export function overrideOf(policy: Policy, model: string): NonNullable<Policy["overrides"]>[string] {
  return (policy.overrides && Object.hasOwn(policy.overrides, model) ? policy.overrides[model] : undefined) ?? {};
}

/** What the policy says that a metric is, for one model, and where. */
export function policyMetric(
  policy: Policy,
  model: string,
  name: string,
): { metric: BuiltinMetric; keys: Keys } | undefined {
  const { metrics } = overrideOf(policy, model);
  const own = metrics && Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (own !== undefined) return { metric: own, keys: ["overrides", model, "metrics", name] };
  const general = policy.metrics && Object.hasOwn(policy.metrics, name) ? policy.metrics[name] : undefined;
  return general && { metric: general, keys: ["metrics", name] };
}

/**
 * The platform's floors for a model at a stage, or for `register`: those for every model, then those for this one. A floor
 * for one task holds for every model that the policy does not say is of another: a spec's own word frees from nothing.
 */
export function floorsFor(policy: Policy, model: string, stage: string): EffectiveGate[] {
  const own = overrideOf(policy, model);
  const floors = [
    ...gatesAt(policy.gates, stage, ["gates"]),
    ...gatesAt(own.gates, stage, ["overrides", model, "gates"]),
  ];
  return floors
    .filter(({ gate: { task } }) => task === undefined || (own.task ?? task) === task)
    .map(({ gate: { task, ...gate }, keys }) => {
      const means = policyMetric(policy, model, gate.metric)?.metric;
      return {
        ...{ gate, origin: "policy" as const, keys },
        ...(means && { definition: definitionOf(means, own.positive) }),
        ...(task && { task }),
      };
    });
}

/** What a decision is made from, and keeps. */
export function askedGate({ gate, origin, definition }: EffectiveGate): AskedGate {
  return { gate, origin, ...(definition && { definition }) };
}

/** Floors first, then the model's own gates; a gate of the model that says what a floor says already is left out. */
export function effectiveGates(
  policy: Policy,
  spec: Pick<ModelSpec, "gates">,
  model: string,
  stage: string,
): EffectiveGate[] {
  const floors = floorsFor(policy, model, stage);
  const said = new Set(floors.map((floor) => canonicalJson(floor.gate)));
  const own = gatesAt(spec.gates, stage, ["gates"])
    .filter(({ gate }) => !said.has(canonicalJson(gate)))
    .map(({ gate, keys }) => ({ gate, origin: "spec" as const, keys }));
  return [...floors, ...own];
}

function gatesAt(
  gates: Readonly<Record<string, Floor[]>> | undefined,
  stage: string,
  base: Keys,
): { gate: Floor; keys: Keys }[] {
  const list = gates !== undefined && Object.hasOwn(gates, stage) ? (gates[stage] ?? []) : [];
  return list.map((gate, i) => ({ gate, keys: [...base, stage, i] }));
}

/**
 * What of a model's gate is weaker than a floor on the same number and of the same kind; undefined if the gate is as
 * strict in every respect, or speaks of something else.
 */
export function loosened(gate: Gate, floor: Gate): Loosened | undefined {
  if (subject(gate) !== subject(floor)) return undefined;
  const [kind] = kindsOf(floor);
  const weaker = kind === undefined ? "other" : kind.loosened(gate, floor);
  if (weaker === "other") return undefined;
  if (weaker !== undefined) return weaker;
  if (floor.confidence !== undefined && (gate.confidence ?? 0) < floor.confidence) {
    return { key: "confidence", expected: `confidence: ${floor.confidence} or more` };
  }
  const rows = minRows(floor);
  if (minRows(gate) < rows) return { key: "min-rows", expected: `min-rows: ${rows} or more` };
  return undefined;
}
