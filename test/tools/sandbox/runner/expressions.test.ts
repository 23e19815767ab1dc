import { expect, it } from "vitest";
import { condition, fill } from "../../../../tools/sandbox/runner/expressions.ts";

const contexts = {
  github: { sha: "abc", event: { number: 7 } },
  needs: { a: { result: "success", outputs: { list: "[1,2]" } } },
};
const in_ = (source: string) => `\${{ ${source} }}`;

it.each([
  [in_("github.event.number"), 7],
  [`x ${in_("github.event.number")} y`, "x 7 y"],
  [`${in_("github.sha")}${in_("github.event.number")}`, "abc7"],
  [in_("fromJSON(needs.a.outputs.list)"), [1, 2]],
  [in_("'}} is text'"), "}} is text"],
  [in_("github.missing.deep || 'result'"), "result"],
  [in_("toJSON(needs.a.outputs)"), '{\n  "list": "[1,2]"\n}'],
  [in_("format('{0}-{1}', github.sha, 1)"), "abc-1"],
  [
    { a: [in_("github.sha")], b: 3 },
    { a: ["abc"], b: 3 },
  ],
])("fills %j", (value, expected) => {
  expect(fill(value, contexts)).toEqual(expected);
});

const GOOD = { success: true, failure: false, cancelled: false };
const BAD = { success: false, failure: true, cancelled: false };

it.each([
  [undefined, GOOD, true],
  [undefined, BAD, false],
  ["github.sha == 'abc'", GOOD, true],
  ["github.sha == 'abc'", BAD, false],
  ["always()", BAD, true],
  [in_("failure()"), BAD, true],
  ["github.sha == 'always()'", BAD, false],
  [in_("!cancelled() && needs.a.result == 'success'"), BAD, true],
])("decides if: %s", (source, status, expected) => {
  expect(condition(source, contexts, status)).toBe(expected);
});

it("refuses a context that a place does not have", () => {
  expect(() => fill(in_("secrets.KEY"), contexts)).toThrow(/Unrecognized named-value: 'secrets'/);
});
