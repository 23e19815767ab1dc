import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { gate } from "../../helpers/gate.ts";
import { type Models, type OpenPull, openModels, threshold } from "./models.ts";
import { placeRun } from "./place-run.ts";

// A merge becomes a version for each model that it changed: once, of the right commit, and its pull request hears of it.
let at: Models;
beforeAll(async () => {
  at = await openModels({ models: { tiny: {}, small: {} }, config: { SLIPWAY_TRIES: 1 } });
});
afterAll(() => at.close());

const where = { owner: "acme", repo: "models" };
const MODELS = ["small", "tiny"];
let made = 50;

/** A change of both models, that no other made before. */
function change(): Record<string, string> {
  made += 0.25;
  return Object.assign({}, ...MODELS.map((model) => threshold(made, model)));
}

/** What main's own run of its present commit reports of both models. */
async function results() {
  return { small: await at.stored(0.9, { model: "small" }), tiny: await at.stored(0.9, { model: "tiny" }) };
}

const told = async (pull: OpenPull) => (await at.comments(pull)).filter((body) => body.includes("Registered"));

const versionsOf = async (commit: string, model: string) =>
  (await at.versions(model)).filter(({ source }) => source.commit === commit);

/** One version of each model is of this commit and pull request, tagged, and told of once. */
async function expectRegistered(pull: OpenPull, commit: string, models = MODELS): Promise<void> {
  const tags = await at.tags();
  for (const model of models) {
    const all = await versionsOf(commit, model);
    expect(all.map(({ source }) => source.pull_request)).toEqual([pull.number]);
    expect(tags).toContain(`${model}@v${all[0]?.version}.0.0`);
  }
  expect(await told(pull)).toHaveLength(models.length);
}

it("finds a registration that was never heard of when the App starts again", async () => {
  const pull = await at.pull("ada", "lost", change());
  const commit = await at.merge("rolf", pull);
  at.home.sandbox.faults.deliveries({ kind: "lost", event: "workflow_run" });
  await at.ran("main", { results: await results() });
  expect(await versionsOf(commit, "tiny")).toEqual([]);
  await at.home.restart();
  await at.home.settle();
  await expectRegistered(pull, commit);
});

/** What was registered last. */
let latest: { pull: OpenPull; commit: string };

it.each(["merge", "squash", "rebase"] as const)("registers both models that a %s brought", async (method) => {
  const clone = await at.clone("ada");
  await clone.branch(`by-${method}`);
  await clone.git("commit", "--quiet", "--allow-empty", "--message", "A first commit, so that there are two");
  const pull = await at.pull("ada", `by-${method}`, change());
  const commit = await at.merge("rolf", pull, method);
  await at.ran("main", { results: await results() });
  await expectRegistered(pull, commit);
  latest = { pull, commit };
});

it("registers nothing again for a second run of the same commit", async () => {
  const { pull, commit } = latest;
  await at.ran("main", { results: await results() });
  await expectRegistered(pull, commit);
});

it("registers each merge's own commit where one is merged while the other is being registered", async () => {
  const { sandbox } = at.home;
  const first = await at.pull("ada", "first", threshold(10, "small"));
  const second = await at.pull("eve", "second", threshold(10, "tiny"));
  const { small, tiny } = await results();
  const one = await at.merge("rolf", first, "squash");
  const { open, opened } = gate();
  sandbox.faults.api({ kind: "slow", path: /\/actions\/runs\/\d+\/jobs/, until: () => opened });
  await placeRun(sandbox, at.repo, undefined, { results: { small } });
  const { data } = await at.as("rolf").rest.pulls.merge({ ...where, pull_number: second.number });
  await placeRun(sandbox, at.repo, undefined, { results: { tiny } });
  open();
  await at.home.settle();

  await expectRegistered(first, one, ["small"]);
  await expectRegistered(second, data.sha, ["tiny"]);
});

it("registers a commit that main has gone on from by then, and nothing of one that main was set back from", async () => {
  const pull = await at.pull("ada", "overtaken", threshold(20, "tiny"));
  const commit = await at.merge("rolf", pull);
  const { tiny } = await results();
  const later = await at.pull("eve", "later", threshold(20, "small"));
  await at.merge("rolf", later);
  await at.ran("main", { headSha: commit, results: { tiny } });
  await expectRegistered(pull, commit, ["tiny"]);

  const aside = await at.push("eve", "never-merged", threshold(21, "tiny"));
  await at.ran("main", { headSha: aside, results: { tiny: (await results()).tiny } });
  expect(await versionsOf(aside, "tiny")).toEqual([]);
});

it("goes on where a registration of two models ended between them", async () => {
  const pull = await at.pull("ada", "between", change());
  const commit = await at.merge("rolf", pull);
  // An admin's mistake: nobody, not even the App, may make tags of tiny's.
  const { data: ruleset } = await at.as("owner").request("POST /repos/{owner}/{repo}/rulesets", {
    ...{ ...where, name: "No tags", target: "tag", enforcement: "active" },
    ...{ conditions: { ref_name: { include: ["refs/tags/tiny@*"], exclude: [] } }, rules: [{ type: "creation" }] },
  });
  await at.ran("main", { results: await results() });
  expect(await versionsOf(commit, "small")).toHaveLength(1);
  expect(await versionsOf(commit, "tiny")).toEqual([]);

  at.repo.rulesets.delete(ruleset.id);
  await redeliverLast("workflow_run");
  await expectRegistered(pull, commit);
});

it("tells what it registered where the telling failed half-way", async () => {
  const pull = await at.pull("ada", "untold", change());
  const commit = await at.merge("rolf", pull);
  at.home.sandbox.faults.api({ kind: "fail", status: 502, method: "POST", path: /\/issues\/\d+\/comments$/ });
  await at.ran("main", { results: await results() });
  expect(await told(pull)).toHaveLength(0);
  await redeliverLast("workflow_run");
  await expectRegistered(pull, commit);
});

/** As the button on the App's page does. */
async function redeliverLast(event: string): Promise<void> {
  const { added, sandbox } = at.home;
  const last = sandbox.state.apps.get(added.id)?.deliveries.findLast((each) => each.event === event);
  const auth = { appId: added.id, privateKey: added.privateKey };
  const asApp = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: sandbox.url });
  await asApp.rest.apps.redeliverWebhookDelivery({ delivery_id: last?.id ?? 0 });
  await at.home.settle();
}
