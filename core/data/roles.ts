import type { ModelSpec } from "../../schemas/model-spec.ts";
import { metricInfo } from "../metrics/catalog.ts";

/** The columns that slices are made of: the spec's, and those that its gates name. */
export function sliceColumns(spec: ModelSpec): string[] {
  const gates = Object.values(spec.gates ?? {}).flat();
  return [...new Set([...(spec.slices ?? []), ...gates.flatMap((gate) => Object.keys(gate.slice ?? {}))])];
}

export function labelColumn(spec: ModelSpec): string | undefined {
  const { label } = spec.data;
  return typeof label === "object" ? label.column : label;
}

/** The column that orders rows in time. */
export function timeColumn({ data: { split } }: ModelSpec): string | undefined {
  return split !== undefined && "time" in split ? split.time : undefined;
}

/** The columns whose values name something: the classes of a label, rows, groups, slices. */
export function identityColumns(spec: ModelSpec): string[] {
  const { data } = spec;
  const names = [labelOfClasses(spec), data.id, data.group, ...sliceColumns(spec)];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** The label's column, where its values are classes: a `custom` task's metrics say so. */
export function labelOfClasses(spec: ModelSpec): string | undefined {
  const { task, metrics } = spec;
  const classes =
    task === "classification" ||
    (task === "custom" &&
      Object.values(metrics).some(
        (metric) => !("run" in metric) && metricInfo(metric).tasks.includes("classification"),
      ));
  return classes ? labelColumn(spec) : undefined;
}
