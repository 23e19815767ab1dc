import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RetrainResult } from "../../schemas/cli-output.ts";
import { temporaryFolder, write } from "../data/setting.ts";
import { bareRepository, gitIn, workRepository } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const BRANCH = "slipway/retrain-m";
const specWith = (train: string) => `slipway: 1
task: classification
data: { train: "${train}", test: test.csv, label: y }
predict: { run: "true" }
train: { run: "true" }
metrics: { accuracy: { metric: accuracy_score } }
`;

/** A model whose training data lie in a folder outside, pinned and committed. */
async function pinned() {
  const data = await temporaryFolder();
  await write(data, { "a.csv": "y,x\na,1\n" });
  const cwd = await workRepository();
  await write(cwd, {
    "models/m/model.yaml": specWith(`file://${data}/*.csv`),
    "models/m/test.csv": "y,x\na,3\n",
    ".gitignore": ".slipway\n",
  });
  await slipway(["lock"], { cwd });
  await commit(cwd, "pinned");
  return { data, cwd };
}

async function commit(cwd: string, message: string) {
  await gitIn(cwd, "add", "-A");
  await gitIn(cwd, "commit", "--quiet", `--message=${message}`);
}

async function moved() {
  const place = await pinned();
  await writeFile(join(place.data, "b.csv"), "y,x\nb,2\n");
  return place;
}

const changed = (cwd: string, branch = BRANCH) => gitIn(cwd, "diff", "--name-only", `main...${branch}`);

async function outcome(cwd: string, ...more: string[]) {
  const { stdout } = await slipway(["retrain", "--json", ...more], { cwd });
  return RetrainResult.parse(JSON.parse(stdout).result).models[0];
}

it("says that nothing moved, and makes no branch", async () => {
  const { cwd } = await pinned();
  expect(await slipway(["retrain"], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("nothing moved"),
  });
  expect(await gitIn(cwd, "branch", "--list", BRANCH)).toBe("");
});

it("opens a branch on which the lock alone is another", async () => {
  const { cwd, data } = await moved();
  const said = await slipway(["retrain", "--reason", "the summer came"], { cwd });
  expect(said).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`+ file://${data}/b.csv: new, 1 row, 8 bytes`),
  });
  expect(said.stdout).toContain(`git merge ${BRANCH}`);
  expect(await changed(cwd)).toBe("models/m/data.lock.json");
  const log = await gitIn(cwd, "log", "--format=%an %B", `main..${BRANCH}`);
  expect(log.split("\n").slice(0, 4)).toEqual([
    "Ada Lovelace Retrain m: its data moved",
    "",
    "Asked for by Ada Lovelace: the summer came",
    "1 file, 8 bytes → 2 files, 16 bytes",
  ]);
});

it("pins what a lock on the branch would pin", async () => {
  const { cwd } = await moved();
  await slipway(["retrain"], { cwd });
  await gitIn(cwd, "switch", "--quiet", BRANCH);
  const said = await slipway(["lock", "--check"], { cwd });
  expect(said.code).toBe(0);
});

it("opens one branch, however often it is asked", async () => {
  const { cwd } = await moved();
  await slipway(["retrain"], { cwd });
  const tip = await gitIn(cwd, "rev-parse", BRANCH);
  expect(await outcome(cwd)).toMatchObject({ outcome: "open" });
  expect(await gitIn(cwd, "rev-parse", BRANCH)).toBe(tip);
});

it("adds newer pins on top, and rewrites nothing", async () => {
  const { cwd, data } = await moved();
  await slipway(["retrain"], { cwd });
  const tip = await gitIn(cwd, "rev-parse", BRANCH);
  await writeFile(join(data, "c.csv"), "y,x\nc,3\n");
  expect(await outcome(cwd)).toMatchObject({ outcome: "updated" });
  expect(await gitIn(cwd, "rev-parse", `${BRANCH}^`)).toBe(tip);
});

it("leaves a branch alone that a person committed to", async () => {
  const { cwd, data } = await moved();
  await slipway(["retrain"], { cwd });
  await gitIn(cwd, "switch", "--quiet", BRANCH);
  await writeFile(join(cwd, "models/m/notes.md"), "mine\n");
  await commit(cwd, "mine");
  await gitIn(cwd, "switch", "--quiet", "main");
  await writeFile(join(data, "c.csv"), "y,x\nc,3\n");
  const tip = await gitIn(cwd, "rev-parse", BRANCH);
  expect(await outcome(cwd)).toMatchObject({ outcome: "edited" });
  expect(await gitIn(cwd, "rev-parse", BRANCH)).toBe(tip);
});

