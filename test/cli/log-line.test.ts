import { expect, it } from "vitest";
import { openServeLog } from "../../api/serving/log.ts";
import { colorsFor } from "../../cli/colors.ts";
import { logLine } from "../../cli/serve/log-line.ts";

/** What a terminal shows of what the log is told. */
function shown(tell: (log: ReturnType<typeof openServeLog>) => void): string {
  const lines: string[] = [];
  tell(openServeLog("info", (line) => lines.push(logLine(line, colorsFor({}, {}, false)))));
  return lines.join("\n");
}

it("a request is a line for a person: when, how it went, which version answered, how long it took", () => {
  const facts = { id: "r-1", route: "invocations", code: 200, ms: 14.082, model: "churn", version: 1, rows: 2 };
  expect(shown((log) => log.info(facts, "answered"))).toMatch(
    /^\d\d:\d\d:\d\dZ ✓ 200 invocations {2}churn@1 {2}2 rows {2}14\.1 ms$/,
  );
});

it("a refused request says why", () => {
  const facts = { id: "r-1", route: "v1.predict", code: 400, ms: 1, reason: "ROWS_INVALID" };
  expect(shown((log) => log.warn(facts, "refused"))).toMatch(/ ! 400 v1\.predict {2}1\.0 ms {2}ROWS_INVALID$/);
});

it("a program that ended is told in words", () => {
  const facts = { route: "v1.predict", code: 500, ms: 1, reason: "SERVE_CRASHED", why: "It ended with exit code 3" };
  expect(shown((log) => log.error(facts, "not answered"))).toMatch(/ ✗ 500 .* {2}It ended with exit code 3$/);
});

it("what happens to a stage is its sentence, and the reason", () => {
  expect(
    shown((log) => log.error({ model: "churn", reason: "no such file" }, "churn: version 2 does not answer")),
  ).toMatch(/ ✗ churn: version 2 does not answer: no such file$/);
});
