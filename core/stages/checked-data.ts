import type { Violation } from "../../schemas/data-record.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { RunData, RunResult } from "../../schemas/run-result.ts";
import { classValue } from "../data/class-values.ts";
import type { PreparedData } from "../data/prepare.ts";
import { SlipwayError } from "../errors.ts";
import { missingClasses, refuseUnfitLabels } from "../metrics/labels-fit.ts";
import { metricPlaces } from "../metrics/refuse.ts";
import type { Value } from "../metrics/scored.ts";
import type { RunnableModel } from "./runnable-model.ts";

/**
 * Rejects data that breaks its spec's rules, with DATA_INVALID and each rule that it breaks; test data that training reads,
 * under whatever name, with the same; and labels that a metric cannot be
 * asked of, whatever is predicted, with METRIC_UNFIT at the metric's place.
 */
export function refuseInvalidData(
  prepared: Pick<PreparedData, "violations" | "seen" | "classes" | "testRows">,
  model: Pick<RunnableModel, "spec" | "path" | "position">,
): void {
  const { violations, seen, classes, testRows } = prepared;
  const { task, metrics, data } = model.spec;
  if (seen) {
    throw new SlipwayError("DATA_INVALID", `${seen.test} is both training and test data`, {
      expected: "test rows that training never saw",
      found: `the same bytes in ${seen.train}`,
      file: model.path,
      ...model.position?.(["data", "test"]),
    });
  }
  const [first] = violations;
  if (first === undefined) {
    const said = typeof data.label === "object" ? data.label.positive : undefined;
    const positive = said === undefined || !testRows.label ? undefined : classValue(String(said), testRows.label);
    if (classes) refuseUnfitLabels({ task, metrics, classes, positive, place: metricPlaces(model) });
    return;
  }
  const lines = violations.map(({ set, column, check, count, rows, expected, found }) => {
    const where = `${set}${column === undefined ? "" : `.${column}`}`;
    const ids = rows.length === 0 ? "" : ` in rows ${rows.join(", ")}${count > rows.length ? " …" : ""}`;
    return `${where}: ${check}: expected ${expected}, found ${found}${ids}`;
  });
  throw new SlipwayError("DATA_INVALID", `The data breaks ${lines.length} of the rules that its spec declares`, {
    found: lines.join("\n"),
    hint: violations.every(({ found }) => found.startsWith("no such column"))
      ? "Name the column under `data` as the file's header spells it, or mend the header."
      : "Mend the data, or change the rule under `data.columns` where it is the rule that is wrong.",
    file: model.path,
    ...model.position?.(ruleKeys(first, model.spec)),
  });
}

/** Where the spec says the rule. */
function ruleKeys({ check, column }: Violation, { data }: ModelSpec): (string | number)[] {
  if (check === "label" || check === "id" || check === "group") return ["data", check];
  if (check === "rows") return ["data", "rows"];
  if (column === undefined || !Object.hasOwn(data.columns ?? {}, column)) return ["data"];
  return ["data", "columns", column, ...(check === "type" || check === "missing" ? [] : [check])];
}

/** Classes that one set lacks, as a run's record has them: by name, where there are any. */
export function classGaps({
  classes,
}: Pick<PreparedData, "classes">): Pick<RunData, "untested_classes" | "untrained_classes"> {
  const { untested, untrained } = classes ? missingClasses(classes) : { untested: [], untrained: [] };
  const names = (values: readonly Value[]) => values.map((value) => String(value).slice(0, 200));
  return {
    ...(untested.length > 0 ? { untested_classes: names(untested) } : {}),
    ...(untrained.length > 0 ? { untrained_classes: names(untrained) } : {}),
  };
}

/** MLflow's model signature: the features' columns, and the predicted column in the label's declared type. */
export function modelSignature(
  spec: ModelSpec,
  { signature }: Pick<PreparedData, "signature">,
): NonNullable<RunResult["signature"]> {
  const { label } = spec.data;
  const column = typeof label === "object" ? label.column : label;
  const declared = column === undefined ? undefined : spec.data.columns?.[column]?.type;
  const type = spec.task === "regression" ? "double" : (declared ?? "string");
  return { inputs: signature.inputs, outputs: [{ name: "prediction", type }] };
}
