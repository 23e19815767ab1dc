import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOrder, parseOrder } from "../../core/search/order.ts";
import { formatSort, parseSort } from "../../core/search/sort.ts";

describe("a sort", () => {
  it("comes back from its own words", () => {
    const key = fc.oneof(
      fc.constantFrom("attributes.start_time" as const, "attributes.model" as const),
      fc
        .tuple(
          fc.constantFrom("metrics", "params", "tags"),
          fc.stringMatching(/^[A-Za-z][A-Za-z0-9_., /-]{0,8}[A-Za-z0-9]$/),
        )
        .map(([word, name]) => `${word}.${name}` as const),
    );
    const order = fc.uniqueArray(fc.record({ key, ascending: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
      selector: (each) => each.key,
    });
    fc.assert(
      fc.property(order, (asked) => {
        expect(parseSort(formatSort(asked as never, "runs"), "runs").slice(0, asked.length)).toEqual(asked);
      }),
    );
  });

  it.each([
    ["-accuracy", ["metrics.accuracy DESC"]],
    ["accuracy,-start_time", ["metrics.accuracy ASC", "attributes.start_time DESC"]],
    ["params.depth", ["params.depth ASC"]],
    ["-`f1, macro`", ["metrics.`f1, macro` DESC"]],
    ["metrics.model", ["metrics.model ASC"]],
    ["", ["attributes.start_time DESC"]],
  ])("%j", (sort, expected) => {
    expect(formatOrder(parseSort(sort, "runs")).slice(0, expected.length)).toEqual(expected);
  });

  it("of models ends with their names", () => {
    expect(formatOrder(parseSort("-accuracy", "catalog"))).toEqual(["metrics.accuracy DESC", "attributes.name ASC"]);
  });

  it("reads MLflow's order_by of runs", () => {
    expect(formatOrder(parseOrder(["metric.`a b` desc", "created"], "runs"))).toEqual([
      "metrics.`a b` DESC",
      "attributes.start_time ASC",
      "attributes.run_id ASC",
    ]);
    expect(() => parseOrder(["foo"], "runs")).toThrow("Invalid attribute key 'foo' specified");
    expect(() => parseOrder(["status up"], "runs")).toThrow("Invalid ordering key in order_by clause 'status up'.");
    expect(() => parseOrder(["dataset.name"], "runs")).toThrow("Invalid entity type 'dataset'");
  });
});
