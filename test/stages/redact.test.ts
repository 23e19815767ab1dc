import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { redactFile, redactor, redactProblem, redactTracked } from "../../core/stages/redact.ts";
import { Tracked } from "../../schemas/tracked.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

it("hides each secret, also one that holds another, and each line of a long one", () => {
  const redact = redactor({ A: "token", B: "token-and-more", KEY: "first line\nsecond line\n" });
  expect(redact("token-and-more, token; then second line of first line")).toBe("***, ***; then *** of ***");
});

it("does not blacken what is too short to be one", () => {
  expect(redactor({ A: "abc", B: "" })("abcdef")).toBe("abcdef");
  expect(redactor()("text")).toBe("text");
});

it("hides them in a problem's words", () => {
  const problem = { code: "COMMAND_FAILED", message: "hunter2 failed", found: "said hunter2", line: 3 };
  expect(redactProblem(problem, redactor({ P: "hunter2" }))).toEqual({
    ...{ code: "COMMAND_FAILED", message: "*** failed", found: "said ***", line: 3 },
  });
});

it("hides them in all words that a program logged", () => {
  const word = { name: "key hunter2", value: "hunter2" };
  const metric = { name: "hunter2", count: 1, last: [1, 2, 3], least: 2, most: 2, points: [[1, 2, 3]] };
  const run = {
    ...{ id: "a", tool: "mlflow", name: "hunter2", experiment: "hunter2", params: [word], tags: [word] },
    ...{ metrics: [metric], artifacts: [{ path: "hunter2/x", size: 1, sha256: "a".repeat(64) }] },
  };
  const tracked = Tracked.parse({ slipway: 1, runs: [run], left_out: ["hunter2 was left out"] });
  const hidden = redactTracked(tracked, redactor({ P: "hunter2" }));
  expect(JSON.stringify(hidden)).not.toContain("hunter2");
  expect(Tracked.parse(hidden).runs[0]).toMatchObject({ id: "a", params: [{ name: "key ***", value: "***" }] });
});

it("hides them in a log whose other bytes stay as they are", async () => {
  const file = join(temporaryFolder(), "log");
  writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(" héllo hünter2 ")]));
  await redactFile(file, { P: "hünter2" });
  expect(readFileSync(file)).toEqual(Buffer.concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(" héllo *** ")]));
});
