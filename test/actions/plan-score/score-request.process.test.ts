import { expect, it } from "vitest";
import { githubApi } from "../../../actions/job/github-api.ts";
import { findTriggeringRun, readScoreRequest } from "../../../actions/plan-score/score-request.ts";
import { startScoringWire } from "../scoring-wire.ts";

const HEAD = "a".repeat(40);
const ended = { run: 77, attempt: 1, head: HEAD, asked: false };

async function triggering(
  run: Record<string, unknown>,
  about: { pulls?: Record<string, string[]>; asked?: boolean } = {},
) {
  const wire = await startScoringWire(HEAD);
  Object.assign(wire.state.run, run);
  if (about.pulls) wire.state.pulls = about.pulls;
  return findTriggeringRun(githubApi("t", "acme/models", wire.url), { ...ended, asked: about.asked ?? false });
}

it("takes the end of a pull request's run", async () => {
  expect(await triggering({})).toEqual({ run: 77, attempt: 1, head: HEAD, origin: "same-repository" });
});

const FORK = { head_repository: { full_name: "eve/models" } };

it.each<[string, Record<string, unknown>, Record<string, string[]>, RegExp]>([
  ["of another workflow that is called the same", { path: ".github/workflows/other.yml" }, {}, /is none of/],
  ["of a push", { event: "push" }, {}, /is none of/],
  ["of another commit", { head_sha: "b".repeat(40) }, {}, /is of another commit/],
  ["that was run again", { run_attempt: 2 }, {}, /Attempt 1 of run 77 was run again/],
  ["that goes on again", { status: "in_progress" }, {}, /was run again/],
  ["that was cancelled", { conclusion: "cancelled" }, {}, /was cancelled/],
  ["of a head that was pushed over", {}, { "acme:better": ["b".repeat(40)] }, /a newer push counts/],
  ["of a pull request that is closed", {}, {}, /a newer push counts/],
  ["of a fork, for which nobody asked", FORK, { "eve:better": [HEAD] }, /comments `\/score`/],
])("leaves a run alone that is one %s", async (_, run, pulls, why) => {
  expect(await triggering(run, { pulls })).toEqual({ left: expect.stringMatching(why) });
});

it("takes a fork's run where somebody who may write asked, of the commit that they saw", async () => {
  const pulls = { "eve:better": [HEAD] };
  expect(await triggering(FORK, { pulls, asked: true })).toMatchObject({ origin: "fork" });
  const later = { "eve:better": ["b".repeat(40)] };
  expect(await triggering(FORK, { pulls: later, asked: true })).toEqual({
    left: expect.stringContaining("newer push"),
  });
});

it("reads what an event asks for, and refuses what is no number or commit", () => {
  const payload = { inputs: { run: "77", attempt: "2", head: HEAD } };
  const read = readScoreRequest({ eventName: "workflow_dispatch", payload });
  expect(read).toEqual({ run: 77, attempt: 2, head: HEAD, asked: true });
  const bad = { inputs: { run: "77; curl", attempt: "1", head: HEAD } };
  expect(() => readScoreRequest({ eventName: "workflow_dispatch", payload: bad })).toThrow(/asks for no score/);
  expect(() => readScoreRequest({ eventName: "pull_request", payload: {} })).toThrow(/asks for no score/);
});
