import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { readRelease } from "../../cli/init/release.ts";
import { WORKFLOWS } from "../../core/github.ts";
import { cliOutput, InitResult } from "../../schemas/cli-output.ts";
import { gitIdentity, PACKAGE_ROOT, slipway, temporaryFolder } from "./memory-host.ts";

gitIdentity();

const exec = promisify(execFile);
const git = async (folder: string, ...args: string[]) => (await exec("git", ["-C", folder, ...args])).stdout.trimEnd();

async function init(cwd: string, ...argv: string[]) {
  const { stdout } = await slipway(["init", "--json", ...argv], { cwd });
  const output = cliOutput(InitResult).parse(JSON.parse(stdout));
  if (!output.ok) throw new Error(output.error.message);
  return output.result;
}

/** A repository with a commit on this branch, and a model of its own. */
async function begun(branch = "main"): Promise<string> {
  const folder = await temporaryFolder();
  await git(folder, "init", "-q", "-b", branch);
  await mkdir(path.join(folder, "models/own"), { recursive: true });
  await writeFile(path.join(folder, "models/own/model.yaml"), "slipway: 1\n");
  await git(folder, "add", "-A");
  await git(folder, "commit", "-q", "-m", "Start");
  return folder;
}

const text = (folder: string, file: string) => readFile(path.join(folder, file), "utf8");
const json = async (folder: string, name: string) =>
  JSON.parse(await text(folder, `.github/rulesets/${name}.json`)) as Record<string, unknown>;

it("adds workflows, rulesets and a store alone to a repository with models, and commits nothing", async () => {
  const folder = await begun();
  const { created, model, commit } = await init(folder, "--github");
  expect(created).toEqual([
    ".github/workflows/slipway-compare.yml",
    ".github/workflows/slipway-deploy.yml",
    ".github/workflows/slipway-monitor.yml",
    ".github/workflows/slipway-register.yml",
    ".github/workflows/slipway-score.yml",
    ".github/workflows/slipway.yml",
    ".github/rulesets/slipway-checks.json",
    ".github/rulesets/slipway-history-tags.json",
    ".github/rulesets/slipway-history.json",
    ".github/rulesets/slipway-registry-tags.json",
    ".github/rulesets/slipway-registry.json",
  ]);
  expect({ model, commit }).toEqual({ model: undefined, commit: undefined });
  expect(await git(folder, "log", "--format=%s")).toBe("Start");
});

it.each([
  ["proposes a preview where test labels are not in the repository", "https://example.org/test.csv", "", 1],
  ["proposes none where they are", "test.csv", "", 0],
  ["proposes none where there is one", "https://example.org/test.csv", "preview: 0.2\n", 0],
])("%s", async (_, test, policy, notes) => {
  const folder = await begun();
  const spec = `slipway: 1\ntask: classification\ndata: { train: train.csv, test: "${test}", label: y }\ntrain: { run: ./t }\npredict: { run: ./p }\nmetrics: { a: { metric: accuracy_score } }\n`;
  await writeFile(path.join(folder, "models/own/model.yaml"), spec);
  await writeFile(path.join(folder, "slipway.yaml"), `slipway: 1\n${policy}`);
  const found = (await init(folder, "--github")).notes.filter((note) => note.includes("preview: 0.3"));
  expect(found).toHaveLength(notes);
});

it("pins what it calls to this Slipway's commit, with the version beside it", async () => {
  const folder = await begun();
  await init(folder, "--github", "--bot");
  const { commit, version } = await readRelease(PACKAGE_ROOT);
  const names = await readdir(path.join(folder, ".github/workflows"));
  const texts = await Promise.all(names.map((name) => text(folder, `.github/workflows/${name}`)));
  const uses = texts.flatMap((each) => [...each.matchAll(/uses: (.*)/g)].map(([, used]) => used));
  expect(uses).toHaveLength(8);
  for (const used of uses) expect(used).toMatch(new RegExp(`^slipway/slipway/\\S+@${commit} # v${version}$`));
});

