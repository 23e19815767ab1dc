import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeIssueBody } from "../../../app/monitoring/issue-body.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { zipOf } from "../../attested/zip.ts";
import { slipway } from "../../cli/memory-host.ts";
import { drifted, driftTest } from "../../drift/records.ts";
import { ADA } from "../../registry/builders.ts";
import { gitIn, temporaryFolder } from "../../registry/repositories.ts";
import { dayAgo, type MadeLook, MONITOR, openWatching, startWatching, type Watching } from "./watching.ts";

const bad = (n: number) => ({ window: dayAgo(n), tests: [drifted()] });
const clean = (n: number) => ({ window: dayAgo(n), tests: [driftTest()] });

it("records what a run attests, once, with who looked", async () => {
  const github = await startWatching();
  await github.looked({ windows: [clean(2)] });
  await github.looked({ windows: [clean(2)] });
  expect(await github.records()).toEqual([
    expect.stringMatching(/^models\/f9\/penguins\/windows\/1\/\d{8}T000000Z\.json$/),
  ]);
  const [path] = await github.records();
  expect(JSON.parse(await github.git("show", `monitoring:${path}`))).toMatchObject({
    ...{
      model: "penguins",
      version: 1,
      host: "app",
      by: { name: "slipway[bot]" },
      run: expect.stringMatching(/^\d+-1$/),
    },
  });
  expect(await github.git("rev-list", "--count", "monitoring")).toBe("1");
});

it("opens one issue after two of three windows, with what changed and what to do", async () => {
  const github = await startWatching();
  await github.looked({ windows: [clean(9), bad(8)] });
  expect(github.issues()).toEqual([]);
  await github.looked({ windows: [bad(7)] });
  const [issue, ...more] = github.issues();
  expect(more).toEqual([]);
  expect(issue).toMatchObject({ title: "Alarm: penguins", state: "open", labels: [{ name: "slipway-monitor" }] });
  expect(issue?.body).toContain("temp\\_max".replace("\\", ""));
  expect(issue?.body).toContain("/snooze 7d");
  expect(issue?.body).toMatch(/!\[.*\]\(.*\/acme\/models\/blob\/experiments\/charts\/[0-9a-f]{64}\.svg\?raw=true\)/);
});

it("keeps the issue current, tells of a new alarm in a comment, and leaves what a person wrote", async () => {
  const github = await startWatching();
  await github.looked({ windows: [bad(9), bad(8)] });
  const [issue] = github.issues();
  if (!issue) throw new Error("no issue");
  const body = `${issue.body}\n\n- [ ] call the station`;
  await github.ada.rest.issues.update({ owner: "acme", repo: "models", issue_number: issue.number, body });
  const wind = drifted({ column: "wind" });
  await github.looked({ windows: [7, 6].map((n) => ({ window: dayAgo(n), tests: [drifted(), wind] })) });
  expect(github.issues()).toHaveLength(1);
  expect(issue.body).toContain("wind");
  expect(issue.body).toContain("- [ ] call the station");
  expect(github.told(issue)).toEqual([expect.stringMatching(/^New: 1 alarm\.\n- .*wind/)]);
});

it("closes the issue after five clean windows, with a comment", async () => {
  const github = await startWatching();
  await github.looked({ windows: [bad(12), bad(11)] });
  const [issue] = github.issues();
  await github.looked({ windows: [10, 9, 8, 7].map(clean) });
  expect(issue?.state).toBe("open");
  await github.looked({ windows: [clean(6)] });
  expect(issue?.state).toBe("closed");
  expect(issue && github.told(issue)).toEqual(["All clear: 5 clean windows in a row."]);
});

it("closes the issue once no version is live any more, and says why", async () => {
  const github = await startWatching();
  await github.looked({ windows: [bad(9), bad(8)] });
  const [issue] = github.issues();
  const clone = await temporaryFolder();
  await github.git("clone", "--quiet", ".", clone);
  for (const [key, value] of [
    ["user.name", ADA.name],
    ["user.email", "ada@example.com"],
  ] as const)
    await gitIn(clone, "config", key, value);
  await slipway(["archive", "penguins@1", "--remote", "origin"], { cwd: clone, env: process.env });

  await github.looked();

  expect(issue?.state).toBe("closed");
  expect(issue && github.told(issue)).toEqual(["No version is live any more: nothing is watched."]);
});

