import type { Column, ModelSpec } from "../../schemas/model-spec.ts";
import { isoTime } from "../iso-time.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkGateNames, checkGates, isMeasured } from "./gate-rules.ts";
import type { MetricRules } from "./metric-rules.ts";
import { checkMonitor } from "./monitor-rules.ts";
import { nearest } from "./near.ts";
import { locationKind, repositoryPath } from "./paths.ts";
import { foundText } from "./shape.ts";
import type { Keys } from "./yaml.ts";

/** What the shape cannot say: rules between the fields of one spec, in `folder`, and with the policy's stages. */
export function checkRules(
  spec: ModelSpec,
  folder: string,
  stages: readonly string[],
  rules: MetricRules,
  report: Diagnostics,
): void {
  checkDataSets(spec, report);
  checkLabels(spec, report);
  checkColumns(spec, report);
  checkPaths(spec, folder, report);
  checkMetrics(spec, rules, report);
  checkVariables(spec, report);
  checkServe(spec, report);
  checkMonitor(spec, rules, report);
  checkGates(spec.gates ?? {}, stages, report, ["gates"], "SPEC_INVALID");
  const offered = { metrics: spec.metrics, slices: spec.slices ?? [] };
  for (const [stage, gates] of Object.entries(spec.gates ?? {})) {
    gates.forEach((gate, i) => {
      checkGateNames(gate, offered, (keys, message, about) => {
        report.problem(["gates", stage, i, ...keys], "SPEC_INVALID", message, about);
      });
    });
  }
}

function checkDataSets({ data, task, train }: ModelSpec, report: Diagnostics): void {
  const problem = (keys: Keys, message: string, expected: string) =>
    report.problem(keys, "SPEC_INVALID", message, { expected }, "key");
  const either = "train and test; or source and split";
  if (data.source !== undefined || data.split !== undefined) {
    for (const key of ["train", "test"] as const) {
      if (data[key] !== undefined)
        problem(["data", key], `${key} cannot stand beside ${data.source ? "source" : "split"}`, either);
    }
    if (data.source === undefined) problem(["data", "split"], "split needs source", either);
    if (data.split === undefined) problem(["data", "source"], "source needs split", either);
  } else {
    if (data.test === undefined) problem(["data"], "data.test is missing", either);
    if (data.train === undefined && task !== "custom") problem(["data"], "data.train is missing", either);
  }
  if (task === "custom") return;
  if (train === undefined)
    problem(["task"], "train is missing", "train: { run: … }; only task: custom may leave it out");
  if (data.label === undefined)
    problem(["data"], "data.label is missing", "the column to predict; only task: custom may leave it out");
}

/** A request is a line of JSON, which brings no files along. */
function checkServe({ data, serve }: ModelSpec, report: Diagnostics): void {
  const named = Object.entries(data.columns ?? {}).find(([, { type }]) => type === "file")?.[0];
  if (serve === undefined || named === undefined) return;
  report.problem(["serve"], "UNSUPPORTED", `rows name files in the column ${named}, which a request cannot bring`, {
    expected: "columns without the type file, or no serve",
  });
}

/** Labels that stand apart are joined by id, and no user code sees them. */
function checkLabels({ data, metrics }: ModelSpec, report: Diagnostics): void {
  if (data.labels === undefined) return;
  const keys = ["data", "labels"];
  if (data.source !== undefined || data.split !== undefined) {
    const about = { expected: "train, test and labels", found: "labels beside source and split" };
    report.problem(keys, "UNSUPPORTED", "labels of rows that are split cannot stand apart", about, "key");
    return;
  }
  const problem = (place: Keys, message: string, expected: string, hint?: string) =>
    report.problem(place, "SPEC_INVALID", message, { expected, ...(hint === undefined ? {} : { hint }) }, "key");
  if (data.id === undefined) {
    problem(keys, "labels need data.id", "the column that names each row, in the test rows and in the labels' file");
  }
  if (data.label === undefined) problem(keys, "labels need data.label", "the label's column in the labels' file");
  for (const [name, metric] of Object.entries(metrics)) {
    if (!("run" in metric)) continue;
    problem(
      ["metrics", name],
      `${name} is a program of the model's, which would see labels that data.labels keeps from it`,
      "metrics of scikit-learn's alone beside data.labels",
      "Leave the metric out, or put the labels into the test rows.",
    );
  }
}

