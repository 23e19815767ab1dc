import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { policyStore } from "../../../app/repositories/policy-store.ts";
import { type GitObjects, openObjects } from "../../../core/git/objects.ts";
import { makeRepository, type TestRepository } from "../../helpers/repository.ts";

let repository: TestRepository;
let objects: GitObjects;
let shared: string;

beforeEach(async () => {
  repository = await makeRepository();
  objects = await openObjects(repository.folder);
  shared = await mkdtemp(join(tmpdir(), "slipway-shared-"));
});

afterEach(async () => {
  await objects.close();
  await Promise.all([repository.end(), rm(shared, { recursive: true })]);
});

async function withPolicy(policy: string) {
  await repository.write({ "slipway.yaml": policy });
  await repository.commit();
}

test("the store is the folder that the policy names at the branch's tip", async () => {
  await withPolicy(`slipway: 1\nartifacts: { store: "file:${shared}" }\n`);
  await writeFile(join(shared, "file"), "bytes");
  const store = policyStore(objects, "refs/heads/main");
  const stored = await store.putFile(join(shared, "file"));
  expect(stored.uri).toBe(`file:${shared}/sha256/${stored.sha256.slice(0, 2)}/${stored.sha256}`);
  expect(await store.verify(stored)).toBe("ok");
});

const nothing = { uri: "file:/x", sha256: "0".repeat(64), size: 1 };
test.each([
  ["names none", "slipway: 1\n", "ARTIFACT_NOT_DURABLE"],
  ["names a relative one", "slipway: 1\nartifacts: { store: 'file:store' }\n", "ARTIFACT_NOT_DURABLE"],
  ["names one that is not supported", "slipway: 1\nartifacts: { store: 's3://bucket' }\n", "UNSUPPORTED"],
  ["is not valid", "slipway: 2\n", "SPEC_INVALID"],
])("where the policy %s, what needs the store is refused with the reason", async (_, policy, code) => {
  await withPolicy(policy);
  await expect(policyStore(objects, "refs/heads/main").verify(nothing)).rejects.toMatchObject({ code });
});

test("a policy that is mended counts from then on", async () => {
  await withPolicy("slipway: 2\n");
  const store = policyStore(objects, "refs/heads/main");
  await expect(store.verify(nothing)).rejects.toMatchObject({ code: "SPEC_INVALID" });
  await withPolicy(`slipway: 1\nartifacts: { store: "file:${shared}" }\n`);
  expect(await store.verify(nothing)).toBe("missing");
});
