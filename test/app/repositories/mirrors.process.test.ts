import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Mirrors, sweepMirrors } from "../../../app/repositories/mirrors.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { git } from "../../../core/git/run.ts";
import { makeRepository, type TestRepository } from "../../helpers/repository.ts";

let server: TestRepository;
let state: string;
let mirrors: Mirrors;

beforeEach(async () => {
  server = await makeRepository({ "slipway.yaml": "slipway: 1\n" });
  await server.commit("first");
  state = await mkdtemp(join(tmpdir(), "slipway-mirrors-"));
  mirrors = new Mirrors(2);
});

afterEach(async () => {
  await mirrors.close();
  await Promise.all([server.end(), rm(state, { recursive: true })]);
});

function options(about: { id?: number; url?: string; defaultBranch?: string } = {}) {
  const { id = 1, url = server.folder, defaultBranch = "main" } = about;
  return { folder: join(state, "mirrors", `${id}.git`), url, defaultBranch, remoteEnvironment: async () => ({}) };
}

async function read(expression: string, about = {}): Promise<string | undefined> {
  const { mirror, release } = await mirrors.use(options(about));
  const object = await mirror.objects.read(expression).finally(release);
  return object?.content.toString();
}

test("a mirror is cloned when it is first used, and holds the default branch", async () => {
  expect(await read("refs/remotes/origin/main:slipway.yaml")).toBe("slipway: 1\n");
  expect(await read("refs/remotes/origin/HEAD:slipway.yaml")).toBe("slipway: 1\n");
});

test("refreshing brings the default branch, the registry, experiments and the heads that are asked for", async () => {
  const { mirror, release } = await mirrors.use(options());
  const first = await git(server.folder, ["rev-parse", "HEAD"]);
  const others = ["refs/heads/other", "refs/heads/registry-old", "refs/heads/experiments-of-mine"];
  for (const ref of ["refs/heads/registry", "refs/heads/experiments", "refs/pull/3/head", ...others])
    await git(server.folder, ["update-ref", ref, first.toString().trim()]);
  const second = await server.commit("second");
  await mirror.refresh([3, 4]);
  const refs = (await git(mirror.workspace.folder, ["for-each-ref", "--format=%(refname)"]))
    .toString()
    .trim()
    .split("\n");
  expect(refs).toEqual([
    "refs/pull/3/head",
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/experiments",
    "refs/remotes/origin/main",
    "refs/remotes/origin/registry",
    "refs/slipway/origin/registry",
  ]);
  expect((await mirror.objects.read("refs/remotes/origin/main"))?.id).toBe(second);
  await release();
});

test("a branch that was removed on the server is not read any more, a pull request's head is", async () => {
  const { mirror, release } = await mirrors.use(options());
  const removed = ["refs/heads/experiments", "refs/pull/3/head"];
  for (const ref of removed) await git(server.folder, ["update-ref", ref, "HEAD"]);
  await mirror.refresh([3]);
  for (const ref of removed) await git(server.folder, ["update-ref", "-d", ref]);
  await mirror.refresh([3]);
  expect(await mirror.objects.read("refs/remotes/origin/experiments")).toBeUndefined();
  expect(await mirror.objects.read("refs/pull/3/head")).toBeDefined();
  await release();
});

test.each([
  ["removed", ["-d", "refs/heads/registry"]],
  ["set back", ["refs/heads/registry", "HEAD~1"]],
])("a registry that was %s on the server is read as it was, and no write takes it for good", async (_, spoil) => {
  const { mirror, release } = await mirrors.use(options());
  await server.commit("another");
  await git(server.folder, ["update-ref", "refs/heads/registry", "HEAD"]);
  await mirror.refresh();
  const seen = await mirror.objects.read("refs/remotes/origin/registry");
  await git(server.folder, ["update-ref", ...spoil]);
  await mirror.refresh();
  expect((await mirror.objects.read("refs/remotes/origin/registry"))?.id).toBe(seen?.id);
  await expect(mirror.registry.snapshot()).rejects.toMatchObject({ code: "REGISTRY_REWRITTEN" });
  await release();
});

