import { marked } from "marked";
import { afterAll, beforeAll, expect, it } from "vitest";
import { METRIC_RULES } from "../../../core/acts/project.ts";
import { openObjects } from "../../../core/git/objects.ts";
import { git } from "../../../core/git/run.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { fingerprint } from "../../../core/plan/fingerprint.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { type LoadedModel, loadProject } from "../../../core/spec/project.ts";
import { zipOf } from "../../attested/zip.ts";
import { runResult } from "../../report/run-result.ts";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

let github: ModelsOnGitHub;
beforeAll(async () => {
  github = await startModels({ policy: "register: { artifact: reuse }\n" });
});
afterAll(() => github.end());

const change = (trees: number) => ({ "models/penguins/model.yaml": specOf({ trees }) });
const codeOf = (commit: string) => /`(\w+)`/.exec(github.check(commit, "Slipway").summary)?.[1];

/** What a page makes of a comment: where its links and images lead, which elements it has, and whom it calls. */
function page(markdown: string) {
  const html = marked.parse(markdown, { async: false, gfm: true });
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, found]) => found ?? "");
  const words = html.replace(/<[^>]*>/g, "").replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  return {
    links: all(/href="([^"]*)"/g).filter((link) => !link.includes("/acme/models/actions/runs/")),
    images: all(/<img[^>]*src="([^"]*)"/g).filter((image) => !image.includes("/blob/experiments/charts/")),
    elements: [...new Set(all(/<([a-z][a-z0-9]*)[\s>/]/g))].sort(),
    calls: /@[a-z]/i.test(words),
    commands: markdown.split("\n").filter((line) => /^\s*\//.test(line)),
  };
}
const PLAIN = ["a", "blockquote", "br", "code", "details", "h3", "h4", "img", "p", "strong", "sub", "summary", "table"];
const TABLE = ["tbody", "td", "th", "thead", "tr", "li", "ul", "span"];

it("takes no result that user code uploaded under a good name, without a job that attests it", async () => {
  const pull = await github.openPull("named-well", change(1));
  await github.run(pull, { results: { penguins: {} }, jobs: () => [{ name: "pipeline / penguins / train" }] });
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("failure");
  expect(codeOf(pull.head.sha)).toBe("RESULT_MISSING");
  expect(github.comments(pull)[0]).not.toContain("may merge: registers");
});

it("refuses a zip that escapes, a bomb, and a result of another run", async () => {
  const pull = await github.openPull("zips", change(2));
  const zips = {
    RESULT_ZIP_INVALID: zipOf({ name: "../result.json", content: "{}" }),
    RESULT_TOO_LARGE: zipOf({ name: "result.json", content: Buffer.alloc(40 * 1024 * 1024) }),
    RESULT_MISMATCH: zipOf({ name: "result.json", content: JSON.stringify(runResult({ run: "1-1-penguins" })) }),
  };
  for (const [code, zip] of Object.entries(zips)) {
    await github.run(pull, { results: { penguins: {} }, zip: () => zip });
    expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("failure");
    expect(codeOf(pull.head.sha)).toBe(code);
  }
});

it("fetches nothing of an artifact of 200 MB", async () => {
  const pull = await github.openPull("large", change(3));
  github.calls();
  await github.run(pull, { results: { penguins: {} }, zip: () => Buffer.alloc(200 * 1024 * 1024) });
  expect(codeOf(pull.head.sha)).toBe("RESULT_TOO_LARGE");
  expect(github.calls().some((call) => call.endsWith("/zip"))).toBe(false);
});

it("takes no result of a pull request that edits the workflow, and says what to do", async () => {
  const pull = await github.openPull("workflow", {
    ...change(4),
    [WORKFLOWS.pulls.path]: "name: Evil\non: pull_request\n",
  });
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({ status: "completed", conclusion: "failure" });
  await github.run(pull, { results: { penguins: {} } });
  expect(codeOf(pull.head.sha)).toBe("WORKFLOW_CHANGED");
  const [comment = ""] = github.comments(pull);
  expect(comment).toContain("Put the workflow's change into a pull request of its own");
  expect(comment).toContain("Changes workflow files");
});

it("leaves a run of another workflow alone, whatever it attests", async () => {
  const pull = await github.openPull("other-workflow", change(5));
  await github.run(pull, { path: ".github/workflows/evil.yml", results: { penguins: {} } });
  expect(github.comments(pull)[0]).toContain("waiting for the pipeline");
});

