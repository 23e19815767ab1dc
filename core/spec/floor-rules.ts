import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Policy } from "../../schemas/policy.ts";
import { definitionOf, differingArgument } from "../metrics/definition.ts";
import type { About, Diagnostics } from "./diagnostics.ts";
import { type EffectiveGate, floorsFor, loosened, overrideOf, policyMetric } from "./floors.ts";
import { checkGateNames } from "./gate-rules.ts";
import type { MetricRules } from "./metric-rules.ts";
import { policyStages } from "./policy-rules.ts";
import { foundText, keysText } from "./shape.ts";
import type { Keys, Position } from "./yaml.ts";

interface FloorCheck {
  spec: ModelSpec;
  model: string;
  policy: Policy;
  /** Where a key of the policy stands, as `slipway.yaml:6:7`. */
  where(keys: Keys): string;
  report: Diagnostics;
}

/**
 * What a spec must hold for the policy's floors to mean something, and where it would make one easier than it reads. Each
 * problem stands in the spec and names the place in slipway.yaml.
 */
export function checkFloors(
  spec: ModelSpec,
  model: string,
  loaded: { policy: Policy; position(keys: Keys): Position },
  rules: MetricRules,
  report: Diagnostics,
): void {
  const { policy } = loaded;
  const where = (keys: Keys) => {
    const { line, column } = loaded.position(keys);
    return `slipway.yaml:${line}:${column}`;
  };
  const about: FloorCheck = { spec, model, policy, where, report };
  checkPinned(about);
  checkDefinitions(about);
  const told = new Set<string>();
  for (const stage of ["register", ...policyStages(policy)]) {
    for (const floor of floorsFor(policy, model, stage)) {
      for (const { keys, why, ...rest } of cannotDecide(floor, about, rules)) {
        const message = `the floor at ${where(floor.keys)} cannot be decided for ${model}: ${why}`;
        if (!told.has(why)) report.problem(keys, "FLOOR_UNDECIDABLE", message, rest);
        told.add(why);
      }
      checkLoosened(floor, stage, about);
    }
  }
}

/** What slipway.yaml says of this model is so. */
function checkPinned({ spec, model, policy, where, report }: FloorCheck): void {
  const { task, positive } = overrideOf(policy, model);
  const { label } = spec.data;
  const own = typeof label === "object" ? label.positive : undefined;
  if (task !== undefined && spec.task !== task) {
    const place = where(["overrides", model, "task"]);
    const about = { expected: `task: ${task}`, hint: "mend the spec, or what slipway.yaml says of this model" };
    report.problem(["task"], "FLOOR_LOOSENED", `slipway.yaml says that ${model} is of another task (${place})`, about);
  }
  if (positive === undefined || own === positive) return;
  const place = where(["overrides", model, "positive"]);
  const keys = own === undefined ? ["data", "label"] : ["data", "label", "positive"];
  report.problem(keys, "FLOOR_LOOSENED", `slipway.yaml says which class of ${model} is the positive one (${place})`, {
    expected: `positive: ${foundText(positive)}`,
    found: own === undefined ? "none" : foundText(own),
    hint: "mend the spec, or what slipway.yaml says of this model",
  });
}

/** A metric that the policy names is that function, with exactly those arguments. */
function checkDefinitions({ spec, model, policy, where, report }: FloorCheck): void {
  const { label } = spec.data;
  const positive = typeof label === "object" ? label.positive : undefined;
  const pinned = overrideOf(policy, model);
  for (const [name, own] of Object.entries(spec.metrics)) {
    const said = policyMetric(policy, model, name);
    if (said === undefined) continue;
    const expected = definitionOf(said.metric, pinned.positive);
    const found = "run" in own ? { function: "a command of one's own", arguments: {} } : definitionOf(own, positive);
    const differs = differingArgument(expected, found);
    if (differs === undefined) continue;
    const isPositive = differs.name === "pos_label" && !("pos_label" in own);
    const keys = isPositive && positive !== undefined ? ["data", "label", "positive"] : ["metrics", name, differs.name];
    const place = where(said.keys);
    const change =
      differs.name === "pos_label"
        ? `overrides: { ${model}: { positive: … } }`
        : `overrides: { ${model}: { metrics: { ${name}: … } } }`;
    report.problem(
      keys,
      "FLOOR_LOOSENED",
      `${keysText(["metrics", name])} is not what slipway.yaml says it is (${place})`,
      {
        expected: `${differs.name}: ${differs.expected}`,
        found: differs.found,
        hint: `write it as slipway.yaml does, give yours another name, or let slipway.yaml say it for this model: ${change}`,
      },
    );
  }
}

