import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FilterClause } from "../../core/search/clause.ts";
import { formatFilter, parseFilter } from "../../core/search/filter.ts";

const parsed = (filter: string, searched: "models" | "versions" = "versions") => parseFilter(filter, searched);

/** What quotes can hold: MLflow takes what stands between them as it is. */
const text = fc.string({ maxLength: 12 }).filter((value) => !/['"\\]/.test(value));
const comparison: fc.Arbitrary<FilterClause> = fc.oneof(
  fc.record({
    type: fc.constant("tag" as const),
    key: fc.stringMatching(/^[A-Za-z0-9_./: -]{1,12}$/),
    comparator: fc.constantFrom("=", "!=", "LIKE", "ILIKE"),
    value: fc.oneof(
      text,
      text.map((value) => `${value}'`),
      text.map((value) => `"${value}`),
    ),
  }),
  fc.record({
    type: fc.constant("attribute" as const),
    key: fc.constantFrom("name", "run_id", "source_path"),
    comparator: fc.constantFrom("=", "!=", "LIKE", "ILIKE"),
    value: text,
  }),
  fc.record({
    type: fc.constant("attribute" as const),
    key: fc.constantFrom("name", "run_id"),
    comparator: fc.constantFrom("IN", "NOT IN"),
    value: fc.array(text, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant("attribute" as const),
    key: fc.constant("version_number"),
    comparator: fc.constantFrom("=", "!=", ">", ">=", "<", "<="),
    value: fc.integer({ min: -5, max: 100_000 }),
  }),
);

describe("a filter", () => {
  it("comes back from its own words", () => {
    fc.assert(
      fc.property(fc.array(comparison, { maxLength: 4 }), (comparisons) => {
        expect(parsed(formatFilter(comparisons))).toEqual(comparisons);
      }),
    );
  });

  it("is refused or understood, whatever it holds, and says the same once it is written out", () => {
    const pieces = fc.constantFrom(
      ...["name", "tags.k", "tags.`a b`", "=", "!=", "IN", "NOT", "(", ")", "'a'", "'it''s'", '"b"', "`", "'", '"'],
      ...["AND", "and", "\\", ",", "3", "-1.5", "version_number", ".", ";", "--", " ", "\n", "LIKE"],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.boolean(), (words, spaced) => {
        const filter = words.join(spaced ? " " : "");
        let found: FilterClause[];
        try {
          found = parsed(filter);
        } catch (error) {
          expect(error).toMatchObject({ code: "SEARCH_INVALID" });
          return;
        }
        expect(parsed(formatFilter(found))).toEqual(found);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is read in one pass, however it is quoted", () => {
    const hostile = `name = (${"\\'".repeat(9_000)}`;
    expect(() => parsed(hostile)).toThrow("Invalid");
  });

  it.each<[string, Partial<FilterClause>[]]>([
    ["", []],
    ["name='a'", [{ type: "attribute", key: "name", comparator: "=", value: "a" }]],
    ["name like '%a%'", [{ comparator: "LIKE", value: "%a%" }]],
    ["name = 'a' and tag.`k.x` != \"b\"", [{ value: "a" }, { type: "tag", key: "k.x", comparator: "!=", value: "b" }]],
    ["tags.mlflow.source = 'x'", [{ type: "tag", key: "mlflow.source" }]],
    ["tags.'k' = 'v'", [{ key: "k" }]],
    ["attribute.name = 'a'", [{ type: "attribute", key: "name" }]],
    ["name = 'it''s'", [{ value: "it''s" }]],
    ["name = 'a\\'b'", [{ value: "a\\'b" }]],
    ["name = 'a\\'", [{ value: "a\\" }]],
    ["version_number = '3'", [{ value: 3 }]],
    ["run_id IN ('a','b',)", [{ comparator: "IN", value: ["a", "b"] }]],
    ["name not in ('a')", [{ comparator: "NOT IN", value: ["a"] }]],
    ["AND name = 'a' AND", [{ value: "a" }]],
  ])("%s", (filter, expected) => {
    expect(parsed(filter)).toMatchObject(expected);
  });
});

describe("near misses, in MLflow's words", () => {
  const VERSIONS = "{'name', 'run_id', 'source_path', 'version_number'}";
  it.each<[string, string]>([
    ["name = 'a';", "Invalid clause(s) in filter string: ;"],
    [" ", "Invalid filter ' '. Could not be parsed."],
    ["name = 'a' OR name = 'b'", "Invalid clause(s) in filter string: OR"],
    ["name", "Invalid clause(s) in filter string: name"],
    ["= 'a'", "Invalid clause(s) in filter string: =, 'a'"],
    ["name =", "Invalid clause(s) in filter string: name, ="],
    ["name BETWEEN 'a' AND 'b'", "Invalid clause(s) in filter string: name, BETWEEN, 'a', 'b'"],
    ["not name = 'a'", "Invalid clause(s) in filter string: not"],
    ["(name = 'a')", "Invalid clause(s) in filter string: (name = 'a')"],
    ["name = 'a' -- c", "Invalid clause(s) in filter string: -- c"],
    ["name = 'a',", "Invalid clause(s) in filter string: ,"],
    [
      "name = a",
      "Parameter value is either not quoted or unidentified quote types used for string value a. Use either single or double quotes.",
    ],
    [
      "name = `a`",
      "Parameter value is either not quoted or unidentified quote types used for string value `a`. Use either single or double quotes.",
    ],
    ["'a' = name", "Invalid comparison clause. Expected 'Identifier' found ''a''"],
    ["foo = 'a'", `Invalid attribute key 'foo' specified. Valid keys are '${VERSIONS}'`],
    ["NAME = 'a'", `Invalid attribute key 'NAME' specified. Valid keys are '${VERSIONS}'`],
    ["param.x = 'a'", "Invalid entity type 'param'. Valid entity types are ('attribute', 'tag', 'tags')"],
    ["Tags.k = 'a'", "Invalid entity type 'Tags'. Valid entity types are ('attribute', 'tag', 'tags')"],
    ["tags.k = 3", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 3"],
    ["tags.k IN ('a')", "Expected a quoted string value for tag (e.g. 'my-value'). Got value ('a')"],
    ["tags.k > 'v'", "Invalid comparator for tag: >"],
    [`name LIKE '%${"a".repeat(1_000)}'`, "A pattern of LIKE has at most 1000 characters"],
    ["name > 'a'", "Invalid comparator for attribute: >"],
    ["name == 'a'", "Invalid comparator for attribute: =="],
    ["name RLIKE 'a'", "Invalid comparator for attribute: RLIKE"],
    ["version_number LIKE '1'", "Invalid comparator for attribute version_number: LIKE"],
    ["version_number = 3.5", "Invalid value for numeric attribute 'version_number': 3.5"],
    ["version_number = 'x'", "Invalid value for numeric attribute 'version_number': 'x'"],
    [
      "name = 1",
      "Only the '{'creation_timestamp', 'last_updated_timestamp', 'version_number'}' attributes support comparison with numeric values.",
    ],
    [
      "source_path IN ('a')",
      "Only ['name', 'run_id'] attributes support comparison with a list of quoted string values.",
    ],
    ["name IN ()", "While parsing a list in the query, expected a non-empty list of string values, but got empty list"],
    [
      "name = 'a'; name = 'b'",
      "Search filter contained multiple expression \"name = 'a'; name = 'b'\". Provide AND-ed expression list.",
    ],
  ])("%s", (filter, message) => {
    expect(() => parsed(filter)).toThrow(message);
  });

  it("of a search for models", () => {
    const key = "Invalid attribute key 'run_id' specified. Valid keys are '{'name'}'";
    expect(() => parsed("run_id = 'x'", "models")).toThrow(key);
    expect(() => parsed("name = 1", "models")).toThrow(
      "Expected a quoted string value or a list of quoted string values for attributes. Got value 1",
    );
  });
});

const word = fc.stringMatching(/^[A-Za-z0-9_./: -]{1,12}$/);
const TEXTS = ["=", "!=", "LIKE", "ILIKE"];
const NUMBERS = ["=", "!=", ">", ">=", "<", "<="];
const runComparison: fc.Arbitrary<FilterClause> = fc.oneof(
  fc.record({
    type: fc.constant("metric" as const),
    key: word,
    comparator: fc.constantFrom(...NUMBERS),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  }),
  fc.record({
    type: fc.constantFrom("param" as const, "tag" as const),
    key: word,
    comparator: fc.constantFrom(...TEXTS),
    value: text,
  }),
  fc.record({
    type: fc.constantFrom("param" as const, "tag" as const),
    key: word,
    comparator: fc.constantFrom("IS NULL", "IS NOT NULL"),
    value: fc.constant(null),
  }),
  fc.record({
    type: fc.constant("attribute" as const),
    key: fc.constantFrom("run_name", "status", "model", "words"),
    comparator: fc.constantFrom(...TEXTS),
    value: text,
  }),
  fc.record({
    type: fc.constant("attribute" as const),
    key: fc.constantFrom("start_time", "seconds", "starred"),
    comparator: fc.constantFrom(...NUMBERS),
    value: fc.integer(),
  }),
  fc.record({
    type: fc.constant("dataset" as const),
    key: fc.constantFrom("name", "digest", "context"),
    comparator: fc.constantFrom("IN", "NOT IN"),
    value: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
);

describe("a filter of runs", () => {
  it("comes back from its own words", () => {
    fc.assert(
      fc.property(fc.array(runComparison, { maxLength: 4 }), (comparisons) => {
        expect(parseFilter(formatFilter(comparisons), "runs")).toEqual(comparisons);
      }),
    );
  });

  it.each<[string, Partial<FilterClause>[]]>([
    ["metrics.accuracy > 0.9", [{ type: "metric", key: "accuracy", comparator: ">", value: 0.9 }]],
    ["metric.`f1 macro` <= -1e-3", [{ type: "metric", key: "f1 macro", value: -0.001 }]],
    ["metrics.a >= .5", [{ value: 0.5 }]],
    ["params.depth = '4' AND attributes.status = 'FINISHED'", [{ type: "param", key: "depth", value: "4" }, {}]],
    ['parameters.x != "b"', [{ type: "param", key: "x", comparator: "!=", value: "b" }]],
    ["attr.run_name ILIKE '%a%'", [{ type: "attribute", key: "run_name", comparator: "ILIKE" }]],
    ["run.run_id IN ('a','b')", [{ key: "run_id", comparator: "IN", value: ["a", "b"] }]],
    ["created >= 1", [{ key: "start_time", value: 1 }]],
    ["`Run name` = 'a'", [{ key: "run_name" }]],
    ["start_time > '2026-11-01'", [{ key: "start_time", value: Date.UTC(2026, 10, 1) }]],
    ["params.k is not null AND metrics.a > 1", [{ comparator: "IS NOT NULL", value: null }, { type: "metric" }]],
    ["dataset.name = 'd'", [{ type: "dataset", key: "name", value: "d" }]],
    ["params.a.b = 'c'", [{ key: "a.b" }]],
    ["tree 0.5", ["%tree%", "%0.5%"].map((value) => ({ key: "words", comparator: "ILIKE", value }))],
  ])("%s", (filter, expected) => {
    expect(parseFilter(filter, "runs")).toMatchObject(expected);
  });

  it.each<[string, string]>([
    ["params.depth = 4", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 4"],
    ["metrics.a > '0.9'", "Expected numeric value type for metric. Found '0.9'"],
    ["metrics.a > 1e999", "Expected numeric value type for metric. Found 1e999"],
    ["metrics.a LIKE 'x'", "Expected numeric value type for metric. Found 'x'"],
    ["metrics.a == 1", "Invalid comparator '==' not one of"],
    ["run_name IN ('a')", "attributes support comparison with a list of quoted string values."],
    ["start_time > '1'", "Expected numeric value type for numeric attribute: start_time. Found '1'"],
    ["metrics.a IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'"],
    ["params.k IN ('a')", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('a')"],
    ["experiment_id = '1'", "Invalid attribute key 'experiment_id' specified. Valid keys are"],
    ["foo.bar = 'a'", "Invalid entity type 'foo'. Valid values are ['attribute', 'tag', 'metric', 'param', 'dataset']"],
    ["params.k > 'a'", "Invalid comparator '>' not one of"],
    ["run_name = 'a' OR run_name = 'b'", "Invalid clause(s) in filter string: 'OR'"],
    ["tree metrics.a > 1", "Invalid clause(s) in filter string: 'tree'. Words alone are looked for in names"],
  ])("%s is refused as MLflow refuses it", (filter, message) => {
    expect(() => parseFilter(filter, "runs")).toThrow(message);
  });
});

describe("a filter of the portal's models", () => {
  it("knows stages, owners, states and metrics beside names and tags", () => {
    const filter = "stage = 'production' AND owner IN ('ann') AND metrics.accuracy > 0.9 AND tags.team = 'crm'";
    expect(parseFilter(filter, "catalog").map(({ type, key }) => [type, key])).toEqual([
      ["attribute", "stage"],
      ["attribute", "owner"],
      ["metric", "accuracy"],
      ["tag", "team"],
    ]);
  });

  it("looks for words alone in names", () => {
    expect(parseFilter("peng", "catalog")).toEqual([
      { type: "attribute", key: "name", comparator: "ILIKE", value: "%peng%" },
    ]);
  });

  it("has no params", () => {
    expect(() => parseFilter("params.a = '1'", "catalog")).toThrow("Invalid entity type 'params'");
  });
});
