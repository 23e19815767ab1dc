import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { groupOf } from "../../core/registry/added-records.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { registrationChange } from "../../core/registry/records.ts";
import type { Registry, RegistrySnapshot } from "../../core/registry/registry.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { manifest, promote, register, WRITTEN } from "./builders.ts";
import { bareRepository, gitIn, registryOf, temporaryFolder } from "./repositories.ts";

const from = (at: number) => String(at).padStart(40, "c");
const commits = (folder: string) => gitIn(folder, "rev-list", "--count", "registry");
const codes = async (folder: string) => (await verifyRegistry({ folder })).findings.map(({ code }) => code);

/** Counts what is published in one go. */
function counting(inner: Registry): Registry & { times: number } {
  const counted = {
    ...inner,
    times: 0,
    publish(drafted: RegistrySnapshot) {
      counted.times += 1;
      return inner.publish(drafted);
    },
  };
  return counted;
}

async function clone(remote: string): Promise<string> {
  const folder = await temporaryFolder();
  await gitIn(folder, "clone", "--quiet", remote, ".");
  return folder;
}

describe.each([
  ["a repository itself", async (folder: string) => registryOf(folder)],
  ["a remote", async (folder: string) => registryOf(await clone(folder), "origin")],
])("acts that wait at the same time, into %s", (_, open) => {
  it("are published in few goes, each once, with a commit and a tag of its own, in the order in which they came", async () => {
    const folder = await bareRepository();
    const registry = counting(await open(folder));
    const versions = await Promise.all(Array.from({ length: 30 }, (_, at) => register(registry, "penguins", from(at))));
    expect(versions).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    expect(registry.times).toBeLessThanOrEqual(2);
    expect(await commits(folder)).toBe("30");
    const tags = (await gitIn(folder, "for-each-ref", "--format=%(*objectname)", "refs/tags")).split("\n");
    expect(new Set(tags).size).toBe(30);
    expect(await codes(folder)).toEqual([]);
    expect(await gitIn(folder, "fsck", "--strict", "--no-dangling")).toBe("");
  });

  it("see what the ones before them wrote, tags of versions that are not published yet too", async () => {
    const folder = await bareRepository();
    const registry = counting(await open(folder));
    await register(registry, "other");
    const [version, decided] = await Promise.all([register(registry), promote(registry, 1)]);
    expect([version, decided.version]).toEqual([1, 1]);
    expect(registry.times).toBe(2);
    expect(await gitIn(folder, "rev-parse", "penguins#production#1^{commit}")).toBe(
      await gitIn(folder, "rev-parse", "penguins@v1.0.0^{commit}"),
    );
    expect(await codes(folder)).toEqual([]);
  });

  it("all go on where one fails and one has nothing to do", async () => {
    const folder = await bareRepository();
    const registry = await open(folder);
    await register(registry, "first");
    const failing = publishWithRetry(registry, async () => {
      throw new SlipwayError("VERSION_UNKNOWN", "no");
    });
    const idle = publishWithRetry(registry, async () => undefined);
    const twice = [register(registry, "penguins", from(7)), register(registry, "penguins", from(7))];
    await expect(failing).rejects.toMatchObject({ code: "VERSION_UNKNOWN" });
    expect(await idle).toBeUndefined();
    expect(await Promise.all(twice)).toEqual([1, 1]);
    expect(await commits(folder)).toBe("2");
  });

  it("are told apart where one cannot be published: it alone is refused", async () => {
    const folder = await bareRepository();
    const empty = await gitIn(folder, "hash-object", "-w", "-t", "tree", "/dev/null");
    await gitIn(folder, "tag", "-a", "-m", "mine", "b@v1.0.0", empty);
    const registry = await open(folder);
    const done = await Promise.allSettled(["a", "b", "c"].map((model) => register(registry, model)));
    expect(done.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(done[1]).toMatchObject({ reason: { code: "TAG_TAKEN" } });
    expect(await (await registry.snapshot()).models()).toEqual(["a", "c"]);
  });

  it("are all decided again where another writer was first", async () => {
    const folder = await bareRepository();
    const [registry, other] = [await open(folder), await open(folder)];
    let raced = false;
    const slow = publishWithRetry(registry, async (snapshot) => {
      if (!raced) await register(other, "penguins", from(100));
      raced = true;
      const record = await snapshot.model("penguins");
      const version = (record?.latest_version ?? 0) + 1;
      return registrationChange({ manifest: manifest({ version, registered_at: WRITTEN }), record });
    });
    const more = [1, 2, 3].map((at) => register(registry, "penguins", from(at)));
    await slow;
    expect(await Promise.all(more)).toEqual([3, 4, 5]);
    expect(await codes(folder)).toEqual([]);
  });

  it("are answered only once they are published: a refusal that rests on what lost the race is taken back", async () => {
    const folder = await bareRepository();
    const [registry, other] = [await open(folder), await open(folder)];
    let raced = false;
    const first = publishWithRetry(registry, async (snapshot) => {
      if (raced) return undefined;
      raced = true;
      await register(other, "other");
      return registrationChange({ manifest: manifest(), record: await snapshot.model("penguins") });
    });
    const seen: boolean[] = [];
    const second = publishWithRetry(registry, async (snapshot) => {
      seen.push((await snapshot.model("penguins")) !== undefined);
      return undefined;
    });
    await Promise.all([first, second]);
    expect(seen).toEqual([true, false]);
  });
});

it("reads what an act rests on once for all, and decides again where it changed before they were published", async () => {
  const registry = counting(await registryOf(await bareRepository()));
  const tips = ["one", "two", "two", "two"];
  let reads = 0;
  const rested: string[] = [];
  const act = (model: string) =>
    publishWithRetry(registry, async (snapshot, basis) => {
      rested.push(await basis(async () => tips[reads++] ?? "two"));
      return registrationChange({ manifest: manifest({ model }), record: await snapshot.model(model) });
    });
  await Promise.all([act("a"), act("b")]);
  expect(rested).toEqual(["one", "one", "two", "two"]);
  expect(reads).toBe(4);
  expect(registry.times).toBe(1);
});

describe("a writer killed in the middle of a group's refs", () => {
  /** Git's own commit renames the branch's lock first; then some of the tags'; then both processes are gone. */
  const killedAfter = async (folder: string, tags: readonly string[]) => {
    const hook = join(folder, "hooks", "reference-transaction");
    const moves = ["heads/registry", ...tags.map((tag) => `tags/${tag}`)].map(
      (ref) => `mv "$GIT_DIR/refs/${ref}.lock" "$GIT_DIR/refs/${ref}"`,
    );
    await writeFile(hook, `#!/bin/sh\n[ "$1" = prepared ] || exit 0\n${moves.join("\n")}\nkill -9 $PPID\n`);
    await chmod(hook, 0o755);
    return () => rm(hook);
  };

  it.each([[[]], [["penguins@v2.0.0"]], [["penguins@v1.0.0", "penguins@v3.0.0"]]])(
    "has its tags completed by the next one, whichever were there: %j",
    async (there) => {
      const folder = await bareRepository();
      const mend = await killedAfter(folder, there);
      const registry = await registryOf(folder);
      expect(await Promise.all([1, 2, 3].map((at) => register(registry, "penguins", from(at))))).toEqual([1, 2, 3]);
      await mend();
      expect(await codes(folder)).toEqual(Array(3 - there.length).fill("TAG_MISSING"));
      await (await registryOf(folder)).complete();
      expect(await codes(folder)).toEqual([]);
    },
  );

  it("has them completed on a remote too, before anything is put on top", async () => {
    const folder = await bareRepository();
    const mend = await killedAfter(folder, ["penguins@v2.0.0"]);
    const local = await registryOf(folder);
    await Promise.all([1, 2, 3].map((at) => register(local, "penguins", from(at))));
    await mend();
    await register(await registryOf(await clone(folder), "origin"), "other");
    expect(await codes(folder)).toEqual([]);
  });
});

it("says of a commit how many were published with it, up to it", async () => {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  await register(registry, "alone");
  await Promise.all(["a", "b", "c"].map((model) => register(registry, model)));
  const objects = await openObjects(folder);
  onTestFinished(() => objects.close());
  const log = (await gitIn(folder, "log", "--format=%H%(trailers:key=Slipway-Group,valueonly,separator=)", "registry"))
    .split("\n")
    .reverse();
  const ids = log.map((line) => line.slice(0, 40));
  expect(log.map((line) => line.slice(40))).toEqual(["", "", "2", "3"]);
  expect(await groupOf(objects, ids[3] as string)).toEqual(ids.slice(1));
  expect(await groupOf(objects, ids[0] as string)).toEqual([ids[0]]);
});
