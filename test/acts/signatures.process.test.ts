import { describe, expect, it } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { signaturesOf } from "../../core/acts/signatures.ts";
import { toSecond } from "../../core/clock.ts";
import { type KeyPair, makeKey } from "../git/ssh/keys.ts";
import { promote, register, WRITTEN } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { comment, forge, PERSONS, policyYaml, signingHost } from "./hosts.ts";

/** Minutes before the hosts' clock. */
const BEFORE = "2026-03-01T08:58:00.000Z";
const PRODUCTION = { model: "penguins", stage: "production", requestedBy: PERSONS.ada };

/** The policy, and its signers: each key from a moment on, or always. */
const policy = (...signers: [KeyPair, string?][]) => {
  const lines = signers.map(
    ([{ text }, after]) => `  - { name: app, key: "${text}"${after ? `, valid-after: ${after}` : ""} }`,
  );
  return { "slipway.yaml": `${policyYaml(0)}${signers.length > 0 ? "signers:\n" : ""}${lines.join("\n")}\n` };
};

const ask = (ports: Ports, version?: number) =>
  promoteVersion(ports, { ...PRODUCTION, source: comment(), ...(version && { version }) });

const states = async ({ objects, remote, registry }: Ports) => {
  const snapshot = await registry.snapshot();
  const record = await snapshot.model("penguins");
  if (record === undefined) throw new Error("no penguins");
  const versions = await snapshot.versions("penguins");
  const found = await signaturesOf({ objects, remote }, snapshot.commit, [{ record, versions }]);
  return found?.map(({ tag, state, by }) => `${tag} ${state}${by ? ` by ${by}` : ""}`);
};

const REFUSED = { outcome: "refused", decision: { refusals: [{ code: "TAG_UNTRUSTED" }] } };

describe("where the policy names signers", () => {
  it("a version that one of them signed is promoted, and its way into the stage is signed too", async () => {
    const key = await makeKey();
    const repository = await forge(policy([key]));
    const ports = await signingHost(repository, key);
    await register(ports.registry);
    expect(await ask(ports)).toMatchObject({ outcome: "promoted" });
    expect(await states(ports)).toEqual(["penguins@v1.0.0 signed by app", "penguins#production#1 signed by app"]);
  });

  it("one that another signed is refused, for every host that looks", async () => {
    const [key, other] = [await makeKey(), await makeKey()];
    const repository = await forge(policy());
    await register((await signingHost(repository, other)).registry);
    await repository.merge(policy([key]));
    const ports = await signingHost(repository, key);
    expect(await ask(ports)).toMatchObject(REFUSED);
    expect(await states(ports)).toEqual(["penguins@v1.0.0 untrusted"]);
  });

  it("one whose tag was taken away is refused, unless the next writer owes it", async () => {
    const key = await makeKey();
    const repository = await forge(policy([key]));
    const first = await signingHost(repository, key);
    await register(first.registry);
    await gitIn(repository.origin, "tag", "-d", "penguins@v1.0.0");
    expect(await ask(await signingHost(repository, key))).toMatchObject({ outcome: "promoted" });
    await register(first.registry);
    await register(first.registry);
    await gitIn(repository.origin, "tag", "-d", "penguins@v2.0.0");
    expect(await ask(await signingHost(repository, key), 2)).toMatchObject(REFUSED);
  });

  it("one from before they were named is promoted, and none that only says so", async () => {
    const key = await makeKey();
    const repository = await forge(policy());
    const unsigned = await signingHost(repository, undefined);
    await register(unsigned.registry, "penguins", undefined, BEFORE);
    await repository.merge(policy([key, "2026-03-01T08:59:00Z"]));
    const ports = await signingHost(repository, key);
    expect(await ask(ports)).toMatchObject({ outcome: "promoted" });
    // A host that asks nobody: another model's first version is of the same moment, on top of what is signed.
    await register((await repository.host()).registry, "finches", undefined, BEFORE);
    await repository.merge({
      "models/finches/model.yaml": await gitIn(repository.origin, "show", "main:models/penguins/model.yaml"),
    });
    const asked = { ...PRODUCTION, model: "finches", source: comment() };
    expect(await promoteVersion(ports, asked)).toMatchObject(REFUSED);
  });

  it("a rollback brings no version back that they do not stand for", async () => {
    const [key, other] = [await makeKey(), await makeKey()];
    const repository = await forge(policy());
    const before = await signingHost(repository, other);
    await register(before.registry);
    await promote(before.registry, 1);
    await repository.merge(policy([key, toSecond(WRITTEN)]));
    const ports = await signingHost(repository, key);
    await register(ports.registry);
    expect(await ask(ports, 2)).toMatchObject({ outcome: "promoted" });
    expect(await rollBack(ports, { ...PRODUCTION, source: comment() })).toMatchObject({
      outcome: "refused",
      refusals: [{ code: "TAG_UNTRUSTED" }],
    });
  });

  it("a host without a key writes no tag, and can still say no", async () => {
    const key = await makeKey();
    const repository = await forge(policy([key]));
    await register((await signingHost(repository, key)).registry);
    const ports = await signingHost(repository, undefined);
    await expect(ask(ports)).rejects.toMatchObject({ code: "NOT_A_SIGNER" });
    await repository.merge({ "slipway.yaml": `${policy([key])["slipway.yaml"]}`.replace("0.8", "0.999") });
    expect(await ask(ports)).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "GATE_FAILED" }] } });
  });
});

describe("where it names nobody", () => {
  it("there is nothing to say of tags that nobody signed, and of others which key it was", async () => {
    const repository = await forge(policy());
    const ports = await signingHost(repository, undefined);
    await register(ports.registry);
    expect(await states(ports)).toBeUndefined();
    await register((await signingHost(repository, await makeKey())).registry);
    expect(await states(ports)).toEqual(["penguins@v1.0.0 unsigned", "penguins@v2.0.0 signed"]);
  });
});