test("events of one repository share a mirror that is cloned once", async () => {
  const leases = await Promise.all([mirrors.use(options()), mirrors.use(options())]);
  expect(leases[0]?.mirror).toBe(leases[1]?.mirror);
  expect(await readdir(join(state, "mirrors"))).toEqual(["1.git"]);
  for (const { release } of leases) await release();
});

test("the mirror that was used longest ago is closed when there are too many, one in use never", async () => {
  const first = await mirrors.use(options({ id: 1 }));
  for (const id of [2, 3, 4]) await read("refs/remotes/origin/main", { id });
  expect(mirrors.open).toBe(2);
  expect(await first.mirror.objects.read("refs/remotes/origin/main")).toBeDefined();
  await first.release();
});

test("a repository that was renamed, or has another default branch, is followed", async () => {
  await read("refs/remotes/origin/main");
  const elsewhere = `${server.folder}-renamed`;
  await git(server.folder, ["clone", "-q", "--bare", ".", elsewhere]);
  await git(elsewhere, ["branch", "-m", "main", "trunk"]);
  try {
    const { mirror, release } = await mirrors.use(options({ url: elsewhere, defaultBranch: "trunk" }));
    await mirror.refresh();
    expect((await mirror.objects.read("refs/remotes/origin/HEAD:slipway.yaml"))?.content.toString()).toBe(
      "slipway: 1\n",
    );
    await release();
  } finally {
    await rm(elsewhere, { recursive: true });
  }
});

test("a clone that was killed half-way is made again", async () => {
  await git(state, ["init", "-q", "--bare", "mirrors/1.git"]);
  expect(await read("refs/remotes/origin/main:slipway.yaml")).toBe("slipway: 1\n");
});

test("a server that cannot be read is an error that may pass, and leaves nothing behind", async () => {
  await expect(mirrors.use(options({ url: join(state, "nothing") }))).rejects.toMatchObject({ code: "REMOTE_FAILED" });
  expect(await readdir(join(state, "mirrors"))).toEqual([]);
  expect(mirrors.open).toBe(0);
});

test.each<[string, (folder: string) => Promise<void>]>([
  ["loses its objects", (folder) => rm(join(folder, "objects", "pack"), { recursive: true })],
  ["is deleted", (folder) => rm(folder, { recursive: true })],
  ["has a broken configuration", (folder) => writeFile(join(folder, "config"), "[remote")],
  [
    "keeps the lock of a killed process",
    (folder) => writeFile(join(folder, "refs", "remotes", "origin", "main.lock"), ""),
  ],
])("a mirror that %s while it is open is cloned again", async (_, damage) => {
  const { mirror, release } = await mirrors.use(options());
  await damage(mirror.workspace.folder);
  await server.commit("second");
  const error = await mirror.refresh().then(
    () => new SlipwayError("GIT_FAILED", "git cat-file ended early"),
    (error) => error,
  );
  await release(error);
  const next = await mirrors.use(options());
  await next.mirror.refresh();
  expect((await next.mirror.objects.read("refs/remotes/origin/main:slipway.yaml"))?.content.toString()).toBe(
    "slipway: 1\n",
  );
  await next.release();
});

test("what a killed App left of a clone is removed when it is old, and a clone that runs is not", async () => {
  const half = `1.git.${randomUUID()}`;
  await mkdir(join(state, "mirrors", half), { recursive: true });
  await read("refs/remotes/origin/main");
  await sweepMirrors(join(state, "mirrors"));
  expect(await readdir(join(state, "mirrors"))).toEqual(["1.git", half]);
  await sweepMirrors(join(state, "mirrors"), Date.now() + 7 * 3_600_000);
  expect(await readdir(join(state, "mirrors"))).toEqual(["1.git"]);
});

test("nobody else on the machine may read the mirrors", async () => {
  await read("refs/remotes/origin/main");
  expect((await stat(join(state, "mirrors"))).mode & 0o077).toBe(0);
});

test("a failure that is not the mirror's leaves it open", async () => {
  const { mirror, release } = await mirrors.use(options());
  await release(new SlipwayError("REMOTE_FAILED", "no", { found: "fatal: unable to access: Could not resolve host" }));
  const next = await mirrors.use(options());
  expect(next.mirror).toBe(mirror);
  await next.release();
});