it("names the environment of sealed labels to who has any, tied to the default branch, and to nobody else", async () => {
  const folder = await begun("master");
  const next = async () => (await init(folder, "--github")).next;
  const steps = async () => (await next()).filter((step) => step.includes("slipway-labels"));
  expect(await steps()).toEqual([]);
  const data = '{ train: a.csv, test: b.csv, labels: "s3://sealed/l.csv", id: row, label: y }';
  const spec = `slipway: 1\ntask: classification\ndata: ${data}\ntrain: { run: ./t }\npredict: { run: ./p }\nmetrics: { a: { metric: accuracy_score } }\n`;
  await writeFile(path.join(folder, "models/own/model.yaml"), spec);
  expect((await steps()).at(-1)).toBe("gh secret set LABELS --env slipway-labels");
  expect((await steps()).some((step) => step.endsWith("-f name='master'"))).toBe(true);
  expect((await next()).find((step) => step.startsWith("# sealed labels"))).toContain("slipway-compare.yml");
});

it("runs on pushes to the branch that is the default one here", async () => {
  const folder = await begun("master");
  await init(folder, "--github");
  expect(parse(await text(folder, WORKFLOWS.register.path)).on.push).toEqual({ branches: ["master"] });
});

it("leaves the registry to the App alone, and its history to nobody", async () => {
  const folder = await begun();
  await init(folder, "--github");
  const app = [{ actor_id: 0, actor_type: "Integration", bypass_mode: "always" }];
  expect(await json(folder, "slipway-registry")).toMatchObject({ bypass_actors: app, enforcement: "active" });
  expect(await json(folder, "slipway-registry-tags")).toMatchObject({ bypass_actors: app, target: "tag" });
  expect(await json(folder, "slipway-history")).toMatchObject({ bypass_actors: [] });
  expect(await json(folder, "slipway-history-tags")).toMatchObject({
    bypass_actors: [],
    rules: [{ type: "deletion" }, { type: "non_fast_forward" }, { type: "update" }],
  });
});

it("lets deploy keys write instead of an App with --bot, and requires no check", async () => {
  const folder = await begun();
  const { created } = await init(folder, "--github", "--bot");
  const keys = [{ actor_id: null, actor_type: "DeployKey", bypass_mode: "always" }];
  expect((await json(folder, "slipway-registry"))["bypass_actors"]).toEqual(keys);
  expect((await json(folder, "slipway-registry-tags"))["bypass_actors"]).toEqual(keys);
  expect(created).not.toContain(".github/rulesets/slipway-checks.json");
  const bot = parse(await text(folder, ".github/workflows/slipway-bot.yml"));
  expect(bot.jobs.bot.environment).toBe("slipway");
  expect(bot.jobs.bot.permissions.contents).toBe("read");
});

