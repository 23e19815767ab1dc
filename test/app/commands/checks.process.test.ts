import { afterAll, beforeAll, expect, it } from "vitest";
import type { Pull } from "../../../tools/sandbox/state.ts";
import { specOf } from "../models-on-github.ts";
import { type Conversation, startConversation } from "./conversation.ts";

let talk: Conversation;
beforeAll(async () => {
  talk = await startConversation();
});
afterAll(() => talk.end());

/** A pull request whose run failed. */
async function failing(branch: string, trees: number): Promise<Pull> {
  const pull = await talk.openPull(branch, { "models/penguins/model.yaml": specOf({ trees }) });
  await talk.run(pull, { conclusion: "failure" });
  return pull;
}

const check = (pull: Pull) =>
  [...talk.repo.checks.values()].findLast(({ suite, name }) => suite.headSha === pull.head.sha && name === "Slipway");
const reruns = () =>
  talk
    .calls()
    .filter((call) => call.includes("/rerun"))
    .map((call) => call.replaceAll(/\d+/g, "N"));

it("runs the failed jobs of a pull request again, for who may", async () => {
  const pull = await failing("flaky", 63);
  expect((await talk.say("bob", pull, "/retry"))[0]).toContain("may not run the pipeline again here");
  talk.calls();
  const [reply] = await talk.say("ada", pull, "/retry");
  expect(reply).toContain("✅ **The jobs that failed run again**");
  expect(reply).toMatch(/See \[the run\]\(http:[^)]+\/actions\/runs\/\d+\)\./);
  expect(reruns()).toEqual(["POST /actions/runs/N/rerun-failed-jobs"]);
});

it("has nothing to run again on an issue, before a first run, or while one runs", async () => {
  expect((await talk.say("ada", await talk.issue(), "/retry"))[0]).toContain("This is no pull request");
  const pull = await talk.openPull("fresh", { "models/penguins/model.yaml": specOf({ trees: 64 }) });
  expect((await talk.say("ada", pull, "/retry"))[0]).toContain("The pipeline has not run on this commit.");
});

it("runs the default branch's run of the merge again after merging", async () => {
  const pull = await talk.merged("merged", 65);
  await talk.run("main", { conclusion: "failure" });
  talk.calls();
  expect((await talk.say("ada", pull, "/retry"))[0]).toContain("The jobs that failed run again");
  expect(reruns()).toEqual(["POST /actions/runs/N/rerun-failed-jobs"]);
});

it("finds the run of a merge that was pushed together with the next one", async () => {
  const pull = await talk.merged("queued", 70);
  await talk.merged("queued-too", 71);
  await talk.run("main", { conclusion: "failure" });
  talk.calls();
  expect((await talk.say("ada", pull, "/retry"))[0]).toContain("The jobs that failed run again");
  expect(reruns()).toEqual(["POST /actions/runs/N/rerun-failed-jobs"]);
});

it("does what a button says as if it had been typed, once", async () => {
  const pull = await failing("button", 66);
  const { id = 0, actions = [] } = check(pull) ?? {};
  expect(actions.map(({ identifier }) => identifier)).toEqual(["retry"]);
  talk.calls();
  talk.hosted.sandbox.pressButton("ada", "acme/models", id, "retry");
  await talk.hosted.settled();
  expect(talk.replies(pull)).toHaveLength(1);
  expect(talk.replies(pull)[0]).toContain("The jobs that failed run again");
  expect(reruns()).toEqual(["POST /actions/runs/N/rerun-failed-jobs"]);
});

it("promotes by the button of a merged pull request, as who pressed it", async () => {
  const pull = await talk.registered("pressed", 72);
  const target = [...talk.repo.checks.values()].findLast(
    ({ suite, name }) => suite.headSha === pull.head.sha && name === "Slipway: production",
  );
  expect(target?.actions.map(({ identifier }) => identifier)).toEqual(["promote"]);
  talk.hosted.sandbox.pressButton("eve", "acme/models", target?.id ?? 0, "promote");
  await talk.hosted.settled();
  expect(talk.replies(pull)).toHaveLength(1);
  expect(talk.replies(pull)[0]).toContain("✅ **penguins version 1 is in production**");
  const [path = ""] = (await talk.git("ls-tree", "--name-only", "registry", "models/f9/penguins/promotions/")).split(
    "\n",
  );
  const decision = JSON.parse(await talk.git("show", `registry:${path}`));
  expect(decision).toMatchObject({ requested_by: { id: "eve" }, source: { kind: "button", issue: pull.issue.number } });
});

it("does nothing for a button of an older commit, and says so", async () => {
  const pull = await failing("older", 67);
  const { id = 0 } = check(pull) ?? {};
  await talk.push("older", { "models/penguins/model.yaml": specOf({ trees: 68 }) });
  talk.calls();
  talk.hosted.sandbox.pressButton("ada", "acme/models", id, "retry");
  await talk.hosted.settled();
  expect(talk.replies(pull).at(-1)).toContain("This button belongs to an older commit");
  expect(reruns()).toEqual([]);
});

it("runs what failed again when its check is asked for again, and looks anew at what did not", async () => {
  const pull = await failing("again", 69);
  talk.calls();
  const again = async () => {
    await talk.as("ada").request("POST /repos/acme/models/check-runs/{id}/rerequest", { id: check(pull)?.id ?? 0 });
    await talk.hosted.settled();
  };
  await again();
  expect(reruns()).toEqual(["POST /actions/runs/N/rerun-failed-jobs"]);
});