it("gives a fork's pull request a comment and checks, and writes nothing for reuse", async () => {
  const { sandbox } = github.hosted;
  await github.hosted.settled();
  const bob = sandbox.octokit("bob");
  await bob.rest.repos.createFork({ owner: "acme", repo: "models" });
  const clone = `${github.store}-fork`;
  await git("/", ["clone", "-q", sandbox.gitUrl("bob", "bob/models"), clone]);
  const who = ["-c", "user.name=Bob", "-c", "user.email=bob@example.org"];
  await git(clone, ["switch", "-q", "-c", "idea"]);
  await import("node:fs/promises").then(({ writeFile }) =>
    writeFile(`${clone}/models/penguins/model.yaml`, specOf({ trees: 6 })),
  );
  await git(clone, [...who, "commit", "-q", "-a", "-m", "idea"]);
  await git(clone, ["push", "-q", "origin", "idea"]);
  const { data } = await bob.rest.pulls.create({
    owner: "acme",
    repo: "models",
    title: "idea",
    head: "bob:idea",
    base: "main",
  });
  await github.hosted.settled();
  const pull = github.repo.pulls.get(data.number);
  if (pull === undefined) throw new Error("no pull request");
  expect(github.comments(pull)[0]).toContain("From a fork, bob/models");

  await github.run(pull, { results: { penguins: await github.stored({ binding: false }) } });
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("failure");
  await github.run(pull, { results: { penguins: {} } });
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("success");
  const kept = await git(github.repo.folder, ["ls-tree", "-r", "--name-only", "experiments"]);
  expect(kept.toString()).not.toContain("runs/");
});

it("keeps no artifact for reuse under a fingerprint that is not its files'", async () => {
  const pull = await github.openPull("poison", change(7));
  const { artifact } = await github.stored();
  await github.run(pull, { results: { penguins: { artifact, fingerprint: "f".repeat(64) } } });
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("success");
  const kept = await git(github.repo.folder, ["ls-tree", "-r", "--name-only", "experiments"]);
  expect(kept.toString()).not.toContain("runs/");
});

it("keeps for reuse what a trusted run trained, under the fingerprint of Git's own files", async () => {
  const pull = await github.openPull("reuse", change(70));
  const { artifact } = await github.stored();
  const objects = await openObjects(github.repo.folder);
  const tree = openCommit(objects, pull.head.sha);
  const { models } = await loadProject(tree, METRIC_RULES, { models: ["penguins"] });
  const { runtime } = runResult().environment;
  const { fingerprint: own } = await fingerprint(models.get("penguins") as LoadedModel, tree, runtime);
  await objects.close();
  await github.run(pull, { results: { penguins: { artifact, fingerprint: own } } });
  const kept = await git(github.repo.folder, ["show", `experiments:runs/penguins/${own}.json`]);
  const { artifact: found, ...record } = JSON.parse(kept.toString());
  expect(record).toMatchObject({ pull_request: pull.issue.number });
  const [run] = record.run.split("-");
  expect(found).toEqual({ ...artifact, uri: `actions:${run}/slipway-train-penguins` });
});

it("shows all that users wrote as text: no mention, link, image, HTML or command comes of it", async () => {
  const evil = "<img src=x onerror=alert(1)> @everyone [x](http://evil) ![y](http://evil/z.png) /promote production #1";
  const pull = await github.openPull("evil-`@everyone`", change(8));
  const { evaluation } = runResult();
  const slices = [{ slice: { [evil]: evil }, rows: 9, metrics: evaluation?.metrics ?? {} }];
  await github.run(pull, {
    results: {
      penguins: {
        params: JSON.stringify({ [evil]: evil, x: `\n/promote production\n` }),
        steps: [{ step: "train", outcome: "done", seconds: 1, detail: `${evil}\n/approve` }],
        ...(evaluation ? { evaluation: { ...evaluation, slices, method: { ...evaluation.method, name: evil } } } : {}),
      },
    },
  });
  const [comment = ""] = github.comments(pull);
  expect(comment).toContain("onerror=alert");
  const { elements, ...active } = page(comment);
  expect(active).toEqual({ links: [], images: [], calls: false, commands: [] });
  expect(elements.filter((element) => ![...PLAIN, ...TABLE].includes(element))).toEqual([]);
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("success");
});

it("shows a failed run's words as text too", async () => {
  const pull = await github.openPull("failed", change(9));
  const problem = {
    code: "COMMAND_FAILED",
    message: "<b>boom</b> @everyone",
    found: "exit 1:\n/promote production",
    hint: "`/approve` [x](http://evil)",
  };
  await github.run(pull, {
    conclusion: "failure",
    results: { penguins: { outcome: "failed", problem, evaluation: undefined } },
  });
  const [comment = ""] = github.comments(pull);
  const { elements, ...active } = page(comment);
  expect(active).toEqual({ links: [], images: [], calls: false, commands: [] });
  expect(elements.filter((element) => ![...PLAIN, ...TABLE].includes(element))).toEqual([]);
  expect(comment).toContain("The run failed");
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({ conclusion: "failure" });
});
