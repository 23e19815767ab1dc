import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FilterClause, formatFilter, parseFilter } from "../../core/search/filter.ts";

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
