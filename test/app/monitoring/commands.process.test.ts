import { afterAll, beforeAll, expect, it } from "vitest";
import { WORKFLOWS } from "../../../core/github.ts";
import type { Issue } from "../../../tools/sandbox/state.ts";
import { drifted } from "../../drift/records.ts";
import { dayAgo, openWatching, type Watching } from "./watching.ts";

const bad = (n: number, column = "temp_max") => ({ window: dayAgo(n), version: 2, tests: [drifted({ column })] });

let github: Watching;
let issue: Issue;
/** Version 2 of penguins answers, and has drifted. */
beforeAll(async () => {
  github = await openWatching();
  const second = await github.registered("second", 70, 0.92);
  await github.say("ada", second, "/promote production");
  await github.looked({ windows: [bad(19), bad(18)] });
  const [opened] = github.issues();
  if (opened === undefined) throw new Error("no issue");
  issue = opened;
});
afterAll(() => github.end());

const dispatches = () =>
  github.hosted.sandbox.state.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/dispatches"));

it("has the default branch's run look whether data moved on /retrain, of the model that the issue is about", async () => {
  const [answer] = await github.say("ada", issue, "/retrain");
  expect(answer).toContain("Looking whether the data of penguins has moved");
  expect(dispatches().map(({ path }) => path)).toEqual([
    "/repos/acme/models/actions/workflows/slipway-monitor.yml/dispatches",
  ]);
});

it("answers there what the run found", async () => {
  const title = `Monitor penguins, for #${issue.number}`;
  const made = { title, event: "workflow_dispatch", result: { retrain: ["penguins"] } };
  await github.looked(made);
  expect(github.told(issue).at(-1)).toContain("none of its data has moved since it was pinned");
  const problems = [{ model: "penguins", code: "DATA_UNREACHABLE", message: "the store of <data> is away" }];
  await github.looked({ ...made, result: { ...made.result, problems } });
  expect(github.told(issue).at(-1)).toContain("the store of &lt;data&gt; is away (DATA_UNREACHABLE)");
});

it("says of a run that failed that it did", async () => {
  const title = `Monitor penguins, for #${issue.number}`;
  await github.looked({ title, event: "workflow_dispatch", conclusion: "failure", jobs: () => ["monitor / monitor"] });
  expect(github.told(issue).at(-1)).toMatch(/ended without a result.*RESULT_MISSING/);
});

it("opens nothing and tells nothing new while it is snoozed", async () => {
  const [answer] = await github.say("ada", issue, "/snooze 7d the sensors are being calibrated");
  expect(answer).toMatch(/Alarms of penguins are snoozed until \d{4}-.*\n[\s\S]*ada: the sensors are being calibrated/);
  await github.ada.rest.issues.update({ owner: "acme", repo: "models", issue_number: issue.number, state: "closed" });
  await github.looked({ windows: [bad(17, "wind"), bad(16, "wind")] });
  expect(issue.state).toBe("closed");
});

it("lets nobody snooze who may not promote", async () => {
  const [answer] = await github.say("bob", issue, "/snooze 7d please");
  expect(answer).toContain("@bob may not snooze a model's alarms here".replace("@", ""));
});

it("brings back the version before on /rollback alone", async () => {
  const [answer] = await github.say("ada", issue, "/rollback");
  expect(answer).toContain("penguins version 1 is in production again");
  expect(await github.live()).toBe(1);
});

it("wants the stage, and the model, on any other issue", async () => {
  const talk = await github.issue();
  expect(await github.say("ada", talk, "/rollback")).toEqual([expect.stringContaining("USAGE")]);
  expect(await github.say("ada", talk, "/retrain")).toEqual([expect.stringContaining("the model has to be named")]);
});

it("says what is missing where main has no workflow that looks", async () => {
  await github.push("main", { [WORKFLOWS.monitor.path]: null });
  const [answer] = await github.say("ada", issue, "/retrain");
  expect(answer).toContain("main has no .github/workflows/slipway-monitor.yml");
});
