import { describe, expect, it } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { stepRollout } from "../../core/acts/step-rollout.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { figuresOf } from "../../core/rollout/figures.ts";
import type { RolloutPlan } from "../../schemas/rollout.ts";
import type { Signer } from "../../schemas/signer.ts";
import { type KeyPair, makeKey } from "../git/ssh/keys.ts";
import { promote, register } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { replaceTag } from "../registry/tamper.ts";
import { comment, forge, PERSONS, policyYaml, signingHost } from "./hosts.ts";

const PRODUCTION = { model: "penguins", stage: "production" };
const PLAN: RolloutPlan = { steps: [{ share: 0.1, for: "1h" }, { share: 0.5, for: "1h" }, { share: 1 }] };
const FORGED: RolloutPlan = { steps: [{ share: 0.99, for: "1h" }, { share: 1 }] };
const UNTRUSTED = { code: "TAG_UNTRUSTED" };

/** Version 1 in production and version 2 beside it, both signed where a key is; and hosts whose clock is set by hand. */
async function registered(key: KeyPair | undefined, ...others: KeyPair[]) {
  let hours = 0;
  const clock = () => new Date(Date.parse("2026-03-01T09:00:00Z") + hours * 3_600_000);
  const now = () => clock().toISOString();
  const signers = [key ?? [], ...others].flat().map(({ text }) => ({ name: "app", key: text }));
  const policy = { signers: signers.length > 0 ? signers : undefined, rollout: { production: PLAN } };
  const entries = Object.entries(policy).flatMap(([name, value]) => (value ? `${name}: ${JSON.stringify(value)}` : []));
  const repository = await forge({ "slipway.yaml": `${policyYaml(0)}${entries.join("\n")}\n` });
  const host = (own: KeyPair | undefined) => signingHost(repository, own, { clock });
  const ports = await host(key);
  for (const _ of [1, 2]) await register(ports.registry);
  const begin = (version: number) =>
    promoteVersion(ports, { ...PRODUCTION, version, requestedBy: PERSONS.ada, source: comment() });
  await begin(1);
  return {
    ...{ ...repository, ports, begin, host, now },
    /** Somebody who may push the branch, and holds no key. */
    forger: () => repository.host({ clock }),
    /** An hour later, with figures that lead on. */
    step(by: Ports) {
      hours += 1;
      const observe = async () => ({ figures: figuresOf({ ms: 5, failed: false }), until: now() });
      return stepRollout(by, { ...PRODUCTION, by: PERSONS.grace, observe });
    },
    record: async () => (await ports.registry.snapshot()).model("penguins"),
    async verified(trusted: readonly Signer[] = signers) {
      const options = { folder: repository.origin, signers: trusted };
      const { findings, signatures } = await verifyRegistry(options);
      return { found: findings.map(({ code, ref }) => `${code} ${ref?.replace(/[0-9a-f]{16,}/, "…")}`), signatures };
    },
    async rolloutTags(): Promise<string[]> {
      const tags = await gitIn(repository.origin, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags");
      return tags.split("\n").filter((tag) => tag.includes("+"));
    },
  };
}

async function remove(origin: string, tags: readonly string[]): Promise<void> {
  await gitIn(origin, "tag", "-d", ...tags);
}

describe("a rollout where the policy names signers", () => {
  it("has signed tags for its beginning and for each step, and comes into the stage", async () => {
    const key = await makeKey();
    const { ports, begin, step, record, verified, rolloutTags } = await registered(key);
    const begun = await begin(2);
    const id = "decision" in begun && begun.decision.id;
    expect(await step(ports)).toMatchObject({ rollout: { act: "advance" } });
    expect(await rolloutTags()).toEqual([`penguins#production+${id}-0`, `penguins#production+${id}-1`]);
    expect(await step(ports)).toMatchObject({ rollout: { act: "complete" } });
    expect((await record())?.stages["production"]?.version).toBe(2);
    expect(await verified()).toMatchObject({ found: [], signatures: { signed: 6, unsigned: 0 } });
  });

  it("is begun by nobody who holds none of their keys", async () => {
    const repository = await registered(await makeKey());
    const other = await repository.host(await makeKey());
    const asked = { ...PRODUCTION, version: 2, requestedBy: PERSONS.ada, source: comment() };
    await expect(promoteVersion(other, asked)).rejects.toMatchObject({ code: "NOT_A_SIGNER" });
    expect((await repository.record())?.rollouts).toBeUndefined();
  });

  it("is not stepped if its beginning was forged, stays out of the stage, and a rollback ends it", async () => {
    const { ports, forger, step, record, verified } = await registered(await makeKey());
    await promote((await forger()).registry, 2, { outcome: "rolling-out", rollout: FORGED });
    await expect(step(ports)).rejects.toMatchObject(UNTRUSTED);
    expect((await verified()).found).toContain("TAG_UNTRUSTED refs/tags/penguins#production+…-0");
    const asked = { ...PRODUCTION, requestedBy: PERSONS.ada, source: comment() };
    expect(await rollBack(ports, asked)).toMatchObject({ outcome: "aborted" });
    const after = await record();
    expect([after?.stages["production"]?.version, after?.rollouts]).toEqual([1, undefined]);
  });

  it("is not stepped if its step was forged", async () => {
    const { ports, forger, begin, step, verified } = await registered(await makeKey());
    await begin(2);
    expect(await step(await forger())).toMatchObject({ rollout: { act: "advance" } });
    await expect(step(ports)).rejects.toMatchObject(UNTRUSTED);
    expect((await verified()).found).toEqual(["TAG_UNTRUSTED refs/tags/penguins#production+…-1"]);
  });

  it.each(["its beginning's tag", "its step's tag"])("is not stepped without %s", async (which) => {
    const key = await makeKey();
    const { origin, ports, host, begin, step, verified, rolloutTags } = await registered(key);
    await begin(2);
    await step(ports);
    const [beginning = "", advance = ""] = await rolloutTags();
    const taken = which === "its step's tag" ? advance : beginning;
    await remove(origin, [taken]);
    await expect(step(await host(key))).rejects.toMatchObject(UNTRUSTED);
    expect((await verified()).found).toEqual([`TAG_MISSING refs/tags/${taken.replace(/[0-9a-f]{16,}/, "…")}`]);
  });

  it("goes on after the next writer completed, and signed, the tag that an interrupted one left out", async () => {
    const [key, second] = [await makeKey(), await makeKey()];
    const { origin, ports, host, begin, step, now, verified, rolloutTags } = await registered(key, second);
    for (const [done, act] of [() => begin(2), () => step(ports)].entries()) {
      await act();
      const before = await rolloutTags();
      expect(before).toHaveLength(done + 1);
      await remove(origin, before.slice(-1));
      const other = await host(second);
      await register(other.registry, "finches", undefined, now());
      expect(await rolloutTags()).toEqual(before);
    }
    expect(await step(await host(second))).toMatchObject({ rollout: { act: "complete" } });
    expect((await verified()).found).toEqual([]);
  });

  it("has its tag completed too if it was begun in one go with other acts", async () => {
    const [key, second] = [await makeKey(), await makeKey()];
    const { origin, ports, host, begin, verified, rolloutTags } = await registered(key, second);
    await Promise.all([begin(2), register(ports.registry, "finches"), register(ports.registry, "finches")]);
    const tags = await rolloutTags();
    expect(tags).toHaveLength(1);
    await remove(origin, tags);
    await register((await host(second)).registry, "finches");
    expect(await rolloutTags()).toEqual(tags);
    expect((await verified()).found).toEqual([]);
  });

  it("has tags that count for the moments of their key alone", async () => {
    const key = await makeKey();
    const { ports, begin, step, verified } = await registered(key);
    await begin(2);
    await step(ports);
    const over = { name: "app", key: key.text, "valid-before": "2026-03-01T09:30:00Z" };
    expect((await verified([over])).found).toEqual(["TAG_UNTRUSTED refs/tags/penguins#production+…-1"]);
  });
});

describe("verify", () => {
  it.each([
    ["another moment", (text: string) => text.replace(/ 1772\d{6} /, " 1772000000 "), "TAG_DIFFERS"],
    ["another signature", (text: string) => text.replace(/(SIGNATURE-----\n.{60}).{4}/, "$1AAAA"), "TAG_FORGED"],
  ])("finds a rollout's tag with %s", async (_, edit, code) => {
    const { origin, begin, verified, rolloutTags } = await registered(await makeKey());
    await begin(2);
    const [tag = ""] = await rolloutTags();
    await replaceTag(origin, tag, edit);
    expect((await verified()).found).toEqual([`${code} refs/tags/penguins#production+…-0`]);
  });
});

it("a rollout where the policy names nobody has tags that nobody signed", async () => {
  const { ports, begin, step, verified, rolloutTags } = await registered(undefined);
  await begin(2);
  await step(ports);
  expect(await rolloutTags()).toHaveLength(2);
  expect(await step(ports)).toMatchObject({ rollout: { act: "complete" } });
  expect(await verified()).toMatchObject({ found: [], signatures: { signed: 0, unsigned: 6 } });
});
