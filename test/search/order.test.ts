import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOrder, type OrderKey, parseOrder } from "../../core/search/order.ts";
import { compareKeys, formatPageToken, parsePageToken } from "../../core/search/page.ts";

const keys = ["name", "version_number", "creation_timestamp", "last_updated_timestamp"] as const;

describe("order_by", () => {
  it("comes back from its own words", () => {
    const clause = fc.record({ key: fc.constantFrom(...keys), ascending: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(clause, { selector: ({ key }) => key }), (asked) => {
        const order = parseOrder(formatOrder(asked), "versions");
        expect(parseOrder(formatOrder(order), "versions")).toEqual(order);
        if (asked.length > 0) expect(order.slice(0, asked.length)).toEqual(asked);
      }),
    );
  });

  it("is MLflow's where nothing is asked", () => {
    expect(formatOrder(parseOrder([], "models"))).toEqual(["name ASC"]);
    expect(formatOrder(parseOrder([], "versions"))).toEqual([
      ...["last_updated_timestamp DESC", "name ASC", "version_number DESC"],
    ]);
  });

  it.each([
    ["name foo", "Invalid ordering key in order_by clause 'name foo'."],
    ["name ASC DESC", "Invalid order_by clause 'name ASC DESC'. Could not be parsed."],
    ["name,version", "Invalid order_by clause 'name,version'. Could not be parsed."],
    ["", "Invalid order_by clause ''. Could not be parsed."],
    ["name desc ", "Invalid order_by clause 'name desc '. Could not be parsed."],
    [
      "creation_timestamp",
      "Invalid order by key 'creation_timestamp' specified. Valid keys are '{'name', 'timestamp'}'",
    ],
  ])("refuses %j", (clause, message) => {
    expect(() => parseOrder([clause], "models")).toThrow(message);
  });

  it("refuses a field twice", () => {
    expect(() => parseOrder(["timestamp", "last_updated_timestamp DESC"], "models")).toThrow("duplicate fields");
  });
});

describe("a page's token", () => {
  const order: OrderKey[] = [
    { key: "name", ascending: true },
    { key: "version_number", ascending: false },
  ];
  const commit = "a".repeat(40);

  it("comes back from its own words", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 50 }), fc.integer(), (name, version) => {
        const start = { commit, after: [name, version], offset: 7 };
        expect(parsePageToken(formatPageToken(start, order), order)).toEqual(start);
      }),
    );
  });

  it("says in another order how many came before", () => {
    const token = formatPageToken({ commit, after: ["a", 1], offset: 7 }, order);
    const other: OrderKey[] = [{ key: "name", ascending: false }];
    expect(parsePageToken(token, other)).toEqual({ commit, offset: 7 });
  });

  it.each([
    ["!!", "could not base64-decode"],
    ["eHg", "decoded value="],
    ["e30=", "parsed value={}"],
    ["eyJvZmZzZXQiOiAxfQ==", "parsed value="],
    [formatPageToken({ commit, after: ["a"], offset: 1 }, order), "parsed value="],
    [formatPageToken({ commit, after: [1, "a"], offset: 1 }, order), "parsed value="],
  ])("%s is none", (token, message) => {
    expect(() => parsePageToken(token, order)).toThrow(message);
  });

  it("says where the next page begins", () => {
    const items = [
      ["a", 2],
      ["a", 1],
      ["b", 9],
    ] as const;
    expect([...items].sort((a, b) => compareKeys(order, a, b))).toEqual(items);
  });
});

describe("the order of a list", () => {
  it("comes back from its own words, metrics too", () => {
    const name = fc.stringMatching(/^[^`,\\s]([^`,]*[^`,\\s])?$/);
    const key = fc.oneof(
      fc.constantFrom("name", "last_updated_timestamp"),
      name.map((each) => `metrics.${each}`),
    );
    const clause = fc.record({ key, ascending: fc.boolean() }) as fc.Arbitrary<OrderKey>;
    fc.assert(
      fc.property(fc.uniqueArray(clause, { selector: ({ key }) => key }), (asked) => {
        expect(parseOrder(formatOrder(asked), "list").slice(0, asked.length)).toEqual(asked);
      }),
    );
  });

  it("takes metric. for metrics., and any case of its direction", () => {
    expect(parseOrder(["metric.accuracy desc", "metrics.`recall of yes`"], "list").slice(0, 2)).toEqual([
      { key: "metrics.accuracy", ascending: false },
      { key: "metrics.recall of yes", ascending: true },
    ]);
  });

  it("is nothing that MLflow's searches of models know", () => {
    expect(() => parseOrder(["metrics.accuracy"], "models")).toThrow("Invalid order by key");
  });
});
