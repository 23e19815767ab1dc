import { expect, it } from "vitest";
import { formatTable, MOST_TABLE_FIELDS, readTable } from "../../core/new-model/read-table.ts";

const read = (text: string | Buffer) => readTable(Buffer.from(text), "t.csv");

it("reads names and rows, and leaves out blank lines", () => {
  expect(read("a,b\n1,2\n\n3,4\n")).toEqual({
    names: ["a", "b"],
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
    notes: [],
  });
});

it("a byte order mark is no part of the first name", () => {
  expect(read("\ufeffa,b\n1,2\n").names).toEqual(["a", "b"]);
});

it("quotes hold commas, line ends and quotes", () => {
  const { rows } = read('a,b\n"1,5","say ""hi""\nthere"\n');
  expect(rows).toEqual([["1,5", 'say "hi"\nthere']]);
  expect(read(formatTable(["a", "b"], rows)).rows).toEqual(rows);
});

it("semicolons become commas, with decimal commas as points", () => {
  const { rows, notes } = read("x;y\n1,5;a\n2;b\n");
  expect(rows).toEqual([
    ["1.5", "a"],
    ["2", "b"],
  ]);
  expect(notes.join(" ")).toMatch(/semicolons.*x had decimal commas/);
});

it("tabs part fields, too", () => {
  expect(read("x\ty\n1\t2\n").names).toEqual(["x", "y"]);
});

it("columns without a name, or with one twice, get one of their own", () => {
  const { names, notes } = read("a,,A,a\n1,2,3,4\n");
  expect(names).toEqual(["a", "column_2", "A_2", "a_3"]);
  expect(notes).toHaveLength(3);
});

it("a comma at the end of each line is no column", () => {
  expect(read("a,b,\n1,2,\n").names).toEqual(["a", "b"]);
});

it.each([
  ["31.12.2024", "1.2.2024", "2024-12-31", "2024-02-01"],
  ["12/31/2024", "2/1/2024", "2024-12-31", "2024-02-01"],
])("dates such as %s are read where the column says how", (first, second, one, two) => {
  expect(read(`d,e\n${first},1\n${second},2\n`).rows).toEqual([
    [one, "1"],
    [two, "2"],
  ]);
});

it("a date that may be read in two ways stays", () => {
  expect(read("d,e\n1/2/2024,1\n").rows).toEqual([["1/2/2024", "1"]]);
});

it("a Western code page and UTF-16 are read, and said", () => {
  const western = read(Buffer.from("stra\xdfe,b\n1,2\n", "latin1"));
  expect(western.names).toEqual(["straße", "b"]);
  expect(western.notes.join()).toContain("Western");
  expect(read(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("a,b\n1,2\n", "utf16le")])).names).toEqual([
    "a",
    "b",
  ]);
});

it.each([
  ["", "The file is empty."],
  ["\n\n", "The file is empty."],
  ['a,b\n"1,2\n', "A quote is never closed."],
  ["a,b\n1,2,3\n", "A row has another number of fields than the header."],
  ["a\0b", "This is no text."],
  [`${Array.from({ length: 301 }, (_, at) => `c${at}`).join(",")}\n`, "The table is too wide for a start from here."],
])("refuses what it cannot read: %j", (text, message) => {
  expect(() => read(text)).toThrow(message);
});

it("says in which line a row is too long", () => {
  expect(() => read('a,b\n"x\ny",2\n1,2,3\n')).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ line: 4 })] }),
  );
});

it("looks no further than where a file is too wide, too large or has another row's width", () => {
  const MEGABYTE = 1024 ** 2;
  // Each of them would be more than memory holds, or than a person waits for, if all of it were read.
  const files = {
    wide: "a,".repeat(8 * MEGABYTE),
    large: `a,b\n${"1,2\n".repeat(MOST_TABLE_FIELDS / 2 + 1)}`,
    quoted: `a,b\n${'"x\n'.repeat(4 * MEGABYTE)}`,
    one: `"${'""'.repeat(4 * MEGABYTE)}"`,
  };
  const answer = (text: string) => {
    try {
      return read(text).names.length;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(Object.values(files).map(answer)).toEqual([
    "The table is too wide for a start from here.",
    "The table is too large for a start from here.",
    "A row has another number of fields than the header.",
    1,
  ]);
});
