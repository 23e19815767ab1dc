import { afterAll, beforeAll, expect, it } from "vitest";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

let github: ModelsOnGitHub;
beforeAll(async () => {
  github = await startModels();
});
afterAll(() => github.end());

const change = (trees: number) => ({ "models/penguins/model.yaml": specOf({ trees }) });

it("holds open pull requests against a policy that has become stricter on main", async () => {
  const pull = await github.openPull("open", change(1));
  await github.run(pull, { results: { penguins: {} } });
  expect(github.check(pull.head.sha, "Slipway: production").conclusion).toBe("success");

  const policy = `slipway: 1\nartifacts: { store: "file:${github.store}" }\ngates:\n  production:\n    - { metric: predict_ms_per_row, at-most: 1 }\n`;
  await github.push("main", { "slipway.yaml": policy });

  expect(github.check(pull.head.sha, "Slipway: production").conclusion).toBe("failure");
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("success");
  expect(github.comments(pull)[0]).toContain("(floor)");
});

it("asks for nothing where a push to main changes no rule", async () => {
  github.calls();
  await github.push("main", { "README.md": "hello\n" });
  expect(github.calls()).toEqual([]);
});

it("asks for a check again by the check suite: both checks are made anew, from the run's own results", async () => {
  const pull = await github.openPull("again", change(2));
  await github.run(pull, { results: { penguins: {} } });
  const suite = [...github.repo.suites.values()].find(
    ({ app, headSha }) => app.slug === "slipway" && headSha === pull.head.sha,
  );
  const before = github.repo.checks.size;
  await github.ada.rest.checks.rerequestSuite({ owner: "acme", repo: "models", check_suite_id: suite?.id ?? 0 });
  await github.hosted.settled();
  expect(github.repo.checks.size).toBe(before + 2);
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("success");
});

it("looks at a pull request when it is aimed at main, and not before", async () => {
  await github.push("base", { "README.md": "base\n" });
  await github.push("aimed", change(3));
  const { data } = await github.ada.rest.pulls.create({
    owner: "acme",
    repo: "models",
    title: "aimed",
    head: "aimed",
    base: "base",
  });
  await github.hosted.settled();
  const pull = github.repo.pulls.get(data.number);
  if (pull === undefined) throw new Error("no pull request");
  expect(github.comments(pull)).toEqual([]);
  await github.ada.rest.pulls.update({ owner: "acme", repo: "models", pull_number: data.number, base: "main" });
  await github.hosted.settled();
  expect(github.comments(pull)[0]).toContain("waiting for the pipeline");
});

it("compares open pull requests with what is live now: a comparison with another version is inconclusive", async () => {
  const [first, second] = [await github.openPull("first", change(11)), await github.openPull("second", change(12))];
  await github.push("main", { "slipway.yaml": `slipway: 1\nartifacts: { store: "file:${github.store}" }\n` });
  for (const pull of [first, second]) await github.run(pull, { results: { penguins: {} } });
  await github.merge(first);
  await github.run("main", { results: { penguins: await github.stored() } });
  expect(github.check(second.head.sha, "Slipway: production").conclusion).toBe("success");

  const issue_number = first.issue.number;
  await github.ada.rest.issues.createComment({
    owner: "acme",
    repo: "models",
    issue_number,
    body: "/promote production",
  });
  await github.hosted.settled();
  expect(github.comments(first)[0]).toContain("penguins version 1 is in production");
  expect(github.comments(first)[0]).toContain("may merge: registers, and would be promotable");
  expect(github.check(second.head.sha, "Slipway: production").conclusion).toBe("failure");
  expect(github.comments(second)[0]).toContain("version 1 is in production now");
});

it("lets a pull request mend a policy that cannot be read on main, by its own rules", async () => {
  await github.push("main", { "slipway.yaml": "slipway: 2\n" });
  const pull = await github.openPull("mend", {
    "slipway.yaml": `slipway: 1\nartifacts: { store: "file:${github.store}" }\n`,
  });
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("success");
  const other = await github.openPull("other", change(9));
  expect(github.check(other.head.sha, "Slipway")).toMatchObject({ conclusion: "failure" });
});

it("says in the log that somebody else than the App pushed the registry", async () => {
  await github.push("registry", {});
  expect(github.hosted.log.some((line) => line.includes("somebody else than the App") && line.includes("ada"))).toBe(
    true,
  );
});