it("prints commands that put the App's id into the rulesets", async () => {
  const folder = await begun();
  const { next } = await init(folder, "--github");
  const loop = next.at(-1)?.replace("gh api --method POST repos/{owner}/{repo}/rulesets --input -", "cat");
  const { stdout } = await exec("bash", ["-c", `APP=777; ${loop}`], { cwd: folder });
  expect(stdout.match(/"(actor_id|integration_id)": 777\b/g)).toHaveLength(3);
  expect(stdout).not.toMatch(/_id": 0/);
});

it("keeps what a person changed, says so, and adds what is missing", async () => {
  const folder = await begun();
  await init(folder, "--github");
  await writeFile(path.join(folder, WORKFLOWS.pulls.path), "name: mine\n");
  const { created, kept, notes } = await init(folder, "--github", "--bot");
  expect(created).toEqual([".github/workflows/slipway-bot.yml"]);
  expect(kept).toContain(WORKFLOWS.pulls.path);
  expect(await text(folder, WORKFLOWS.pulls.path)).toBe("name: mine\n");
  expect(notes.join("\n")).toMatch(/slipway\.yml.* not as this release writes/);
});

it("changes nothing the second time", async () => {
  const folder = await begun();
  await init(folder, "--github");
  await git(folder, "add", "-A");
  const { created, notes } = await init(folder, "--github");
  expect(created).toEqual([]);
  expect(notes[0]).toBe("nothing to do: all of it was there");
  expect(await git(folder, "diff", "--stat")).toBe("");
});

it("begins a new repository with a model and the workflows in one commit", async () => {
  const cwd = await temporaryFolder();
  const { model, created, commit } = await init(cwd, "repo", "--template", "empty", "--github");
  expect(model).toBe("my-model");
  expect(created).toContain(WORKFLOWS.pulls.path);
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
});

it("refuses --bot alone", async () => {
  const { code, stderr } = await slipway(["init", "--bot"], { cwd: await temporaryFolder() });
  expect(code).toBe(2);
  expect(stderr).toContain("slipway init --github --bot");
});

it.each(["https://github.com/Acme/Models.git", "git@github.com:Acme/Models.git", "ssh://git@github.com/Acme/Models"])(
  "names the container registry of %s as the store, once",
  async (url) => {
    const folder = await begun();
    await git(folder, "remote", "add", "origin", url);
    await writeFile(path.join(folder, "slipway.yaml"), "# ours\nslipway: 1 # format\nstages: [production]");
    const { notes } = await init(folder, "--github");
    const named =
      "# ours\nslipway: 1 # format\nstages: [production]\nartifacts: { store: oci://ghcr.io/acme/models/models } # the repository's own container registry\n";
    expect(await text(folder, "slipway.yaml")).toBe(named);
    expect(notes.join("\n")).toContain("names the repository's own container registry");
    await init(folder, "--github");
    expect(await text(folder, "slipway.yaml")).toBe(named);
  },
);

it("names the store in a repository without a commit, makes its branch the workflows' one, and registers nothing beside GitHub", async () => {
  const folder = await temporaryFolder();
  await git(folder, "init", "-q", "-b", "trunk");
  await git(folder, "remote", "add", "origin", "git@github.com:Acme/Models.git");
  const { next, commit } = await init(folder, "--github");
  expect(commit).toBe(await git(folder, "rev-parse", "trunk"));
  expect(parse(await text(folder, "slipway.yaml")).artifacts).toEqual({ store: "oci://ghcr.io/acme/models/models" });
  expect(parse(await text(folder, WORKFLOWS.register.path)).on.push).toEqual({ branches: ["trunk"] });
  expect(next).toContain("git push -u origin trunk");
  expect(next.join("\n")).not.toMatch(/gh repo create|slipway register/);
});

it("has all of a begun repository without a commit committed before it is pushed", async () => {
  const folder = await temporaryFolder();
  await git(folder, "init", "-q", "-b", "main");
  await git(folder, "remote", "add", "origin", "https://github.com/acme/models");
  await writeFile(path.join(folder, "slipway.yaml"), "slipway: 1\n");
  const { next } = await init(folder, "--github");
  expect(await text(folder, "slipway.yaml")).toContain("oci://ghcr.io/acme/models/models");
  expect(next.indexOf("git push -u origin main")).toBeGreaterThan(
    next.findIndex((step) => step.startsWith("git add -A && git commit")),
  );
});

it("pushes after the bot has its key, and says that nobody writes the check of an App that went", async () => {
  const folder = await begun();
  await init(folder, "--github");
  const { next, notes } = await init(folder, "--github", "--bot");
  expect(next.at(-1)).toMatch(/git push/);
  expect(notes.join("\n")).toMatch(/slipway-checks\.json requires the App's check/);
});

it("keeps a store that the policy names", async () => {
  const folder = await begun();
  await git(folder, "remote", "add", "origin", "https://github.com/acme/models");
  const policy = "slipway: 1\nartifacts:\n  store: s3://bucket/models\n";
  await writeFile(path.join(folder, "slipway.yaml"), policy);
  await init(folder, "--github");
  expect(await text(folder, "slipway.yaml")).toBe(policy);
});

it("leaves a comment for the store where there is no repository on GitHub, and says what to do with it", async () => {
  const folder = await begun();
  await writeFile(path.join(folder, "slipway.yaml"), "slipway: 1\n");
  const { next } = await init(folder, "--github");
  const written = await text(folder, "slipway.yaml");
  expect(written).toMatch(/^slipway: 1\n# artifacts: \{ store: oci:\/\/ghcr\.io\/OWNER\/REPO\/models \}/);
  expect(next[0]).toContain("in slipway.yaml");
  await git(folder, "remote", "add", "origin", "https://github.com/acme/models");
  await init(folder, "--github");
  expect(parse(await text(folder, "slipway.yaml"))).toEqual({
    slipway: 1,
    artifacts: { store: "oci://ghcr.io/acme/models/models" },
  });
  expect(await text(folder, "slipway.yaml")).not.toContain("OWNER");
});

it("says nothing of a commit where it has made one", async () => {
  const { next } = await init(await temporaryFolder(), "repo", "--template", "empty", "--github");
  expect(next.join("\n")).not.toContain("git add .github");
  expect(next.join("\n")).toContain("git push -u origin main");
});
