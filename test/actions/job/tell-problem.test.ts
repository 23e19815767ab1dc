import { expect, it } from "vitest";
import type { ActionPorts, Annotation } from "../../../actions/job/ports.ts";
import { annotationOf, tellProblems } from "../../../actions/job/tell-problem.ts";

const PROBLEM = { code: "SPEC_INVALID", message: "no such key" };

it("puts a problem on the line of the spec where it stands", () => {
  const about = { file: "models/m/model.yaml", line: 3, column: 5, expected: "a", found: "b\nc", hint: "mend it" };
  expect(annotationOf({ ...PROBLEM, ...about })).toEqual({
    ...{ title: "SPEC_INVALID", file: "models/m/model.yaml", line: 3, column: 5 },
    message: "no such key\nExpected: a\nFound: b\nc\nmend it",
  });
  expect(annotationOf(PROBLEM, "models/m/model.yaml")).toMatchObject({ file: "models/m/model.yaml" });
});

it("hides nothing in what user code wrote, and shows no more of it than an annotation holds", () => {
  const { message } = annotationOf({ ...PROBLEM, message: "a\u202eb\u0007", found: "x".repeat(100_000) });
  expect(message).toMatch(/^a\ufffdb\ufffd\n/);
  expect(message.length).toBeLessThan(4_001);
});

it("tells the first ten as annotations, since GitHub shows no more, and all others in the log", () => {
  const told: Annotation[] = [];
  const lines: string[] = [];
  const ports = { annotate: (_: string, each: Annotation) => told.push(each), log: (line: string) => lines.push(line) };
  const problems = Array.from({ length: 12 }, (_, n) => ({
    ...PROBLEM,
    message: n === 11 ? "::error::forged" : `${n}`,
  }));
  tellProblems(ports as unknown as ActionPorts, problems);
  expect(told.map(({ message }) => message)).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
  expect(lines).toEqual(["10", expect.not.stringMatching(/^::/)]);
});
