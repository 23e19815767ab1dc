import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SEEN_REF } from "../../core/registry/lost-branch.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { unpack } from "../../tools/trials/unpack.ts";
import { manifest, promote, register } from "./builders.ts";
import { bareRepository, gitIn, registryOf, temporaryFolder } from "./repositories.ts";
import { rewriteTip } from "./tamper.ts";

/** Two versions, the first in production, and a refusal. */
async function goodRegistry() {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  await register(registry);
  await promote(registry, 1);
  await register(registry);
  await promote(registry, 2, { outcome: "refused" });
  return folder;
}

async function codes(folder: string, artifacts?: Parameters<typeof verifyRegistry>[0]["artifacts"]) {
  const { findings } = await verifyRegistry({ folder, artifacts });
  return findings.map((finding) => finding.code);
}

const VERSION_1 = "models/f9/penguins/versions/1.json";
const DECISION_1 = "models/f9/penguins/promotions/0000000000000001.json";

describe("verify", () => {
  it("finds nothing in a registry that only slipway wrote", async () => {
    const { commit: _, ...seen } = await verifyRegistry({ folder: await goodRegistry() });
    expect(seen).toEqual({
      ...{ commits: 4, models: 1, versions: 2, decisions: 2, tries: 0, requests: 0, reviews: 0 },
      signatures: { signed: 0, unsigned: 3, untrusted: 0, forged: 0 },
      ...{ findings: [], owed: [], damaged: [] },
    });
  });

  it("finds nothing where there is no registry", async () => {
    expect(await codes(await bareRepository())).toEqual([]);
  });

  it("names a missing tag", async () => {
    const folder = await goodRegistry();
    await gitIn(folder, "tag", "-d", "penguins@v1.0.0");
    expect(await codes(folder)).toEqual(["TAG_MISSING"]);
  });

  it("names a tag that was moved to another commit", async () => {
    const folder = await goodRegistry();
    await gitIn(folder, "tag", "-f", "-a", "-m", "x", "penguins@v1.0.0", "registry");
    expect(await codes(folder)).toEqual(["TAG_MOVED"]);
  });

  it("names a tag on the right commit with other words", async () => {
    const folder = await goodRegistry();
    await gitIn(folder, "tag", "-f", "-a", "-m", "x", "penguins@v1.0.0", "penguins@v1.0.0^{commit}");
    expect(await codes(folder)).toEqual(["TAG_DIFFERS"]);
  });

  it("names a lightweight tag", async () => {
    const folder = await goodRegistry();
    await gitIn(folder, "tag", "-f", "penguins@v1.0.0", "penguins@v1.0.0^{commit}");
    expect(await codes(folder)).toEqual(["TAG_LIGHTWEIGHT"]);
  });

  it.each(["penguins@v3.0.0", "penguins#staging#1", "penguins@created", "penguins@v1.0.0!"])(
    "names the extra tag %s",
    async (name) => {
      const folder = await goodRegistry();
      await gitIn(folder, "tag", "-a", "-m", "x", name, "registry");
      expect(await codes(folder)).toEqual(["TAG_UNKNOWN"]);
    },
  );

  it("leaves a user's own tags alone", async () => {
    const folder = await goodRegistry();
    await gitIn(folder, "tag", "v1.0.0", "registry");
    await gitIn(folder, "tag", "other@v1.0.0", "registry");
    expect(await codes(folder)).toEqual([]);
  });

  it("names a manifest that was edited", async () => {
    const folder = await goodRegistry();
    await rewriteTip(folder, { [VERSION_1]: (text) => text.replace('"seed": 7', '"seed": 8') });
    expect(await codes(folder)).toEqual(["RECORD_CHANGED", "TAG_DIFFERS"]);
  });

  it("names a digest that was swapped in a decision", async () => {
    const folder = await goodRegistry();
    await rewriteTip(folder, {
      [DECISION_1]: (text) => text.replace(/("artifact_sha256": ").{64}/, `$1${"f".repeat(64)}`),
    });
    expect(await codes(folder)).toEqual(["RECORD_CHANGED", "TAG_DIFFERS"]);
  });

  it("names a stage that the decisions do not lead to", async () => {
    const folder = await goodRegistry();
    await rewriteTip(folder, {
      "models/f9/penguins/model.json": (text) => text.replace(/("version": )1/, "$19"),
    });
    expect(await codes(folder)).toEqual(["ACT_WRONG"]);
  });

  it("names a version that was deleted", async () => {
    const folder = await goodRegistry();
    await rewriteTip(folder, { [VERSION_1]: () => undefined });
    const found = await codes(folder);
    expect(found).toContain("RECORD_DELETED");
    expect(found).toContain("TAG_UNKNOWN");
  });

  it("names a record that was cut short", async () => {
    const folder = await goodRegistry();
    await rewriteTip(folder, { [DECISION_1]: (text) => text.slice(0, 50) });
    expect(await codes(folder)).toContain("RECORD_INVALID");
  });

  it("names a record whose bytes are not canonical", async () => {
    const folder = await goodRegistry();
    await rewriteTip(folder, { "models/f9/penguins/model.json": (text) => `${JSON.stringify(JSON.parse(text))}\n` });
    expect(await codes(folder)).toEqual(["ACT_WRONG"]);
  });

  it("names a file that no registry has", async () => {
    const folder = await goodRegistry();
    await rewriteTip(folder, { "models/f9/penguins/notes.md": () => "hello\n" });
    expect(await codes(folder)).toEqual(["FILE_UNKNOWN"]);
  });

  it("names what was said of a model by no act, though its records agree", async () => {
    const folder = await goodRegistry();
    const tagged = (text: string) => text.replace('"tags": {}', '"tags": {\n    "team": "ice"\n  }');
    await rewriteTip(folder, { "models/f9/penguins/model.json": tagged }, "Tag penguins\n");
    expect(await codes(folder)).toEqual(["FORMAT_UNKNOWN"]);
  });

  it("names a commit that says that somebody else did it", async () => {
    const folder = await goodRegistry();
    const forged = (await gitIn(folder, "cat-file", "commit", "registry")).replace("Actor: Ada", "Actor: Bob");
    const file = join(await temporaryFolder(), "commit");
    await writeFile(file, `${forged}\n`);
    const id = await gitIn(folder, "hash-object", "-t", "commit", "-w", file);
    await gitIn(folder, "update-ref", "refs/heads/registry", id);
    const { findings } = await verifyRegistry({ folder });
    expect(findings).toMatchObject([
      { code: "BRANCH_REWRITTEN", found: id },
      { code: "ACT_WRONG", commit: id, expected: "Slipway-Actor: Ada <ada@example.org>" },
    ]);
  });

  it("names an object whose bytes are another's, which Git reads without a word", async () => {
    const folder = await goodRegistry();
    await unpack(folder);
    const [one, other] = [VERSION_1, VERSION_1.replace("1.json", "2.json")];
    const ids = await Promise.all([one, other].map((path) => gitIn(folder, "rev-parse", `registry:${path}`)));
    const files = ids.map((id) => join(folder, "objects", id.slice(0, 2), id.slice(2)));
    await rm(files[0] as string);
    await copyFile(files[1] as string, files[0] as string);
    expect(await codes(folder)).toEqual(["OBJECT_CORRUPT"]);
  });

  it("names the branch that was deleted, and a commit of it, where the repository has tags alone to tell", async () => {
    const folder = await goodRegistry();
    const newest = await gitIn(folder, "rev-parse", "penguins@v2.0.0^{commit}");
    for (const ref of ["refs/heads/registry", SEEN_REF]) await gitIn(folder, "update-ref", "-d", ref);
    const { findings } = await verifyRegistry({ folder });
    expect(findings).toMatchObject([{ code: "BRANCH_MISSING", hint: expect.stringContaining(newest) }]);
  });

  it("names history that was rewritten, by the tags that stayed behind", async () => {
    const folder = await goodRegistry();
    const tree = await gitIn(folder, "rev-parse", "registry^{tree}");
    const root = await gitIn(folder, "commit-tree", "-m", "squashed", tree);
    await gitIn(folder, "update-ref", "refs/heads/registry", root);
    await gitIn(folder, "update-ref", "-d", SEEN_REF);
    expect(new Set(await codes(folder))).toEqual(new Set(["COMMIT_SHARED", "TAG_MOVED"]));
  });

  it("names a merge into the branch", async () => {
    const folder = await goodRegistry();
    const tree = await gitIn(folder, "rev-parse", "registry^{tree}");
    const merge = await gitIn(folder, "commit-tree", "-m", "m", "-p", "registry", "-p", "registry~1", tree);
    await gitIn(folder, "update-ref", "refs/heads/registry", merge);
    expect(await codes(folder)).toEqual(["HISTORY_MERGED"]);
  });

  it("names bytes that the store lacks or has wrong", async () => {
    const folder = await goodRegistry();
    const { artifact, predictions } = manifest();
    const states = new Map([
      [artifact.uri, "missing" as const],
      [predictions.uri, "corrupt" as const],
    ]);
    const artifacts = { verify: async ({ uri }: { uri: string }) => states.get(uri) ?? "ok" };
    expect(new Set(await codes(folder, artifacts))).toEqual(new Set(["ARTIFACT_MISSING", "ARTIFACT_CORRUPT"]));
  });

  it("tells for each finding what to do", async () => {
    const folder = await goodRegistry();
    await gitIn(folder, "tag", "-d", "penguins@v2.0.0");
    await rewriteTip(folder, { [VERSION_1]: () => undefined });
    const { findings } = await verifyRegistry({ folder });
    expect(findings.filter(({ hint }) => hint.length < 10)).toEqual([]);
  });
});
