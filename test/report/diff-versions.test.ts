import { describe, expect, it } from "vitest";
import { diffReport } from "../../core/report/diff-report.ts";
import { diffVersions } from "../../core/report/diff-versions.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { toTerminal } from "../../core/report/to-terminal.ts";
import type { Comparison } from "../../schemas/evaluation.ts";
import { comparison, evaluation, metric, pair, within } from "../gates/evidence.ts";
import { manifest } from "../promotion/records.ts";
import { runResult } from "./run-result.ts";

const before = manifest(1, {
  params: '{"depth":6,"names":["a"],"share":1.0,"trees":30}',
  evaluation: evaluation({ accuracy: metric(0.9), rmse: metric(5, { greater_is_better: false }) }),
});
const after = manifest(2, {
  fingerprint: "9".repeat(64),
  params: '{"lr":0.1,"names":["a"],"share":1,"trees":50}',
  data: { test: { sha256: "b".repeat(64), rows: 120, files: [] } },
  environment: {
    locks: [{ path: "package-lock.json", sha256: "c".repeat(64) }],
    runtime: { platform: "linux", arch: "x64", programs: { node: "v22.1.0" } },
  },
  evaluation: evaluation({ accuracy: metric(0.92), rmse: metric(6, { greater_is_better: false }), auc: metric(0.8) }),
});
const diff = diffVersions(before, after);

it("names params that changed, came and went, and no others", () => {
  expect(diff.params).toEqual([
    { name: "depth", from: "6" },
    { name: "lr", to: "0.1" },
    { name: "share", from: "1.0", to: "1" },
    { name: "trees", from: "30", to: "50" },
  ]);
});

it("tells a text from the number that it spells", () => {
  const [from, to] = ['{"a":"6","b":"true","c":"1.5 m"}', '{"a":6,"b":true,"c":"1.6 m"}'];
  expect(diffVersions(manifest(1, { params: from }), manifest(2, { params: to })).params).toEqual([
    { name: "a", from: '"6"', to: "6" },
    { name: "b", from: '"true"', to: "true" },
    { name: "c", from: "1.5 m", to: "1.6 m" },
  ]);
});

it("leaves a spec's blob out where a run that is no version yet records none", () => {
  const { code } = diffVersions(before, runResult());
  expect(code.map(({ name }) => name)).not.toContain("spec (blob)");
});

it("names data by digest and rows", () => {
  expect(diff.data).toEqual([
    { name: "test", from: "100 rows, sha256 aaaaaaaaaaaa", to: "120 rows, sha256 bbbbbbbbbbbb" },
  ]);
});

describe("test rows of which a version and a run score other parts", () => {
  const file = (sha256: string) => ({ path: "data/test.csv", sha256: sha256.repeat(64), size: 9 });
  const scored = (of: "preview" | "rest", rows: number, files = [file("f")]) => ({
    test: { sha256: String(rows % 10).repeat(64), rows, files, part: { of, share: 0.3 } },
  });
  const version = manifest(1, { data: scored("rest", 406) });

  it("are the same data", () => {
    expect(diffVersions(version, runResult({ data: scored("preview", 194) })).data).toEqual([]);
    const whole = manifest(1, { data: { test: { ...scored("rest", 600).test, part: undefined } } });
    expect(diffVersions(whole, runResult({ data: scored("preview", 194) })).data).toEqual([]);
  });

  it("are told by their files where these changed", () => {
    const changed = scored("preview", 190, [file("e")]);
    expect(diffVersions(version, runResult({ data: changed })).data).toEqual([
      { name: "test", from: "files, sha256 ffffffffffff", to: "files, sha256 eeeeeeeeeeee" },
    ]);
  });

  it("are told by their rows where the part is the same", () => {
    expect(diffVersions(version, manifest(2, { data: scored("rest", 500) })).data).toHaveLength(1);
  });
});

it("names programs and locks of the environment", () => {
  expect(diff.environment.map(({ name }) => name)).toEqual(["node", "package-lock.json"]);
});

it("reads metrics by their own direction", () => {
  expect(diff.metrics.map(({ metric, reading }) => [metric, reading])).toEqual([
    ["accuracy", "better"],
    ["rmse", "worse"],
    ["auc", "unknown"],
  ]);
});

describe("values in steps", () => {
  const side = (version: number, value: number, comparisons: Comparison[] = []) =>
    manifest(version, {
      evaluation: evaluation({ accuracy: metric(value, { step: 0.1 }) }, { values: "steps", comparisons }),
    });
  const compared = (low: number, high: number) => [
    comparison({ accuracy: pair(0.9, 0.8, { difference: { value: 0.1, step: 0.1, ...within(low, high) } }) }),
  ];
  const readings = (low: number, high: number) => {
    const [one, two] = [side(1, 0.8), side(2, 0.9, compared(low, high))];
    return [diffVersions(one, two), diffVersions(two, one)].map(({ metrics: [first] }) => first?.reading);
  };

  it("are read as the versions' own comparison reads them, either way round", () => {
    expect(readings(0, 0.2)).toEqual(["better", "worse"]);
    expect(readings(-0.1, 0.2)).toEqual(["unclear", "unclear"]);
  });

  it("are unclear where the two were never compared", () => {
    const found = diffVersions(side(1, 0.8), side(2, 0.9));
    expect(found.metrics[0]?.reading).toBe("unclear");
    expect(toTerminal(diffReport("penguins", found), { colour: false, width: 200 })).toMatch(/≈ unclear/);
  });
});

it("takes binary rounding for no change", () => {
  const side = (value: number) => manifest(1, { evaluation: evaluation({ accuracy: metric(value) }) });
  expect(diffVersions(side(0.3), side(0.1 + 0.2)).metrics[0]?.reading).toBe("same");
});

it("finds nothing between a version and itself", () => {
  const { same, params, data, code, environment } = diffVersions(before, before);
  expect({ same, changes: [...params, ...data, ...code, ...environment] }).toEqual({ same: true, changes: [] });
});

it("compares a run that is no version yet with one that is", () => {
  expect(diffVersions(before, runResult())).toMatchObject({ from: 1, to: undefined });
});

it("is shown on a page and in a terminal alike", () => {
  const report = diffReport("penguins", diff);
  for (const shown of [toMarkdown(report), toTerminal(report, { colour: false, width: 100 })]) {
    expect(shown).toContain("version 1 → version 2");
    expect(shown).toMatch(/trees.*30.*50/);
    expect(shown).toMatch(/accuracy.*0\.9.*0\.92.*\+0\.02.*▲\sbetter/);
  }
});
