import { expect, it } from "vitest";
import type { JobContext } from "../../../actions/job/ports.ts";
import { actionsRunId, readRunFacts } from "../../../actions/job/run-facts.ts";
import { contextOf, EVENTS, type EventFacts } from "../ports.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)];

function facts(event: EventFacts, about: Partial<JobContext> = {}, repository: object = {}) {
  return readRunFacts({ ...contextOf(event, "https://github.example/", repository), runAttempt: 2, ...about });
}

it("reads a pull request: its head, and where it left the base", () => {
  expect(facts(EVENTS.pullRequest(A, B))).toMatchObject({
    ...{ origin: "same-repository", head: A, base: { commit: B, branchPoint: true } },
    repository: { fullName: "acme/models", url: "https://github.example/acme/models.git", defaultBranch: "main" },
  });
});

it.each(["eve/models", null])("takes a pull request from %s for a fork's", (from) => {
  expect(facts(EVENTS.pullRequest(A, B, from))).toMatchObject({ origin: "fork" });
});

it("binds a push to the default branch alone", () => {
  expect(facts(EVENTS.push(A, B))).toMatchObject({ origin: "default-branch", head: A, base: { commit: B } });
  expect(facts({ ...EVENTS.push(A, B), ref: "refs/heads/other" })).toMatchObject({ origin: "same-repository" });
  expect(facts({ ...EVENTS.push(A, B), ref: "refs/tags/main" })).toMatchObject({ origin: "same-repository" });
});

it("compares the first push of a branch with nothing", () => {
  expect(facts(EVENTS.push(A))).toMatchObject({ head: A, base: undefined });
});

it("reads a merge group and a dispatch", () => {
  expect(facts(EVENTS.mergeGroup(A, B))).toMatchObject({ origin: "merge-group", head: A, base: { commit: B } });
  expect(facts(EVENTS.dispatch(A))).toMatchObject({ origin: "default-branch", head: A, base: undefined });
});

it("refuses events that run no pipeline, and variables that no runner sets", () => {
  expect(() => facts({ name: "issue_comment", sha: A })).toThrow(/issue_comment runs no pipeline/);
  for (const about of [{ runId: Number.NaN }, { serverUrl: "file:///etc" }, { sha: "main" }, { payload: {} }])
    expect(() => facts(EVENTS.push(A, B), about)).toThrow(/not what GitHub sends/);
  const elsewhere = { full_name: "acme/models/../x" };
  expect(() => facts(EVENTS.push(A, B), {}, elsewhere)).toThrow(/not what GitHub sends/);
});

it("names a run by its id, attempt and model", () => {
  expect(actionsRunId(facts(EVENTS.push(A)), "penguins")).toBe("77-2-penguins");
});