it("takes a run twice, and one that it missed, once", async () => {
  const github = await startWatching();
  github.hosted.sandbox.faults.deliveries({ kind: "lost", event: "workflow_run", times: 3 });
  await github.looked({ windows: [bad(9), bad(8)] });
  expect(github.issues()).toEqual([]);
  await github.hosted.restart();
  await github.hosted.settled();
  expect(github.issues()).toHaveLength(1);
  await github.hosted.restart();
  await github.hosted.settled();
  expect(github.issues()).toHaveLength(1);
});

it("lets a person's closing stand as long as no new alarm opens", async () => {
  const github = await startWatching();
  await github.looked({ windows: [bad(9), bad(8)] });
  const [issue] = github.issues();
  if (!issue) throw new Error("no issue");
  await github.ada.rest.issues.update({ owner: "acme", repo: "models", issue_number: issue.number, state: "closed" });
  await github.looked({ windows: [bad(7)] });
  expect(issue.state).toBe("closed");
  await github.looked({ windows: [6, 5].map((n) => ({ window: dayAgo(n), tests: [drifted({ column: "wind" })] })) });
  expect(issue.state).toBe("open");
  expect(github.told(issue).at(-1)).toMatch(/^Open again: 1 alarm/);
});

it("records nothing that cannot be true, and the rest of the run", async () => {
  const github = await startWatching();
  await github.registered("second", 70, 0.92);
  const wrong = [
    { model: "frogs" },
    // Registered, and never in the stage; and not there at all.
    ...[{ version: 2 }, { version: 9 }],
    { stage: "staging" },
    { window: dayAgo(-3) },
    { window: { from: dayAgo(3).from, to: dayAgo(1).to.replace("00:00", "00:01") } },
    { tests: [driftTest({ p: 1e-12, drifted: true })] },
    { tests: [drifted({ effect: 0.01 })] },
  ];
  await github.looked({ windows: [...wrong.map((about) => ({ ...clean(3), ...about })), clean(2)] });
  expect(await github.records()).toEqual([expect.stringContaining("penguins/windows/1/")]);
});

describe("of what is not main's own run", () => {
  let github: Watching;
  beforeAll(async () => {
    github = await openWatching();
  });
  afterAll(() => github.end());

  it.each<[string, MadeLook]>([
    ["a pull request", { event: "pull_request" }],
    ["another workflow of the same name", { path: ".github/workflows/mine.yml" }],
    ["another branch", { headBranch: "mine", event: "workflow_dispatch" }],
    ["jobs that attest nothing", { jobs: () => ["monitor / monitor"] }],
    ["a result that a job attests of something else", { jobs: (name) => [name.replace("models", "others")] }],
    ["bytes that are not those attested", { jobs: (name) => [name.replace(/.$/, (c) => (c === "0" ? "1" : "0"))] }],
    ["two results", { jobs: (name) => [name, name.replace("monitor / models", "again / models")] }],
    ["a zip of 200 MB", { zip: () => Buffer.alloc(200 * 1024 * 1024) }],
    ["a zip that unpacks to 40 MB", { zip: () => zipOf({ name: "result.json", content: Buffer.alloc(40 << 20) }) }],
    ["what is no result", { result: { windows: "all" as never } }],
    ["a run that was cancelled", { conclusion: "cancelled" }],
  ])("%s: nothing is taken", async (_, about) => {
    await github.looked({ windows: [bad(9), bad(8)], ...about });
    expect(await github.records()).toEqual([]);
    expect(github.issues()).toEqual([]);
  });

  it("a workflow that is not the default branch's any more: nothing is taken", async () => {
    const head = await github.git("rev-parse", "main");
    await github.push("main", { [WORKFLOWS.monitor.path]: `${MONITOR}# newer\n` });
    await github.looked({ windows: [bad(9), bad(8)], headSha: head });
    expect(await github.records()).toEqual([]);
  });

  it("an issue of somebody else who copied the marks: it stays as it is, and the App opens its own", async () => {
    const body = writeIssueBody({ model: "penguins", isOpen: true, alarms: [] }, "Forged");
    const { data } = await github.as("eve").rest.issues.create({ owner: "acme", repo: "models", title: "Mine", body });
    await github.looked({ windows: [bad(9), bad(8)] });
    expect(github.repo.issues.get(data.number)?.body).toBe(body);
    expect(github.issues()).toHaveLength(1);
  });
});
