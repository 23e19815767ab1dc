import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { MARKER } from "../../../app/pulls/render/comment.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { POLICY } from "../tiny-model.ts";
import { appOctokit, type Models, openModels, reported, threshold, tinySpec } from "./models.ts";

// What a pull request proposes binds nobody before it is merged: main's rules decide, and GitHub's own record of heads.
let at: Models;
beforeAll(async () => {
  at = await openModels({ requireChecks: true });
});
afterAll(() => at.close());

const where = { owner: "acme", repo: "models" };
const SPEC = "models/tiny/model.yaml";
const run = (accuracy: number) => ({ results: { tiny: reported(accuracy) } });

it("judges by main's thresholds where the pull request loosens its own, and says so on top", async () => {
  const pull = await at.pull("eve", "loosened", { [SPEC]: tinySpec({ gates: { register: [], production: [] } }) });
  await at.ran(pull, run(0.2));
  expect((await at.check(pull)).conclusion).toBe("failure");
  const report = await at.report(pull);
  expect(report).toMatch(/accuracy.*at least 0\.3.*0\.2/);
  expect(report).toContain("Changes the gates of tiny.");
});

it("judges by main's floors where the pull request lowers the policy's, and says so on top", async () => {
  const artifacts = { store: `file:${at.store}` };
  const policy = { ...POLICY, artifacts, gates: { production: [{ metric: "accuracy", "at-least": 0.1 }] } };
  const pull = await at.pull("eve", "floor", { "slipway.yaml": stringify(policy), ...threshold(44) });
  await at.ran(pull, run(0.5));
  expect((await at.check(pull)).conclusion).toBe("success");
  expect((await at.check(pull, "Slipway: production")).conclusion).toBe("failure");
  const report = await at.report(pull);
  expect(report).toMatch(/accuracy.*at least 0\.6.*0\.5/);
  expect(report).toContain("Changes slipway.yaml.");
});

it("takes no results of a workflow that the pull request edits", async () => {
  const pull = await at.pull("eve", "workflow", {
    [WORKFLOWS.pulls.path]: "on: pull_request\njobs: {}\n",
    ...threshold(42),
  });
  await at.ran(pull, run(0.97));
  expect((await at.check(pull)).conclusion).toBe("failure");
  const report = await at.report(pull);
  expect(report).toContain("WORKFLOW_CHANGED");
  expect(report).toContain(`Changes workflow files: ${WORKFLOWS.pulls.path.replaceAll("_", "\\_")}`);
  expect(report).not.toContain("0.97");
});

it("does not let a run of an older head speak for the one that it moved to", async () => {
  const pull = await at.pull("eve", "moving", threshold(41));
  const moved = await at.push("eve", "moving", threshold(5));
  await at.ran(pull, { ...run(0.97), headSha: pull.head });
  expect((await at.check(moved)).conclusion).toBeNull();
  expect(await at.report(pull)).not.toContain("0.97");
  await expect(at.merge("rolf", pull)).rejects.toThrow(/required status check/i);
});

it("takes a button of an older head's check for nothing", async () => {
  const pull = await at.pull("eve", "pressed", threshold(36));
  await at.ran(pull, run(0.1));
  const old = [...at.repo.checks.values()].findLast(
    ({ suite, actions }) => suite.headSha === pull.head && actions.length > 0,
  );
  await at.push("eve", "pressed", threshold(4));
  at.home.sandbox.pressButton("rolf", at.home.fullName, old?.id ?? 0, "retry");
  await at.home.settle();
  expect((await at.comments(pull)).at(-1)).toContain("This button belongs to an older commit");
});

it("lets no other App's check of the same name pass for its own", async () => {
  const pull = await at.pull("eve", "same-name", threshold(39));
  const other = await appOctokit(at.home, { slug: "other", permissions: { checks: "write" } });
  const own = [...at.repo.checks.values()].findLast(
    ({ suite, name }) => suite.headSha === pull.head && name === "Slipway",
  );
  const output = { title: "penguins would be registered", summary: own?.output.summary ?? "" };
  const done = { status: "completed", conclusion: "success", external_id: `pr:${pull.number}`, output } as const;
  await other.rest.checks.create({ ...where, name: "Slipway", head_sha: pull.head, ...done });
  await expect(at.merge("rolf", pull)).rejects.toThrow(/required status check/i);

  await at.home.restart();
  await at.ran(pull, run(0.1));
  expect((await at.check(pull)).conclusion).toBe("failure");
  await expect(at.merge("rolf", pull)).rejects.toThrow(/required status check/i);
});

it("keeps its report apart from a comment that somebody else began with its marker", async () => {
  const number = (await at.issue("ada")).number + 1;
  const head = await at.push("eve", "marked", threshold(38));
  at.home.sandbox.faults.deliveries({ kind: "lost", event: "pull_request" });
  await at.as("eve").rest.pulls.create({ ...where, title: "marked", base: "main", head: "marked" });
  const body = `${MARKER}\n\nAll is well.`;
  const { data } = await at.as("eve").rest.issues.createComment({ ...where, issue_number: number, body });
  await at.ran({ number, branch: "marked", head }, run(0.1));
  expect(await at.report({ number })).toContain("0.1");
  expect((await at.as("mia").rest.issues.getComment({ ...where, comment_id: data.id })).data.body).toBe(body);
});

it("reports on a fork's pull request as on any other, says that it is one, and registers nothing of its own main", async () => {
  const pull = await at.pull("mallory", "main", threshold(37), { fork: true });
  await at.ran(pull, run(0.8));
  expect((await at.check(pull)).conclusion).toBe("success");
  const report = await at.report(pull);
  expect(report).toContain("From a fork, mallory/models: its runs get no secret and write nothing.");

  const before = await at.registry();
  await at.ran(pull, { event: "push", results: { tiny: await at.stored(0.97) } });
  expect(await at.registry()).toBe(before);
});
