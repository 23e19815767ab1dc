import type { Gate } from "../../schemas/gate.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Policy } from "../../schemas/policy.ts";
import { canonicalJson } from "../canonical.ts";
import { subject } from "./gate-rules.ts";
import type { Keys } from "./yaml.ts";

/** A gate that a model must pass at a stage, who asked for it, and where in that file. */
export interface EffectiveGate {
  gate: Gate;
  origin: "spec" | "policy";
  keys: Keys;
}

/** The platform's floors for a model at a stage, or for `register`: those for every model, then those for this one. */
export function floorsFor(policy: Policy, model: string, stage: string): EffectiveGate[] {
  const own = policy.overrides && Object.hasOwn(policy.overrides, model) ? policy.overrides[model]?.gates : undefined;
  return [...gatesAt(policy.gates, stage, ["gates"]), ...gatesAt(own, stage, ["overrides", model, "gates"])].map(
    ({ gate, keys }) => ({ gate, origin: "policy" as const, keys }),
  );
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

function gatesAt(gates: ModelSpec["gates"], stage: string, base: Keys): { gate: Gate; keys: Keys }[] {
  const list = gates !== undefined && Object.hasOwn(gates, stage) ? (gates[stage] ?? []) : [];
  return list.map((gate, i) => ({ gate, keys: [...base, stage, i] }));
}

/**
 * What of a model's gate is weaker than a floor on the same number and of the same kind; undefined where the gate is as
 * strict in every respect, or speaks of something else.
 */
export function loosened(gate: Gate, floor: Gate): { key: keyof Gate; expected: string } | undefined {
  if (subject(gate) !== subject(floor)) return undefined;
  const weaker = thresholdLoosened(gate, floor);
  if (weaker === "other") return undefined;
  if (weaker !== undefined) return weaker;
  if (floor.confidence !== undefined && (gate.confidence ?? 0) < floor.confidence) {
    return { key: "confidence", expected: `confidence: ${floor.confidence} or more` };
  }
  const rows = minRows(floor);
  if (minRows(gate) < rows) return { key: "min-rows", expected: `min-rows: ${rows} or more` };
  return undefined;
}

type Loosened = { key: keyof Gate; expected: string };

function thresholdLoosened(gate: Gate, floor: Gate): Loosened | "other" | undefined {
  if (floor.versus !== undefined) {
    if (gate.versus !== floor.versus) return "other";
    // In the metric's direction: at least this much better, where a regression counts as less than nothing.
    const asked = change(gate);
    const least = change(floor);
    if (asked >= least) return undefined;
    const key = gate["min-improvement"] === undefined ? "max-regression" : "min-improvement";
    return {
      key,
      expected:
        floor["min-improvement"] === undefined
          ? `max-regression: ${-least} or less`
          : `min-improvement: ${least} or more`,
    };
  }
  const [gateLeast, floorLeast] = [gate["at-least"], floor["at-least"]];
  const [gateMost, floorMost] = [gate["at-most"], floor["at-most"]];
  const shares =
    (gateLeast !== undefined && floorLeast !== undefined) || (gateMost !== undefined && floorMost !== undefined);
  if (!shares) return "other";
  if (gateLeast !== undefined && floorLeast !== undefined && gateLeast < floorLeast) {
    return { key: "at-least", expected: `at-least: ${floorLeast} or more` };
  }
  if (gateMost !== undefined && floorMost !== undefined && gateMost > floorMost) {
    return { key: "at-most", expected: `at-most: ${floorMost} or less` };
  }
  return undefined;
}

const change = (gate: Gate) => gate["min-improvement"] ?? -(gate["max-regression"] ?? 0);

/** The default is 10 rows for a slice and 1 otherwise: see schemas/gate.ts. */
const minRows = (gate: Gate) => gate["min-rows"] ?? (gate.slice === undefined ? 1 : 10);
