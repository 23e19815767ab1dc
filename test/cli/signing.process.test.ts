import { expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { gitSigning } from "../../core/git/sign.ts";
import { ListResult, ShowResult, VerifyResult } from "../../schemas/cli-output.ts";
import { plainHost } from "../acts/plain-host.ts";
import { type KeyPair, makeKey } from "../git/ssh/keys.ts";
import { register } from "../registry/builders.ts";
import { gitIn, registryOf } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

/** A repository with one signed version, whose policy names the key, or another. */
async function repository(named: (key: KeyPair) => Promise<KeyPair> = async (key) => key) {
  const key = await makeKey();
  const { text } = await named(key);
  const { workspace } = await plainHost({ "slipway.yaml": `slipway: 1\nsigners: [{ name: ada, key: "${text}" }]\n` });
  const { folder } = workspace;
  await gitIn(folder, "config", "gpg.format", "ssh");
  await gitIn(folder, "config", "user.signingKey", key.file);
  const signing = { key: async () => ({ ...(await gitSigning(folder)), always: true }), signers: async () => [] };
  await register(await registryOf(folder, undefined, signing));
  const json = async (...args: string[]) => {
    const { code, stdout } = await slipway([...args, "--json"], { cwd: folder });
    return { code, ...JSON.parse(stdout) };
  };
  const printed = async (...args: string[]) => (await slipway(args, { cwd: folder })).stdout;
  return { folder, json, text: printed };
}

it("show, ls and verify say who signed", async () => {
  const { json, text } = await repository();
  const signature = { tag: "penguins@v1.0.0", model: "penguins", version: 1, state: "signed", by: "ada" };
  const shown = await json("show", "penguins@1");
  expect(ShowResult.parse(shown.result).signatures).toEqual([{ ...signature, key: expect.stringMatching(/^SHA256:/) }]);
  expect(ListResult.parse((await json("ls")).result).signatures).toMatchObject([signature]);
  const verified = await json("verify");
  expect(VerifyResult.parse(verified.result).signatures).toMatchObject({ signed: 1, untrusted: 0 });
  expect(await text("show", "penguins@1")).toMatch(/penguins@v1\.0\.0 +signed by ada, SHA256:/);
  expect(await text("show", "penguins")).toMatch(/Version +Stage +Registered +Signed .*\n.* ada /);
  expect(await text("ls")).toMatch(/ Signed .*\n.* ada /);
});

it("verify fails where the policy names others, and show says that nobody is trusted for it", async () => {
  const { json, text } = await repository(() => makeKey());
  const { code, result } = await json("verify");
  expect([code, VerifyResult.parse(result).findings.map((finding) => finding.code)]).toEqual([
    3,
    expect.arrayContaining(["TAG_UNTRUSTED"]),
  ]);
  expect(await text("show", "penguins@1")).toMatch(/untrusted: the policy names no key SHA256:/);
});

it("what a command writes is signed with the person's own key, or not written where the policy names others", async () => {
  const [named, other] = [await repository(), await repository(() => makeKey())];
  expect((await named.json("withdraw", "penguins@1")).code).toBe(0);
  expect(await named.text("verify")).toContain("2 signed tags");
  const { code, error } = await other.json("withdraw", "penguins@1");
  expect([code, error.code]).toEqual([1, "NOT_A_SIGNER"]);
  expect(await gitIn(other.folder, "tag", "--list")).toBe("penguins@v1.0.0");
});

it("what nobody signed and nobody asks to be signed is shown as before", async () => {
  const ports = await plainHost();
  await createModel(ports, { name: "churn", by: { name: "Ada", id: "ada@example.org" } });
  const { stdout } = await slipway(["ls"], { cwd: ports.workspace.folder });
  expect(stdout).not.toContain("Signed");
});
