import { expect, it } from "vitest";
import { actionsRunId, readRunFacts } from "../../../actions/job/run-facts.ts";
import { EVENTS, type EventFacts } from "../ports.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)];

function facts(event: EventFacts, env: Record<string, string> = {}) {
  return readRunFacts(
    {
      GITHUB_EVENT_NAME: event.name,
      GITHUB_REPOSITORY: "acme/models",
      GITHUB_SERVER_URL: "https://github.example/",
      GITHUB_RUN_ID: "77",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_SHA: event.sha,
      GITHUB_REF: event.ref ?? "refs/heads/main",
      ...env,
    },
    { repository: { default_branch: "main", full_name: "acme/models" }, ...event.payload },
  );
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
  for (const env of [
    { GITHUB_REPOSITORY: "acme/models/../x" },
    { GITHUB_RUN_ID: "77;rm" },
    { GITHUB_SERVER_URL: "file:///etc" },
    { GITHUB_SHA: "main" },
  ])
    expect(() => facts(EVENTS.push(A, B), env)).toThrow(/not what GitHub sends/);
});

it("names a run by its id, attempt and model", () => {
  expect(actionsRunId(facts(EVENTS.push(A)), "penguins")).toBe("77-2-penguins");
});
