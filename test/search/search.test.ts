import { describe, expect, it } from "vitest";
import { parseFilter } from "../../core/search/filter.ts";
import { search } from "../../core/search/search.ts";
import { parseSort } from "../../core/search/sort.ts";

interface Item {
  id: string;
  metrics?: Record<string, number>;
  params?: Record<string, string>;
  stages?: string[];
}

const ITEMS: Item[] = [
  { id: "a", metrics: { f1: 0.2 }, params: { depth: "10" }, stages: ["production", "staging"] },
  { id: "b", metrics: { f1: 0.9 }, params: { depth: "9" }, stages: [] },
  { id: "c", params: { depth: "none" }, stages: ["staging"] },
];

function found(filter: string, sort = "") {
  return search(
    ITEMS,
    ({ id, metrics, params, stages }) => ({
      attribute: (key) => (key === "name" ? id : stages),
      tag: () => undefined,
      metric: (key) => metrics?.[key],
      param: (key) => params?.[key],
    }),
    parseFilter(filter, filter.includes("params") ? "runs" : "catalog"),
    parseSort(sort, sort.includes("params") ? "runs" : "catalog"),
  ).map(({ id }) => id);
}

describe("a search", () => {
  it("compares metrics as numbers, and leaves out what has none", () => {
    expect(found("metrics.f1 > 0.1")).toEqual(["a", "b"]);
  });

  it("finds one of several values, and with != what has none of them", () => {
    expect(found("stage = 'staging'")).toEqual(["a", "c"]);
    expect(found("stage != 'production'")).toEqual(["b", "c"]);
    expect(found("stage NOT IN ('production', 'staging')")).toEqual(["b"]);
  });

  it("knows what is absent", () => {
    expect(found("params.depth IS NOT NULL")).toEqual(["a", "b", "c"]);
    expect(found("params.width IS NULL AND params.depth = '9'")).toEqual(["b"]);
  });

  it("orders numbers as numbers, before texts, and what has no value last in either direction", () => {
    expect(found("", "params.depth")).toEqual(["b", "a", "c"]);
    expect(found("", "f1")).toEqual(["a", "b", "c"]);
    expect(found("", "-f1")).toEqual(["b", "a", "c"]);
  });
});