interface Undecidable extends About {
  keys: Keys;
  why: string;
}

/** Why a floor has no answer for a model, whatever its numbers. */
function cannotDecide(floor: EffectiveGate, about: FloorCheck, rules: MetricRules): Undecidable[] {
  const { spec, model, policy, where } = about;
  const { gate, task } = floor;
  if (task !== undefined && spec.task !== task) {
    const why = `it is for ${task}, and slipway.yaml does not say that ${model} is anything else`;
    const hint = `let slipway.yaml say so: overrides: { ${model}: { task: ${spec.task} } }`;
    return [{ keys: ["task"], why, expected: `task: ${task}`, found: spec.task, hint }];
  }
  const said = policyMetric(policy, model, gate.metric);
  const unfit = said && rules.checkMetricSpec(said.metric, asPinned(about));
  if (said && unfit) {
    const more = `overrides: { ${model}: { metrics: { ${gate.metric}: … } } }`;
    const hint = `${unfit.hint ?? ""} It is for slipway.yaml to say (${where(said.keys)}), for this model alone under ${more}; a floor for some models has a task:.`;
    return [{ keys: placeOf(spec, gate.metric), why: unfit.message, hint: hint.trim(), ...expectedOf(unfit) }];
  }
  const found: Undecidable[] = [];
  checkGateNames(gate, { metrics: spec.metrics, slices: spec.slices ?? [] }, (keys, message, more) => {
    found.push({
      keys: keys[0] === "slice" ? ["slices"] : ["metrics", gate.metric],
      why: message,
      ...more,
      ...(keys[0] === "metric" ? { hint: `define ${gate.metric} under metrics, as slipway.yaml does` } : {}),
    });
  });
  return found;
}

const expectedOf = ({ expected }: { expected?: string }) => (expected === undefined ? {} : { expected });
const placeOf = (spec: ModelSpec, metric: string): Keys =>
  Object.hasOwn(spec.metrics, metric) ? ["metrics", metric] : ["metrics"];

/** The model as the policy's metrics are asked of it: the positive class is the policy's. */
function asPinned({ spec, model, policy }: FloorCheck) {
  const { label, columns } = spec.data;
  const { positive } = overrideOf(policy, model);
  const column = typeof label === "object" ? label.column : label;
  const pinned = column === undefined ? undefined : { column, positive };
  return { task: spec.task, columns, ...(pinned && { label: pinned }) };
}

function checkLoosened(floor: EffectiveGate, stage: string, { spec, where, report }: FloorCheck): void {
  for (const [i, gate] of (spec.gates?.[stage] ?? []).entries()) {
    const weaker = loosened(gate, floor.gate);
    if (weaker === undefined) continue;
    const keys = ["gates", stage, i];
    const silent = gate[weaker.key] === undefined;
    report.problem(
      silent ? keys : [...keys, weaker.key],
      "FLOOR_LOOSENED",
      `the gate is weaker than the floor at ${where(floor.keys)}`,
      {
        expected: weaker.expected,
        found: silent ? `no ${weaker.key}` : `${weaker.key}: ${gate[weaker.key]}`,
        hint: silent
          ? "add it to the gate, or leave the gate out, since the floor holds anyway"
          : "a model may tighten a floor: raise it, or leave the gate out, since the floor holds anyway",
      },
    );
  }
}
