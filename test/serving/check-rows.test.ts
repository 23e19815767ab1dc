import { describe, expect, it } from "vitest";
import { FieldText, rowCheck, rowsInvalid } from "../../core/serving/check-rows.ts";
import type { RowsExpected } from "../../core/serving/served.ts";
import type { Column, ColumnType } from "../../schemas/model-spec.ts";

function expected(columns: Record<string, Column | ColumnType>, about: Partial<RowsExpected> = {}): RowsExpected {
  const typeOf = (column: Column | ColumnType) => (typeof column === "string" ? column : column.type);
  const declared = Object.entries(columns).filter((each): each is [string, Column] => typeof each[1] !== "string");
  return {
    signature: {
      inputs: Object.entries(columns).map(([name, column]) => ({ name, type: typeOf(column) })),
      outputs: [{ name: "prediction", type: "string" }],
    },
    columns: Object.fromEntries(declared),
    maxRows: 3,
    unknownColumns: "ignore",
    ...about,
  };
}

/** The problem of one value in one column, or the value as it is handed on. */
function one(column: Column | ColumnType, value: unknown): unknown {
  const checked = rowCheck(expected({ x: column }))([{ x: value }]);
  return "rows" in checked ? checked.rows[0]?.["x"] : checked.problems[0];
}

const refusal = (expected: string, found: string) => ({ column: "x", row: 1, rows: 1, expected, found });

it.each<[ColumnType, unknown]>([
  ["long", 9_007_199_254_740_991],
  ["long", -3],
  ["double", 1],
  ["double", 1.5e300],
  ["boolean", false],
  ["string", ""],
  ["datetime", "2024-01-31T09:00:00+02:00"],
  ["datetime", "2024-01-31"],
])("a %s takes %j as it is", (type, value) => {
  expect(one(type, value)).toBe(value);
});

it.each<[ColumnType, unknown, string]>([
  ["long", 1.5, "1.5"],
  ["long", 9_007_199_254_740_992, "9007199254740992"],
  ["long", "9007199254740993", '"9007199254740993"'],
  ["long", true, "true"],
  ["double", "1.5", '"1.5"'],
  ["double", [1], "a list"],
  ["double", {}, "an object"],
  ["boolean", 1, "1"],
  ["boolean", "true", '"true"'],
  ["string", 1, "1"],
  ["datetime", "2024-02-30", '"2024-02-30"'],
  ["datetime", 1_706_690_000, "1706690000"],
  ["file", "a.png", '"a.png"'],
])("a %s refuses %j", (type, value, found) => {
  expect(one(type, value)).toMatchObject({ found });
});

describe("a field of a CSV file", () => {
  it.each<[ColumnType, string, unknown]>([
    ["long", " 1.0", 1],
    ["double", "1e3", 1000],
    ["double", "NaN", null],
    ["boolean", "TRUE", true],
    ["boolean", "0", false],
    ["string", " a ", " a "],
    ["string", "", null],
    ["datetime", "2024-01-31 09:00", "2024-01-31 09:00"],
  ])("says to a %s by %j: %j", (type, text, value) => {
    expect(one(type, new FieldText(text))).toBe(value);
  });

  it.each<ColumnType>(["string", "double"])("is null by the texts that mean so in the data: a %s", (type) => {
    const check = rowCheck(expected({ x: type }, { nullValues: ["NA"] }));
    expect(check([{ x: new FieldText("NA") }])).toEqual({ rows: [{ x: null }] });
  });

  it.each<[ColumnType, string]>([
    ["long", "1e3"],
    ["long", "x"],
    ["double", "1_000"],
    ["double", "inf"],
    ["boolean", "yes"],
  ])("says nothing to a %s by %j", (type, text) => {
    expect(one(type, new FieldText(text))).toMatchObject({ found: JSON.stringify(text) });
  });
});

describe("nulls", () => {
  it("are refused where the spec has none, as its default says", () => {
    expect(one({ type: "double" }, null)).toEqual(refusal("no nulls", "null"));
  });

  it.each<[string, Column | ColumnType]>([
    ["the spec has some", { type: "double", nulls: 0.1 }],
    ["the spec does not declare the column", "double"],
  ])("are handed on where %s", (_, column) => {
    expect(one(column, null)).toBeNull();
  });
});

