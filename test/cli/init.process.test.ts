import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { cliOutput, InitResult } from "../../schemas/cli-output.ts";
import { gitIdentity, slipway, temporaryFolder } from "./memory-host.ts";

gitIdentity();

const exec = promisify(execFile);
const git = async (folder: string, ...args: string[]) => (await exec("git", ["-C", folder, ...args])).stdout.trimEnd();

async function initResult(argv: string[], cwd: string) {
  const { code, stdout } = await slipway(["init", "--json", ...argv], { cwd });
  const output = cliOutput(InitResult).parse(JSON.parse(stdout));
  return {
    code,
    ...(output.ok ? { result: output.result, error: undefined } : { result: undefined, error: output.error }),
  };
}

it("makes a repository on main with one commit of every file", async () => {
  const cwd = await temporaryFolder();
  const { code, result } = await initResult(["repo"], cwd);
  const folder = path.join(cwd, "repo");
  expect(code).toBe(0);
  expect(result).toMatchObject({ folder, template: "penguins", model: "penguins", kept: [], notes: [] });
  expect(await git(folder, "rev-list", "--count", "main")).toBe("1");
  expect(await git(folder, "rev-parse", "HEAD")).toBe(result?.commit);
  expect(await git(folder, "status", "--porcelain", "--ignored")).toBe("");
  expect((await git(folder, "ls-files")).split("\n").sort()).toEqual([...(result?.created ?? [])].sort());
  expect(result?.created).toContain(".gitignore");
  expect(result?.created).toContain("models/penguins/package-lock.json");
});

it("commits as the person whom Git knows", async () => {
  const cwd = await temporaryFolder();
  await initResult(["repo", "--template", "empty"], cwd);
  expect(await git(path.join(cwd, "repo"), "log", "--format=%an <%ae>")).toBe("Ada Lovelace <ada@example.org>");
});

it("tells a person what to type next, from where they are", async () => {
  const { code, stdout, stderr } = await slipway(["init", "my repo"], { cwd: await temporaryFolder() });
  expect(code).toBe(0);
  expect(stdout).toContain("  cd 'my repo'\n  slipway check\n  slipway run penguins\n");
  expect(stderr).toBe("");
});

it("gives the model another name in the policy, too", async () => {
  const cwd = await temporaryFolder();
  await initResult([".", "--template", "rain", "--name", "seattle"], cwd);
  expect(await readFile(path.join(cwd, "slipway.yaml"), "utf8")).toContain("labels: { seattle: ");
});

it("gives the model another name: its folder, and the README's commands", async () => {
  const cwd = await temporaryFolder();
  const { result } = await initResult([".", "--template", "diabetes", "--name", "glucose-eu"], cwd);
  const readme = await readFile(path.join(cwd, "README.md"), "utf8");
  expect(result?.model).toBe("glucose-eu");
  expect(result?.next).toContain("slipway promote glucose-eu@1 production");
  expect(result?.created).toContain("models/glucose-eu/model.yaml");
  expect(readme).toContain("slipway run glucose-eu\n");
  expect(readme).not.toContain("models/diabetes");
});

it("refuses a name that no model can have, and makes nothing", async () => {
  const cwd = await temporaryFolder();
  const { code, error } = await initResult(["repo", "--name", "../up"], cwd);
  expect(code).toBe(2);
  expect(error?.problems[0]).toMatchObject({ code: "USAGE", found: "../up" });
  expect(await readdir(cwd)).toEqual([]);
});

it("changes nothing when it is done again", async () => {
  const cwd = await temporaryFolder();
  await initResult(["repo"], cwd);
  const head = await git(path.join(cwd, "repo"), "rev-parse", "HEAD");
  const { code, result } = await initResult(["repo"], cwd);
  expect(code).toBe(0);
  expect(result).toMatchObject({ created: [], notes: ["nothing to do: all of it was there"] });
  expect(result?.commit).toBeUndefined();
  expect(await git(path.join(cwd, "repo"), "rev-parse", "HEAD")).toBe(head);
});