function checkColumns(spec: ModelSpec, report: Diagnostics): void {
  const { data } = spec;
  const columns = data.columns ?? {};
  const label = typeof data.label === "object" ? data.label.column : data.label;
  const named: [string, Keys][] = [
    ...(label === undefined
      ? []
      : [[label, typeof data.label === "object" ? ["data", "label", "column"] : ["data", "label"]] as [string, Keys]]),
    ...(["id", "group"] as const).flatMap((key): [string, Keys][] =>
      data[key] === undefined ? [] : [[data[key], ["data", key]]],
    ),
    ...(data.split !== undefined && "time" in data.split
      ? [[data.split.time, ["data", "split", "time"]] as [string, Keys]]
      : []),
    ...(spec.slices ?? []).map((column, i): [string, Keys] => [column, ["slices", i]]),
  ];
  for (const [column, keys] of named) {
    if (column === label && keys[1] !== "label" && keys[0] !== "slices") {
      report.problem(keys, "SPEC_INVALID", `${column} is the label already`, { expected: "another column" });
    }
    const near = Object.hasOwn(columns, column) ? undefined : nearest(column, Object.keys(columns));
    if (near !== undefined) {
      report.warning(keys, "SPEC_INVALID", `${column} is not among data.columns, which has ${near}`, {
        hint: `did you mean ${near}?`,
      });
    }
    // Row ids, classes and slices are written into reports.
    const shown = keys[1] === "id" || keys[1] === "label" || keys[0] === "slices";
    if (shown && Object.hasOwn(columns, column) && columns[column]?.sensitive) {
      const what = keys[0] === "slices" ? "a slice" : `the ${keys[1]}`;
      report.problem(keys, "SPEC_INVALID", `${column} is sensitive, and ${what}'s values are shown in reports`, {
        expected: "a column that is not sensitive",
      });
    }
  }
  for (const [name, column] of Object.entries(columns)) checkColumn(name, column, report);
  checkPositive(spec, label, report);
  checkClasses(spec, label, report);
  const { min = 0, max = Number.POSITIVE_INFINITY } = data.rows ?? {};
  if (min > max) report.problem(["data", "rows"], "SPEC_INVALID", `no data can pass: min ${min} is over max ${max}`);
}

function checkColumn(name: string, column: Column, report: Diagnostics): void {
  const keys = ["data", "columns", name];
  const bound = (key: "min" | "max"): number => {
    const value = column[key];
    const open = key === "min" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    if (value === undefined) return open;
    const isNumber = column.type === "long" || column.type === "double";
    const parsed = isNumber ? value : column.type === "datetime" ? (isoTime(String(value)) ?? Number.NaN) : Number.NaN;
    if (typeof parsed === "number" && !Number.isNaN(parsed) && isNumber === (typeof value === "number")) return parsed;
    const expected = isNumber
      ? "a number"
      : column.type === "datetime"
        ? 'a date in quotes, ISO 8601: "2026-01-31"'
        : `no ${key}: ${column.type} has no order here`;
    report.problem([...keys, key], "SPEC_INVALID", `${key} does not fit a ${column.type} column`, {
      expected,
      found: foundText(value),
    });
    return open;
  };
  if (bound("min") > bound("max")) {
    report.problem([...keys, "min"], "SPEC_INVALID", `no value can pass: min ${column.min} is over max ${column.max}`);
  }
  column["one-of"]?.forEach((value, i) => {
    if (fits(value, column.type)) return;
    report.problem([...keys, "one-of", i], "SPEC_INVALID", `${foundText(value)} cannot be in a ${column.type} column`, {
      hint: column.type === "string" ? "put it in quotes" : `write a ${column.type}`,
    });
  });
}

/** Whether a value written in YAML is one that a column of the type can hold. */
function fits(value: string | number | boolean, type: Column["type"]): boolean {
  if (type === "long") return typeof value === "number" && Number.isInteger(value);
  if (type === "double") return typeof value === "number";
  return typeof value === (type === "boolean" ? "boolean" : "string");
}

