import type { Gate } from "../../schemas/gate.ts";
import { MEASURED_METRICS, type MetricSpec } from "../../schemas/metric-spec.ts";
import type { Floor } from "../../schemas/policy.ts";
import { GATE_KINDS, kindsOf } from "../gates/gate-kinds.ts";
import type { About, Diagnostics } from "./diagnostics.ts";
import { didYouMean } from "./near.ts";
import type { Keys } from "./yaml.ts";

/** What a model offers for its gates to name. */
interface Gateable {
  metrics: Readonly<Record<string, MetricSpec>>;
  slices: readonly string[];
}

export const isMeasured = (metric: string) => (MEASURED_METRICS as readonly string[]).includes(metric);

/** Rules that hold for gates wherever they are written: known stages, one kind each, no contradiction. */
export function checkGates(
  gates: Readonly<Record<string, readonly Floor[]>>,
  stages: readonly string[],
  report: Diagnostics,
  base: Keys,
  code: "SPEC_INVALID" | "POLICY_INVALID",
): void {
  for (const [stage, list] of Object.entries(gates)) {
    if (stage !== "register" && !stages.includes(stage)) {
      const known = ["register", ...stages];
      const about = { expected: known.join(", "), ...didYouMean(stage, known) };
      report.problem([...base, stage], code, `there is no stage ${stage}`, about, "key");
    }
    list.forEach((gate, i) => {
      const keys = [...base, stage, i];
      checkKind(gate, (key, message, about) =>
        report.problem(key === undefined ? keys : [...keys, key], code, message, about),
      );
      if (gate.versus !== undefined && !stages.includes(gate.versus)) {
        const about = { expected: stages.join(", "), ...didYouMean(gate.versus, stages) };
        report.problem([...keys, "versus"], code, `there is no stage ${gate.versus} to compare with`, about);
      }
      const opposite = list.slice(0, i).find((other) => contradicts(gate, other));
      if (opposite !== undefined) {
        report.problem(
          keys,
          code,
          `no version can pass: ${gate.metric} ${limits(gate)} contradicts ${limits(opposite)}`,
        );
      }
    });
  }
}

function checkKind(gate: Gate, problem: (key: keyof Gate | undefined, message: string, about?: About) => void): void {
  const kinds = kindsOf(gate);
  const found = kinds.flatMap((kind) => kind.problem(gate) ?? []);
  for (const { key, message, ...about } of found) problem(key, message, about);
  if (kinds.length === 0) {
    problem(undefined, "the gate asks nothing", { expected: GATE_KINDS.map(({ usage }) => usage).join(", or ") });
  } else if (kinds.length > 1 && found.length === 0) {
    const names = kinds.map(({ name }) => name).join(" or ");
    problem(undefined, `a gate is either ${names}`, { hint: "write two gates" });
  }
  if (!isMeasured(gate.metric)) return;
  for (const key of ["slice", "class", "confidence", "versus", "min-rows"] as const) {
    if (gate[key] !== undefined)
      problem(key, `${gate.metric} is measured once for the whole model: ${key} cannot be asked of it`);
  }
}

/** What a gate names has to be there in the model: its metric, its class, its slice's columns. */
export function checkGateNames(
  gate: Gate,
  model: Gateable,
  problem: (key: Keys, message: string, about?: About) => void,
): void {
  for (const column of Object.keys(gate.slice ?? {})) {
    if (model.slices.includes(column)) continue;
    const near = didYouMean(column, model.slices);
    problem(["slice", column], `${column} is not among the slices`, {
      expected: model.slices.length === 0 ? "a column that slices: names" : model.slices.join(", "),
      hint: near.hint ?? `add ${column} to slices:`,
    });
  }
  if (isMeasured(gate.metric)) return;
  const metric = Object.hasOwn(model.metrics, gate.metric) ? model.metrics[gate.metric] : undefined;
  if (metric === undefined) {
    const known = [...Object.keys(model.metrics), ...MEASURED_METRICS];
    problem(["metric"], `there is no metric ${gate.metric}`, {
      expected: known.join(", "),
      ...didYouMean(gate.metric, known),
    });
    return;
  }
  if ("metric" in metric && metric.metric === "confusion_matrix") {
    problem(["metric"], "confusion_matrix is a table, and no gate can be put on it", {
      expected: "a metric with one value",
    });
    return;
  }
  const perClass = "average" in metric && metric.average === "none";
  if (perClass && gate.class === undefined) {
    problem([], `${gate.metric} has a value for each class`, { expected: "class: the one that the gate is on" });
  } else if (!perClass && gate.class !== undefined) {
    problem(["class"], `${gate.metric} has one value for all classes`, {
      expected: "no class; or average: none in the metric",
    });
  }
}

/** Metric, class and slice: two gates with the same subject speak of the same number. */
export function subject(gate: Gate): string {
  const slice = Object.entries(gate.slice ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([gate.metric, gate.class ?? null, slice]);
}

function contradicts(a: Floor, b: Floor): boolean {
  if (subject(a) !== subject(b) || (a.task ?? b.task) !== (b.task ?? a.task)) return false;
  return (
    (a["at-least"] ?? -Infinity) > (b["at-most"] ?? Infinity) ||
    (b["at-least"] ?? -Infinity) > (a["at-most"] ?? Infinity)
  );
}

function limits(gate: Gate): string {
  return gate["at-least"] === undefined ? `at most ${gate["at-most"]}` : `at least ${gate["at-least"]}`;
}
