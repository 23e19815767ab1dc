import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WrittenJson } from "../../core/json-text.ts";
import { quickYaml } from "../../core/spec/quick-yaml.ts";
import { readYaml } from "../../core/spec/yaml.ts";

/** What is read where the text is left to the yaml package, which a tab in a comment sees to; undefined where it is refused. */
function careful(text: string): WrittenJson | undefined {
  expect(quickYaml(`${text}\n#\t`)).toBeUndefined();
  const { written, problems } = readYaml(Buffer.from(`${text}\n#\t`), "f.yaml");
  return problems.length > 0 ? undefined : written;
}

const scalars = [
  ..."1 0 -1 -0 0.80 1.10 .5 5. 1e3 0x1f 010 true false True yes no null ~ Null .inf 10m 28d 2026-01-01 12345678901234567890".split(
    " ",
  ),
  ..."plain two·words a:b a#b #c a·#·c 'it' 'it''s' \"q\" \"q\\n\" \"a'b\" @x %x &a *a !t ? - -- --- ... | > [ ] { } , ./x ../lib /etc https://x.org/a.csv".split(
    " ",
  ),
  "",
].map((text) => text.replaceAll("·", " "));
const scalar = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom("1", "0.80", "true", "plain", "two words", "'it'", '"q"', "../lib", "10m", "."),
  },
  { weight: 1, arbitrary: fc.constantFrom(...scalars) },
);
const key = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(..."abcdefghijkl", "max-regression", "x.y", "true", "constructor") },
  { weight: 1, arbitrary: fc.constantFrom("1", "<<", "'q'", "__proto__", "? k", "null") },
);
const flow = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc
      .array(fc.tuple(key, tie("value")), { maxLength: 3 })
      .map((pairs) => `{ ${pairs.map(([k, v]) => `${k}: ${v}`).join(" , ")} }`),
  ),
})).value;
const ending = fc.oneof(
  { weight: 10, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: fc.constantFrom(" # note", "#x", "  ", "\n", "\n# c", "\n    more") },
);

/** Block lines, indented from their parent's column on: maps, lists at either indentation, `- key:` maps, flow values. */
const block = fc.letrec<{ map: string[]; list: string[] }>((tie) => {
  const indented = (lines: fc.Arbitrary<string[]>) =>
    fc.tuple(lines, fc.constantFrom("  ", "  ", " ", "    ")).map(([all, by]) => all.map((line) => by + line));
  const entry = fc.oneof(
    { depthSize: "small" },
    fc.tuple(key, flow, ending).map(([k, v, e]) => [`${k}: ${v}${e}`]),
    fc.tuple(key, ending, indented(tie("map"))).map(([k, e, lines]) => [`${k}:${e}`, ...lines]),
    fc.tuple(key, fc.oneof(tie("list"), indented(tie("list")))).map(([k, lines]) => [`${k}:`, ...lines]),
  );
  const item = fc.oneof(
    { depthSize: "small" },
    fc.tuple(flow, ending).map(([v, e]) => [`- ${v}${e}`]),
    tie("map").map((lines) => lines.map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`))),
  );
  return {
    map: fc.array(entry, { minLength: 1, maxLength: 4 }).map((entries) => entries.flat()),
    list: fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.flat()),
  };
}).map;

/** A written document, sometimes with one character too much or another in its place. */
const text = fc
  .tuple(
    block,
    fc.option(fc.tuple(fc.nat(), fc.constantFrom(..." \n:-#,[]{}'\"ax0&*!|>%@`?\t"), fc.boolean()), { freq: 3 }),
  )
  .map(([lines, slip]) => {
    const written = lines.join("\n");
    if (slip === null) return written;
    const at = slip[0] % (written.length + 1);
    return written.slice(0, at) + slip[1] + written.slice(at + (slip[2] ? 1 : 0));
  });

describe("quickYaml", () => {
  it("says what the yaml package says, or nothing", () => {
    fc.assert(
      fc.property(text, (written) => {
        const quick = quickYaml(written);
        if (quick !== undefined) expect(quick.written).toEqual(careful(written));
      }),
      { numRuns: 6_000 },
    );
  });

  it("reads a spec in the usual style", () => {
    const written = [
      "slipway: 1",
      'owner: "@acme/ml"   # who answers',
      "description: Species – from measurements",
      "data:",
      "  train: data/train.csv",
      "  columns:",
      "    bill: { type: double, min: -20, nulls: 0.05 }",
      "train: { run: node train.mjs, params: { trees: 50 }, timeout: 10m }",
      "slices: [island, 'sex']",
      "gates:",
      "  register:",
      "  - { metric: accuracy, at-least: 0.80 }",
      "  - metric: auc",
      "    at-least: 0.9",
      "",
    ].join("\n");
    expect(quickYaml(written)?.written).toEqual(careful(written));
  });

  it.each([
    "a: |\n  text\n",
    "a: >\n  text\n",
    "a: b\n  c\n",
    "a: 'b\nc'\n",
    "a: [1,\n  2]\n",
    'a: "\\t"\n',
    "a: &x 1\nb: *x\n",
    "a: !t b\n",
    "a: ~\n",
    "a: null\n",
    "a:\n",
    "a:\n  -\n- 1\n",
    "- - 1\n- a: 1\n",
    "? a\n: 1\n",
    "a:\n\tb: 1\n",
    "a: 1\r\nb: 2\r\n",
    "a: 1\u2028\n",
    "\ufeffa: 1\n",
    "",
    "# only a comment\n",
    "---\na: 1\n",
    "a: 1\n---\nb: 2\n",
    "a: 1\n...\n",
    "%YAML 1.2\n---\na: 1\n",
    "a: 1\na: 2\n",
    "{ a: 1, a: 2 }",
    "<<: { a: 1 }",
    "'<<': { a: 1 }",
    "__proto__: 1",
    "'__proto__': { a: 1 }",
    "a: { b, : 1 }",
    "a: { b,: 1 }",
    "a: { 0.80 }",
    "a: { 0.80: 1 }",
    "a: { True: 1 }",
    "a: { .inf: 1 }",
    "a: { [x]: 1 }",
    "a: [b,, c]",
  ])("leaves %j to the package", (written) => {
    expect(quickYaml(written)).toBeUndefined();
  });

  it.each([
    "010",
    "0o17",
    "0x1f",
    "0b11",
    "1_000",
    "+1",
    "-0",
    "-0.0",
    ".5",
    "5.",
    "1e3",
    "1e20",
    ".inf",
    "-.inf",
    ".nan",
    "123456789012345678",
  ])("leaves the number %s to the package", (number) => {
    expect(quickYaml(`a: ${number}\n`)).toBeUndefined();
  });

  it.each([
    "a: -1",
    "a: -0.5",
    "a: 0.80",
    "a: 123456789012345",
    "a: true",
    "a: False",
    "a: yes",
    "a: 10m",
    "a: 2026-01-31",
    "a: https://x.org/a:b.csv?c=d",
    "a: data/*.csv",
    "a: [., .., ../../lib, /etc]",
    "a: ''",
    "a: 'it is'",
    "'a b': 1",
    "a: b#c",
    "a: b # it's",
    "- 1\n- [a, b]\n- d: 1\n  e: 2",
    "constructor: { toString: 1 }",
  ])("reads %j as the package does", (written) => {
    expect(quickYaml(written)).toEqual({ written: careful(written) });
  });

  it("takes time in proportion to a line of blanks", () => {
    expect(quickYaml(`a: b${" ".repeat(200_000)}c\n`)?.written).toEqual({ a: `b${" ".repeat(200_000)}c` });
  });
});