describe("what the spec's column says of values", () => {
  it.each<[Column, unknown, string]>([
    [{ type: "double", min: 20 }, 19.9, "at least 20"],
    [{ type: "long", max: 80 }, 81, "at most 80"],
    [{ type: "datetime", min: "2024-01-31" }, "2024-01-30T23:59:59Z", "at least 2024-01-31"],
    [{ type: "string", "one-of": ["Biscoe", "Dream"] }, "dream", "one of Biscoe, Dream"],
    [{ type: "long", "one-of": [1, 2] }, 3, "one of 1, 2"],
  ])("holds for a request: %j refuses %j", (column, value, words) => {
    expect(one(column, value)).toEqual(refusal(words, JSON.stringify(value)));
  });

  it.each<[Column, unknown]>([
    [{ type: "double", min: 20, max: 80 }, 80],
    [{ type: "long", "one-of": ["1", "2"] }, 2],
    [{ type: "datetime", max: "2024-01-31" }, "2024-01-31T01:00:00+01:00"],
    [{ type: "boolean", "one-of": ["true"] }, true],
  ])("lets through what it allows: %j takes %j", (column, value) => {
    expect(one(column, value)).toBe(value);
  });

  it("is told of a sensitive column without a value, its own or the spec's", () => {
    const problem = one({ type: "string", "one-of": ["R-1"], sensitive: true }, "R-2");
    expect(problem).toEqual(refusal("one of 1 values", "a text that does not fit"));
  });
});

describe("columns", () => {
  it("come in the signature's order, without those that the model does not know", () => {
    const checked = rowCheck(expected({ a: "long", b: "long" }))([{ z: 0, b: 2, a: 1 }]);
    expect(JSON.stringify(checked)).toBe('{"rows":[{"a":1,"b":2}]}');
  });

  it("may name rows by data.id, which user code does not see", () => {
    const check = rowCheck(expected({ a: "long" }, { unknownColumns: "refuse", idColumn: "ring" }));
    expect(check([{ a: 1, ring: "r-7" }])).toEqual({ rows: [{ a: 1 }] });
  });

  it("that are not known are refused if the spec says so", () => {
    const check = rowCheck(expected({ a: "long" }, { unknownColumns: "refuse" }));
    expect(check([{ a: 1, z: 0 }])).toMatchObject({ problems: [{ column: "z", expected: "no such column" }] });
  });

  it("that are missing are refused, even where nulls are allowed: a name that is spelt wrong would be a null", () => {
    const check = rowCheck(expected({ a: { type: "long", nulls: 1 } }));
    expect(check([{ A: 1 }])).toMatchObject({ problems: [{ column: "a", found: "no such column" }] });
  });

  it("that the signature calls optional may be missing", () => {
    const { signature, ...rest } = expected({ a: "long" });
    const inputs = signature.inputs.map((input) => ({ ...input, optional: true }));
    expect(rowCheck({ ...rest, signature: { ...signature, inputs } })([{}])).toEqual({ rows: [{ a: null }] });
  });

  it("are the rows' own alone: no method of an object stands for one", () => {
    const undeclared = expected(Object.fromEntries([["constructor", "string" as const]]));
    expect(rowCheck(undeclared)([{}])).toMatchObject({
      problems: [{ found: "no such column" }],
    });
  });

  it("may have the name of an object's prototype", () => {
    const checked = rowCheck(expected(Object.fromEntries([["__proto__", "long" as const]])))([
      JSON.parse('{"__proto__":7}'),
    ]);
    expect(JSON.stringify(checked)).toBe('{"rows":[{"__proto__":7}]}');
  });
});

describe("problems", () => {
  it("name the first row and count the others", () => {
    const checked = rowCheck(expected({ x: "long" }))([{ x: 1 }, { x: "a" }, { x: "b" }]);
    expect(checked).toEqual({
      problems: [{ column: "x", row: 2, rows: 2, expected: expect.stringContaining("long"), found: '"a"' }],
    });
  });

  it("are twenty at most", () => {
    const columns = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`c${at}`, "long" as const]));
    const checked = rowCheck(expected(columns))([{}]);
    expect("problems" in checked && checked.problems).toHaveLength(20);
  });

  it.each([
    [[], "at least one row"],
    [[{}, {}, {}, {}], "at most 3 rows a request"],
  ])("are said of too few and too many rows: %j", (rows, words) => {
    expect(rowCheck(expected({}))(rows)).toMatchObject({ problems: [{ expected: words }] });
  });

  it("are one refusal, whose text is the first one's", () => {
    const error = rowsInvalid([
      { column: "x", row: 2, rows: 3, expected: "no nulls", found: "null" },
      { column: "y", row: 1, rows: 1, expected: "no nulls", found: "null" },
    ]);
    expect(error).toMatchObject({
      code: "ROWS_INVALID",
      message: "x in row 2 and 2 more rows: expected no nulls, found null; 1 more",
    });
  });
});
