import { join } from "node:path";
import { expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { CLI_RESULTS, cliOutput } from "../../schemas/cli-output.ts";
import { findings, plainHost, tagsOf } from "../acts/plain-host.ts";
import { makeKey } from "../git/ssh/keys.ts";
import { ADA, ARTIFACT as artifact } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

/** `churn` with three versions that were imported, the first of which is in staging. */
async function withChurn(files: Record<string, string> = {}): Promise<Ports> {
  const host = await plainHost({ "slipway.yaml": "slipway: 1\nregister: { imported: [staging] }\n", ...files });
  await createModel(host, { name: "churn", by: ADA });
  for (const _ of [1, 2, 3])
    await importVersion(host, { model: "churn", imported: { source: "mlflow-artifacts:/0/a" }, artifact, by: ADA });
  await promoteVersion(host, { model: "churn", version: 1, stage: "staging", requestedBy: ADA });
  return host;
}

type Edit = "alias" | "tag" | "describe" | "rename" | "withdraw" | "archive" | "deprecate";

async function edit({ workspace }: Ports, ...words: string[]) {
  const answer = await slipway([...words, "--json"], { cwd: workspace.folder });
  const document = cliOutput(CLI_RESULTS[words[0] as Edit]).parse(JSON.parse(answer.stdout));
  return { code: answer.code, ...document };
}

const EDITS = [
  [["alias", "churn", "champion", "2"], ["show", "churn@champion"], '"version": 2'],
  [["tag", "churn", "team", "crm"], ["show", "churn"], '"team": "crm"'],
  [["tag", "churn@2", "data", "2026"], ["show", "churn@2"], '"data": "2026"'],
  [["describe", "churn", "Who leaves"], ["show", "churn"], '"description": "Who leaves"'],
  [["describe", "churn@2", "The second"], ["show", "churn@2"], '"description": "The second"'],
  [["rename", "churn", "leavers", "--reason", "clearer"], ["show", "leavers"], '"display_name": "leavers"'],
  [["archive", "churn@1", "--reason", "old"], ["show", "churn"], '"archived"'],
  [["withdraw", "churn@1", "--reason", "leak"], ["show", "churn"], '"withdrawn"'],
  [["deprecate", "churn", "--reason", "unused"], ["show", "churn"], '"deprecated"'],
] as const;

it.each(EDITS)("%j is done once, and shown by %j", async (words, show, shown) => {
  const host = await withChurn();
  expect(await edit(host, ...words)).toMatchObject({ code: 0, result: { outcome: "changed" } });
  const { commit } = await host.registry.snapshot();
  expect(await edit(host, ...words)).toMatchObject({ code: 0, result: { outcome: "unchanged" } });
  expect((await host.registry.snapshot()).commit).toBe(commit);
  expect((await slipway([...show, "--json"], { cwd: host.workspace.folder })).stdout).toContain(shown);
  expect(await findings(host)).toEqual([]);
});

it("takes nothing away that is not there", async () => {
  const host = await withChurn();
  for (const [words, said] of [
    [["alias", "churn", "champion", "--delete"], "churn has no alias champion already"],
    [["tag", "churn@2", "data", "--delete"], "churn@2 has no tag data already"],
    [["describe", "churn", ""], "churn has no description already"],
  ] as const) {
    const { code, stdout } = await slipway([...words], { cwd: host.workspace.folder });
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: `✓ ${said}` });
  }
});

it("says what a withdrawn version leaves empty, and tells GTO", async () => {
  const host = await withChurn();
  await edit(host, "alias", "churn", "champion", "1");
  const { stdout } = await slipway(["withdraw", "churn@champion"], { cwd: host.workspace.folder });
  expect(stdout).toContain("staging is empty now: version 1 left it\n  @champion went");
  expect(await tagsOf(host, "churn@v1")).toEqual(["churn@v1.0.0", "churn@v1.0.0!"]);
});

it("keeps why, and who", async () => {
  const host = await withChurn();
  const { result } = await edit(host, "withdraw", "churn@2", "--reason", "leak");
  expect(result).toMatchObject({ change: { reason: "leak", by: { name: "Ada Lovelace", id: "ada@example.org" } } });
});

it("takes an alias wherever it takes a version", async () => {
  const host = await withChurn();
  await edit(host, "alias", "churn", "next", "3");
  const { stdout } = await slipway(["promote", "churn@next", "staging", "--json"], { cwd: host.workspace.folder });
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, result: { outcome: "promoted", version: 3 } });
  await edit(host, "tag", "churn@next", "seen", "yes");
  expect((await (await host.registry.snapshot()).read({ kind: "metadata", model: "churn", version: 3 }))?.tags).toEqual(
    { seen: "yes" },
  );
});

it("edits where the policy cannot be read: what is withdrawn must not wait for it", async () => {
  const host = await withChurn();
  const broken = await plainHost({ "slipway.yaml": "slipway: [" });
  await createModel(broken, { name: "churn", by: ADA });
  expect(await edit(broken, "tag", "churn", "a", "b")).toMatchObject({ code: 0 });
  expect(await edit(host, "tag", "churn", "a", "b")).toMatchObject({ code: 0 });
});

it("signs what it tells GTO, where the policy names who signs, and refuses where it has no such key", async () => {
  const key = await makeKey();
  const host = await withChurn({
    "slipway.yaml": `slipway: 1\nregister: { imported: [staging] }\nsigners: [{ name: ada, key: "${key.text}" }]\n`,
  });
  const { commit } = await host.registry.snapshot();
  expect(await edit(host, "withdraw", "churn@3")).toMatchObject({ ok: false, error: { code: "NOT_A_SIGNER" } });
  expect((await host.registry.snapshot()).commit).toBe(commit);
  const { folder } = host.workspace;
  await gitIn(folder, "config", "gpg.format", "ssh");
  await gitIn(folder, "config", "user.signingKey", join(key.folder, "key"));
  expect(await edit(host, "withdraw", "churn@3")).toMatchObject({ code: 0, result: { outcome: "changed" } });
  expect(await gitIn(folder, "cat-file", "tag", "churn@v3.0.0!")).toContain("BEGIN SSH SIGNATURE");
});

const REFUSED = [
  [["alias", "churn", "champion"], "an alias leads to a version, or is deleted"],
  [["alias", "churn", "champion", "2", "--delete"], "an alias leads to a version, or is deleted"],
  [["alias", "churn", "champion", "two"], "found     two"],
  [["alias", "churn", "latest", "2"], "ALIAS_INVALID"],
  [["alias", "churn", "7", "2"], "ALIAS_INVALID"],
  [["tag", "churn", "team"], "a tag has a value, or is deleted"],
  [["tag", "churn", "a=b", "c"], "LABEL_INVALID"],
  [["withdraw", "churn"], "which version?"],
  [["withdraw", "churn@nobody"], "churn has no alias nobody"],
  [["rename", "churn", "a/b"], "NAME_INVALID"],
  [["alais", "churn", "champion", "2"], "did you mean alias?"],
] as const;

it("refuses what it does not understand, says what it expected, and changes nothing", async () => {
  const host = await withChurn();
  const { commit } = await host.registry.snapshot();
  for (const [words, said] of REFUSED) {
    const { code, stderr } = await slipway([...words], { cwd: host.workspace.folder });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) });
  }
  expect((await host.registry.snapshot()).commit).toBe(commit);
});
