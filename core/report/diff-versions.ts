import type { DataSet } from "../../schemas/data-record.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Params } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";
import { isNumber, own } from "../gates/gate-evidence.ts";
import { NumberText, readParams, type WrittenJson } from "../json-text.ts";
import { type MetricTrend, pairTrend, readingOf } from "./metric-words.ts";
import { scalarMetrics, scalarPairs } from "./scalar-metrics.ts";

/** What two versions are compared by: a Manifest, or a RunResult that may become one. */
export interface Side {
  version?: number | undefined;
  fingerprint: string;
  source: { commit?: string | undefined; spec_blob?: string | undefined };
  params: Params;
  seed: number;
  data?: { train?: DataSet | undefined; test: DataSet } | undefined;
  environment: Manifest["environment"];
  artifact?: { sha256: string; size: number } | undefined;
  evaluation?: Evaluation | undefined;
}

/** `from` or `to` is absent if only the other side has it. */
export interface Difference {
  name: string;
  from?: string | undefined;
  to?: string | undefined;
}

export interface MetricChange {
  metric: string;
  from: number | null;
  to: number | null;
  /** to − from; null if a side has no value. */
  difference: number | null;
  /** By the values alone; where they are in steps, by what the two versions' own comparison says clearly. */
  reading: MetricTrend;
}

/** What names a state without saying anything of it: told where somebody looks closer. */
export const DIGESTS: readonly string[] = ["fingerprint", "spec (blob)", "artifact"];

export interface VersionDiff {
  from: number | undefined;
  to: number | undefined;
  /** Fingerprints are equal: nothing that training depends on has changed. */
  same: boolean;
  params: Difference[];
  data: Difference[];
  /** Commits, spec and artifact. */
  code: Difference[];
  environment: Difference[];
  metrics: MetricChange[];
  /** Values of one or both are in steps. */
  stepped: boolean;
  /** Both were measured on the same test rows. */
  sameTest: boolean;
}

/** What changed from one version to another: params by key, data by digest and rows, code, environment, metrics. */
export function diffVersions(from: Side, to: Side): VersionDiff {
  const tests = [from, to].map((side) => side.evaluation?.test.sha256);
  return {
    from: from.version,
    to: to.version,
    same: from.fingerprint === to.fingerprint,
    params: changes(params(from), params(to)),
    data: changes(data(from, to), data(to, from)),
    code: changes(code(from, to), code(to, from)),
    environment: changes(environment(from), environment(to)),
    metrics: metricChanges(from, to),
    stepped: [from, to].some((side) => side.evaluation?.values === "steps"),
    sameTest: tests[0] !== undefined && tests[0] === tests[1],
  };
}

type Facts = Record<string, string>;

function params(side: Side): Facts {
  const facts = Object.entries(readParams(side.params)).map(([key, value]) => [key, textOnOneLine(value)] as const);
  return Object.fromEntries([...facts, ["(seed)", String(side.seed)]]);
}

/** Test rows by their files alone where one side scored the preview and the other did not: these are other rows of the same data. */
function data({ data }: Side, other: Side): Facts {
  const facts: Facts = {};
  const previews = [data, other.data].filter((each) => each?.test.part?.of === "preview");
  for (const role of ["train", "test"] as const) {
    const set = data?.[role];
    if (set === undefined) continue;
    facts[role] =
      role === "test" && previews.length === 1
        ? `files, sha256 ${digestOfFiles(set).slice(0, 12)}`
        : `${set.rows} rows, sha256 ${set.sha256.slice(0, 12)}`;
  }
  return facts;
}

function digestOfFiles({ files }: DataSet): string {
  const [first, ...others] = files.map((file) => file.sha256).sort();
  return first !== undefined && others.length === 0 ? first : sha256([first, ...others].join("\n"));
}

/** A spec's blob only where both sides have one: a run that is no version yet records none. */
function code({ source, fingerprint, artifact }: Side, other: Side): Facts {
  return {
    fingerprint: fingerprint.slice(0, 12),
    ...(source.commit === undefined ? {} : { commit: source.commit.slice(0, 12) }),
    ...(source.spec_blob === undefined || other.source.spec_blob === undefined
      ? {}
      : { "spec (blob)": source.spec_blob.slice(0, 12) }),
    ...(artifact === undefined ? {} : { artifact: `${artifact.size} bytes, sha256 ${artifact.sha256.slice(0, 12)}` }),
  };
}

function environment({ environment: { spec, locks, runtime } }: Side): Facts {
  return Object.fromEntries([
    ["platform", `${runtime.platform} ${runtime.arch}`],
    ...Object.entries(runtime.programs).map(([program, version]) => [program, version]),
    ...locks.map(({ path, sha256 }) => [path, `sha256 ${sha256.slice(0, 12)}`]),
    ...Object.entries(spec ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`environment.${key}`, textOnOneLine(value as WrittenJson)]),
  ]);
}

function changes(from: Facts, to: Facts): Difference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names
    .map((name) => ({ name, before: own(from, name), after: own(to, name) }))
    .filter(({ before, after }) => before !== after)
    .map(({ name, before, after }) => ({
      name,
      from: before,
      to: after,
    }));
}

function metricChanges(from: Side, to: Side): MetricChange[] {
  const [befores, afters] = [from, to].map(({ evaluation }) => new Map(scalarMetrics(evaluation?.metrics ?? {})));
  const names = [...new Set([...(befores?.keys() ?? []), ...(afters?.keys() ?? [])])];
  const [forward, backward] = [pairsWith(from, to), pairsWith(to, from)];
  return names.map((metric) => {
    const [before, after] = [befores?.get(metric), afters?.get(metric)];
    const [a, b] = [before?.value ?? null, after?.value ?? null];
    const difference = isNumber(a) && isNumber(b) ? b - a : null;
    const directions = [before?.greater_is_better, after?.greater_is_better];
    const direction = directions[0] === directions[1] ? directions[0] : undefined;
    const plain = readingOf(a, b, direction);
    const isStepped = before?.step !== undefined || after?.step !== undefined;
    if (!isStepped || plain === "unknown") return { metric, from: a, to: b, difference, reading: plain };
    const [there, back] = [forward.get(metric), backward.get(metric)];
    const reading = there ? pairTrend(metric, there) : back ? reversed(pairTrend(metric, back)) : "unclear";
    return { metric, from: a, to: b, difference, reading };
  });
}

/** What a side was compared with another in, if it was. */
function pairsWith(baseline: Side, { evaluation }: Side) {
  const { version } = baseline;
  const found = evaluation?.comparisons.find((each) => version !== undefined && each.version === version);
  return new Map(found && evaluation ? scalarPairs(found.metrics, evaluation.metrics) : []);
}

function reversed(trend: MetricTrend): MetricTrend {
  if (trend === "better") return "worse";
  return trend === "worse" ? "better" : trend;
}

/** A value on one line as YAML writes it, keys in order: `[bill_length_mm, island]`. A text that looks like another kind is quoted. */
export function textOnOneLine(value: WrittenJson, inside = false): string {
  if (value instanceof NumberText) return value.text;
  if (typeof value === "string")
    return (inside ? PLAIN.test(value) : !OTHER_KIND.test(value)) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => textOnOneLine(each, true)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{ ${entries.map(([key, each]) => `${textOnOneLine(key, true)}: ${textOnOneLine(each, true)}`).join(", ")} }`;
}

const OTHER_KIND = /^(?:true|false|null|~|[[{"].*|[-+.]?\d[\d_.e+-]*)?$/is;
const PLAIN = /^(?!(?:true|false|null)$)[A-Za-z_][\w.-]*$/;