function checkPositive({ data }: ModelSpec, label: string | undefined, report: Diagnostics): void {
  const positive = typeof data.label === "object" ? data.label.positive : undefined;
  const column =
    label !== undefined && data.columns && Object.hasOwn(data.columns, label) ? data.columns[label] : undefined;
  if (positive === undefined || column === undefined) return;
  const keys = ["data", "label", "positive"];
  if (!fits(positive, column.type)) {
    const hint = column.type === "string" ? { hint: "put it in quotes" } : {};
    const about = { expected: `a value of type ${column.type}`, found: foundText(positive), ...hint };
    report.problem(keys, "SPEC_INVALID", `positive does not fit ${label}, a ${column.type} column`, about);
  } else if (column["one-of"] && !column["one-of"].includes(positive)) {
    const about = { expected: column["one-of"].map(foundText).join(", "), found: foundText(positive) };
    report.problem(keys, "SPEC_INVALID", `positive is not among what ${label} may be`, about);
  }
}

/** Classes are text, true or false, or whole numbers, as scikit-learn has them. */
function checkClasses({ task, data }: ModelSpec, label: string | undefined, report: Diagnostics): void {
  if (task !== "classification" || label === undefined || !Object.hasOwn(data.columns ?? {}, label)) return;
  const column = data.columns?.[label];
  if (column?.type !== "double") return;
  column["one-of"]?.forEach((value, i) => {
    if (typeof value !== "number" || Number.isInteger(value)) return;
    report.problem(["data", "columns", label, "one-of", i], "SPEC_INVALID", `${value} is no class`, {
      expected: "text, true or false, or a whole number",
      hint: "declare the label as { type: string } and quote its classes, or set task: regression",
    });
  });
}

function checkPaths(spec: ModelSpec, folder: string, report: Diagnostics): void {
  const require = (keys: Keys, path: string) => {
    if (repositoryPath(folder, path) !== undefined) return;
    report.problem(keys, "PATH_OUTSIDE", `${foundText(path)} is not a path inside the repository`, {
      expected: "a path relative to this file, with /, inside the repository and not in .git or .slipway",
    });
  };
  spec.code?.forEach((path, i) => {
    require(["code", i], path);
  });
  spec.environment?.lock?.forEach((path, i) => {
    require(["environment", "lock", i], path);
  });
  for (const role of ["train", "test", "source", "labels"] as const) {
    const said = spec.data[role];
    [said ?? []].flat().forEach((location, i) => {
      if (locationKind(location) !== "uri")
        require(typeof said === "string" ? ["data", role] : ["data", role, i], location);
    });
  }
}

function checkMetrics(spec: ModelSpec, rules: MetricRules, report: Diagnostics): void {
  for (const [name, metric] of Object.entries(spec.metrics)) {
    if (isMeasured(name)) {
      const about = { hint: "leave it out: gates may name it as it is" };
      report.problem(["metrics", name], "SPEC_INVALID", `${name} is measured by the platform`, about, "key");
    }
    const unfit = rules.checkMetricSpec(metric, {
      task: spec.task,
      label: spec.data.label,
      columns: spec.data.columns,
    });
    if (unfit === undefined) continue;
    const { message, ...about } = unfit;
    report.problem(["metrics", name], "METRIC_UNFIT", message, about);
  }
}

function checkVariables({ environment }: ModelSpec, report: Diagnostics): void {
  const names: [string, Keys][] = [
    ...Object.keys(environment?.env ?? {}).map((name): [string, Keys] => [name, ["environment", "env", name]]),
    ...(environment?.pass ?? []).map((name, i): [string, Keys] => [name, ["environment", "pass", i]]),
  ];
  for (const [name, keys] of names) {
    if (!/^SLIPWAY_/i.test(name)) continue;
    report.problem(
      keys,
      "SPEC_INVALID",
      `${name} is set by the platform`,
      { expected: "a name that does not start with SLIPWAY_" },
      "key",
    );
  }
}