it("leaves a branch alone whose commit a person amended", async () => {
  const { cwd, data } = await moved();
  await slipway(["retrain"], { cwd });
  await gitIn(cwd, "switch", "--quiet", BRANCH);
  await writeFile(join(cwd, "models/m/data.lock.json"), '{ "slipway": 1, "files": [] }\n');
  await gitIn(cwd, "commit", "--quiet", "--all", "--amend", "--no-edit");
  await gitIn(cwd, "switch", "--quiet", "main");
  await writeFile(join(data, "c.csv"), "y,x\nc,3\n");
  expect(await outcome(cwd)).toMatchObject({ outcome: "edited" });
});

it("does not move a branch that is checked out", async () => {
  const { cwd, data } = await moved();
  await slipway(["retrain"], { cwd });
  await gitIn(cwd, "switch", "--quiet", BRANCH);
  await writeFile(join(data, "c.csv"), "y,x\nc,3\n");
  expect(await outcome(cwd)).toMatchObject({ outcome: "edited" });
});

it.each([
  ["merged", ["merge", "--quiet", "--no-ff", "--no-edit"]],
  ["squashed", ["merge", "--quiet", "--squash"]],
])("opens the next one from the default branch once the last was %s", async (_, how) => {
  const { cwd, data } = await moved();
  await slipway(["retrain"], { cwd });
  await gitIn(cwd, ...how, BRANCH);
  if (how.includes("--squash")) await commit(cwd, "squashed");
  expect(await outcome(cwd)).toMatchObject({ outcome: "unchanged" });
  await writeFile(join(data, "c.csv"), "y,x\nc,3\n");
  expect(await outcome(cwd)).toMatchObject({ outcome: "opened" });
  expect(await gitIn(cwd, "rev-parse", `${BRANCH}^`)).toBe(await gitIn(cwd, "rev-parse", "main"));
});

it("writes nothing with --dry-run", async () => {
  const { cwd } = await moved();
  expect(await slipway(["retrain", "--dry-run"], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`would open ${BRANCH}`),
  });
  expect(await gitIn(cwd, "branch", "--list", BRANCH)).toBe("");
});

it("pushes the branch to a remote, from that one's default branch, and needs no branch here", async () => {
  const { cwd } = await moved();
  const remote = await bareRepository();
  await gitIn(cwd, "remote", "add", "origin", remote);
  await gitIn(cwd, "push", "--quiet", "origin", "main");
  expect(await outcome(cwd, "--remote", "origin")).toMatchObject({ outcome: "opened" });
  expect(await changed(remote)).toBe("models/m/data.lock.json");
  expect(await gitIn(cwd, "branch", "--list", BRANCH)).toBe("");
});

it("names a model whose data are gone, and still opens the others", async () => {
  const { cwd } = await moved();
  const gone = join(await temporaryFolder(), "gone.csv");
  await writeFile(gone, "y,x\na,1\n");
  await write(cwd, { "models/a/model.yaml": specWith(`file://${gone}`), "models/a/test.csv": "y,x\na,3\n" });
  await slipway(["lock", "a"], { cwd });
  await commit(cwd, "another model");
  await rm(gone);
  const said = await slipway(["retrain"], { cwd });
  expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining("[DATA_MISSING]") });
  expect(await changed(cwd)).toBe("models/m/data.lock.json");
});

it("pins with lock --update what moved, and then that nothing did", async () => {
  const { cwd, data } = await moved();
  const said = await slipway(["lock", "--update"], { cwd });
  expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining(`+ file://${data}/b.csv pinned`) });
  expect(await slipway(["lock", "--update"], { cwd })).toMatchObject({
    code: 0,
    stdout: "nothing moved since it was pinned\n",
  });
});

it("takes a file that was written again with the same bytes for nothing new", async () => {
  const { cwd, data } = await pinned();
  await rm(join(data, "a.csv"));
  await writeFile(join(data, "a.csv"), "y,x\na,1\n");
  expect(await outcome(cwd)).toMatchObject({ outcome: "unchanged" });
});
