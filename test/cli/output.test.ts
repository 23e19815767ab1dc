import { expect, it } from "vitest";
import { colorsFor } from "../../cli/colors.ts";
import { errorEnvelope, errorText, exitCode, jsonDocument, outcomeEnvelope } from "../../cli/output.ts";
import { SlipwayError } from "../../core/errors.ts";
import { CliOutput } from "../../schemas/cli-output.ts";

const plain = colorsFor({}, {}, true);

it("exits by who has to act", () => {
  expect(exitCode(new SlipwayError("GATE_FAILED", "no"))).toBe(1);
  expect(exitCode(new SlipwayError("SPEC_INVALID", "no"))).toBe(2);
  expect(exitCode(new SlipwayError("REGISTRY_CORRUPT", "no"))).toBe(3);
  expect(exitCode(new SlipwayError("INTERRUPTED", "no"))).toBe(130);
  expect(exitCode(new TypeError("no"))).toBe(3);
});

it("tells an error's place, what was expected and found, and what to do", () => {
  const error = new SlipwayError("UNKNOWN_METRIC", "there is no such metric", {
    file: "models/a/model.yaml",
    line: 12,
    column: 5,
    expected: "a function of sklearn.metrics",
    found: "acuracy",
    hint: "did you mean accuracy_score?",
  });
  expect(errorText(error, plain, false)).toBe(
    [
      "error: models/a/model.yaml:12:5 there is no such metric [UNKNOWN_METRIC]",
      "  expected  a function of sklearn.metrics",
      "  found     acuracy",
      "  hint      did you mean accuracy_score?",
      "",
    ].join("\n"),
  );
});

it("lists each of several problems under the error", () => {
  const problems = [
    { code: "UNKNOWN_KEY", message: "no such key", file: "a.yaml", line: 1, column: 2 },
    { code: "SPEC_INVALID", message: "no label", file: "b.yaml" },
  ];
  const text = errorText(new SlipwayError("SPEC_INVALID", "2 problems", { problems }), plain, false);
  expect(text).toContain("error: 2 problems\n");
  expect(text).toContain("a.yaml:1:2 no such key [UNKNOWN_KEY]");
  expect(text).toContain("b.yaml no label [SPEC_INVALID]");
});

it("calls a decision's no a refusal", () => {
  expect(errorText(new SlipwayError("GATE_FAILED", "auc is worse"), plain, false)).toMatch(/^refused: auc is worse/);
});

it("keeps an error's cause for --verbose", () => {
  const error = new SlipwayError("GIT_FAILED", "git failed", { cause: new Error("disk full") });
  expect(errorText(error, plain, false)).not.toContain("disk full");
  expect(errorText(error, plain, true)).toContain("disk full");
});

it("calls anything else a bug and shows its stack", () => {
  const text = errorText(new TypeError("x is undefined"), plain, false);
  expect(text).toContain("this is not your mistake");
  expect(text).toContain("output.test.ts");
});

it("lets no value from a user's file reach the terminal as a control sequence", () => {
  const error = new SlipwayError("SPEC_INVALID", "bad\u001b[2J", {
    file: "a\u001b]0;t\u0007.yaml",
    found: "x\u009b1m\ny",
  });
  expect(errorText(error, plain, false)).toBe("error: a.yaml bad [SPEC_INVALID]\n  found     x\n            y\n");
});

it("keeps what was decided beside a refusal", () => {
  const refusal = new SlipwayError("GATE_FAILED", "no");
  const envelope = outcomeEnvelope("promote", { result: { outcome: "refused" }, text: "", refusal });
  expect(CliOutput.parse(envelope)).toMatchObject({
    ok: false,
    error: { code: "GATE_FAILED" },
    result: { outcome: "refused" },
  });
});

it("gives a bug the code INTERNAL and its stack in JSON", () => {
  const envelope = CliOutput.parse(errorEnvelope("ls", new TypeError("x")));
  expect(envelope).toMatchObject({
    ok: false,
    error: { code: "INTERNAL", stack: expect.stringContaining("TypeError: x") },
  });
});

it("escapes every control character in the JSON document, and keeps the value", () => {
  const text = jsonDocument(outcomeEnvelope("ls", { result: "\u001b[2J\u009b1m\u007f\u2028", text: "" }));
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u2028/u);
  expect(JSON.parse(text).result).toBe("\u001b[2J\u009b1m\u007f\u2028");
});

it.each([
  ["a terminal has colours", { isTTY: true }, {}, true, true],
  ["a pipe has none", {}, {}, true, false],
  ["NO_COLOR turns them off", { isTTY: true }, { NO_COLOR: "1" }, true, false],
  ["an empty NO_COLOR does not", { isTTY: true }, { NO_COLOR: "" }, true, true],
  ["FORCE_COLOR turns them on", {}, { FORCE_COLOR: "1" }, true, true],
  ["FORCE_COLOR=0 turns them off", { isTTY: true }, { FORCE_COLOR: "0" }, true, false],
  ["NO_COLOR wins over FORCE_COLOR", { isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ["a dumb terminal has none", { isTTY: true }, { TERM: "dumb" }, true, false],
  ["--no-color wins over everything", { isTTY: true }, { FORCE_COLOR: "1" }, false, false],
])("decides on colours per stream: %s", (_, stream, env, wanted, expected) => {
  expect(colorsFor(stream, env, wanted).isColorSupported).toBe(expected);
});
