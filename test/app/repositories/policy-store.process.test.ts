import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { policyStore } from "../../../app/repositories/policy-store.ts";
import { type GitObjects, openObjects } from "../../../core/git/objects.ts";
import { makeRepository, type TestRepository } from "../../helpers/repository.ts";

let repository: TestRepository;
let objects: GitObjects;
let shared: string;
const OWN = { id: 7, fullName: "Acme/Models" };

beforeEach(async () => {
  repository = await makeRepository();
  objects = await openObjects(repository.folder);
  shared = await mkdtemp(join(tmpdir(), "slipway-shared-"));
});

afterEach(async () => {
  await objects.close();
  await Promise.all([repository.end(), rm(shared, { recursive: true })]);
});

const options = () => ({ allowed: { roots: [`file:${shared}`], repository: OWN } });

async function withPolicy(policy: string) {
  await repository.write({ "slipway.yaml": policy });
  await repository.commit();
}

test("the store is the folder that the policy names at the branch's tip", async () => {
  await withPolicy(`slipway: 1\nartifacts: { store: "file:${shared}/7" }\n`);
  await writeFile(join(shared, "file"), "bytes");
  const store = policyStore(objects, "refs/heads/main", options());
  const stored = await store.putFile(join(shared, "file"));
  expect(stored.uri).toBe(`file:${shared}/7/sha256/${stored.sha256.slice(0, 2)}/${stored.sha256}`);
  expect(await store.verify(stored)).toBe("ok");
});

const nothing = { uri: "file:/x", sha256: "0".repeat(64), size: 1 };
test.each([
  ["names none", "slipway: 1\n", "ARTIFACT_NOT_DURABLE"],
  ["names a relative one", "slipway: 1\nartifacts: { store: 'file:store' }\n", "ARTIFACT_NOT_DURABLE"],
  ["names one of another kind", "slipway: 1\nartifacts: { store: 's3://bucket/7' }\n", "STORE_NOT_ALLOWED"],
  ["is not valid", "slipway: 2\n", "SPEC_INVALID"],
])("where the policy %s, what needs the store is refused with the reason", async (_, policy, code) => {
  await withPolicy(policy);
  await expect(policyStore(objects, "refs/heads/main", options()).verify(nothing)).rejects.toMatchObject({ code });
});

test("a policy that is mended counts from then on", async () => {
  await withPolicy("slipway: 2\n");
  const store = policyStore(objects, "refs/heads/main", options());
  await expect(store.verify(nothing)).rejects.toMatchObject({ code: "SPEC_INVALID" });
  await withPolicy(`slipway: 1\nartifacts: { store: "file:${shared}/7" }\n`);
  expect(await store.verify(nothing)).toBe("missing");
});

// Whatever a stranger's policy names: another's folder, a path that leads out, what is no folder.
test.each([
  ["the root itself", () => `file:${shared}`],
  ["another repository's folder", () => `file:${shared}/8`],
  ["a path that climbs out", () => `file:${shared}/7/../8`],
  ["a path that comes back", () => `file:${shared}/8/../7`],
  ["a folder below its own", () => `file:${shared}/7/deeper`],
  ["a longer number", () => `file:${shared}/70`],
  ["a path written in another way", () => `file:${shared}//7`],
  ["a system's file", () => "file:/proc/self/environ"],
  ["a device", () => "file:/dev/zero"],
])("a policy that names %s is refused, and nothing there is touched", async (_, address) => {
  await withPolicy(`slipway: 1\nartifacts: { store: "${address()}" }\n`);
  await writeFile(join(shared, "file"), "bytes");
  const before = await readdir(shared);
  const store = policyStore(objects, "refs/heads/main", options());
  const refused = {
    code: "STORE_NOT_ALLOWED",
    problems: [{ expected: `file:${shared}/7`, found: address(), line: 2 }],
  };
  const asks = [
    () => store.putFile(join(shared, "file")),
    () => store.verify(nothing),
    () => store.getFile(nothing, "/x"),
  ];
  for (const ask of asks) await expect(ask()).rejects.toMatchObject(refused);
  expect(await readdir(shared)).toEqual(before);
});

test("a machine whose operator names no store has none", async () => {
  await withPolicy(`slipway: 1\nartifacts: { store: "file:${shared}/7" }\n`);
  const store = policyStore(objects, "refs/heads/main", { allowed: { roots: [], repository: OWN } });
  await expect(store.has(nothing)).rejects.toMatchObject({ code: "STORE_NOT_ALLOWED" });
});

test("a link in the place of a repository's folder leads nowhere", async () => {
  const outside = join(shared, "outside");
  await mkdir(outside);
  await symlink(outside, join(shared, "7"));
  await writeFile(join(shared, "file"), "bytes");
  await withPolicy(`slipway: 1\nartifacts: { store: "file:${shared}/7" }\n`);
  const store = policyStore(objects, "refs/heads/main", options());
  await expect(store.putFile(join(shared, "file"))).rejects.toMatchObject({ code: "SYMLINK_REFUSED" });
  await expect(store.has(nothing)).rejects.toMatchObject({ code: "SYMLINK_REFUSED" });
  expect(await readdir(outside)).toEqual([]);
});

test("a store that is not mounted is no empty one, and is not made", async () => {
  const gone = join(shared, "gone");
  await withPolicy(`slipway: 1\nartifacts: { store: "file:${gone}/7" }\n`);
  await writeFile(join(shared, "file"), "bytes");
  const store = policyStore(objects, "refs/heads/main", { allowed: { roots: [`file:${gone}`], repository: OWN } });
  for (const ask of [() => store.putFile(join(shared, "file")), () => store.has(nothing)])
    await expect(ask()).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
});