it.each([
  ["before any file", ["."]],
  ["in the middle", ["models/penguins/data", "slipway.yaml"]],
])("finishes what an interrupted init began: %s", async (_, lost) => {
  const cwd = await temporaryFolder();
  await initResult(["."], cwd);
  await git(cwd, "update-ref", "-d", "HEAD");
  await git(cwd, "rm", "-r", "-q", "--cached", ".");
  const names = lost[0] === "." ? (await readdir(cwd)).filter((name) => name !== ".git") : lost;
  for (const name of names) await rm(path.join(cwd, name), { recursive: true });
  const { result } = await initResult(["."], cwd);
  expect(result?.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await git(cwd, "status", "--porcelain")).toBe("");
});

it("adds only what is missing to a repository that a person began, and commits nothing", async () => {
  const cwd = await temporaryFolder();
  await git(cwd, "init", "-q", "-b", "trunk");
  await writeFile(path.join(cwd, "README.md"), "mine\n");
  await git(cwd, "add", "-A");
  await git(cwd, "commit", "-q", "-m", "mine");
  const { code, result } = await initResult(["--template", "empty", "--name", "churn"], cwd);
  expect(code).toBe(0);
  expect(result).toMatchObject({ kept: ["README.md"], next: expect.arrayContaining(["slipway check"]) });
  expect(result?.commit).toBeUndefined();
  expect(result?.notes[0]).toContain("nothing was committed");
  expect(await readFile(path.join(cwd, "README.md"), "utf8")).toBe("mine\n");
  expect(await git(cwd, "rev-list", "--count", "--all")).toBe("1");
  expect(await git(cwd, "diff", "--cached", "--name-only")).toBe("");
});

it("leaves files that were never committed uncommitted", async () => {
  const cwd = await temporaryFolder();
  await git(cwd, "init", "-q");
  await writeFile(path.join(cwd, "notes.txt"), "private\n");
  expect((await initResult([], cwd)).result?.commit).toBeUndefined();
  expect(await git(cwd, "rev-list", "--count", "--all")).toBe("0");
});

it("refuses a folder with files that is no repository, and leaves it alone", async () => {
  const cwd = await temporaryFolder();
  await writeFile(path.join(cwd, "thesis.txt"), "");
  const { code, error } = await initResult([], cwd);
  expect(code).toBe(2);
  expect(error?.problems[0]).toMatchObject({ code: "USAGE", hint: expect.stringContaining("git init") });
  expect(await readdir(cwd)).toEqual(["thesis.txt"]);
});

it("refuses a repository that has other models", async () => {
  const cwd = await temporaryFolder();
  await initResult([], cwd);
  const { code, error } = await initResult(["--template", "diabetes"], cwd);
  expect(code).toBe(2);
  expect(error?.problems[0]?.found).toBe("models/penguins");
});

it("refuses a file in the folder's place", async () => {
  const cwd = await temporaryFolder();
  await writeFile(path.join(cwd, "repo"), "");
  expect((await initResult(["repo"], cwd)).error?.message).toBe("this is a file");
});

it("writes nothing through a symbolic link that leads out of the repository", async () => {
  const [cwd, outside] = [await temporaryFolder(), await temporaryFolder()];
  await git(cwd, "init", "-q");
  await symlink(outside, path.join(cwd, "models"));
  const { code, error } = await initResult([], cwd);
  expect(code).toBe(2);
  expect(error?.code).toBe("SYMLINK_REFUSED");
  expect(await readdir(outside)).toEqual([]);
});

it("says so where the new repository lies inside another one", async () => {
  const cwd = await temporaryFolder();
  await git(cwd, "init", "-q");
  await mkdir(path.join(cwd, "inner"));
  const { result } = await initResult(["inner"], cwd);
  expect(result?.notes[0]).toContain("inside another Git repository");
  expect(await git(path.join(cwd, "inner"), "rev-list", "--count", "main")).toBe("1");
});
