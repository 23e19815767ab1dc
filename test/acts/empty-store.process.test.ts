import { expect, it } from "vitest";
import { decideAgain } from "../../core/acts/decide-again.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { register } from "../registry/builders.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { forge, PERSONS, policyYaml } from "./hosts.ts";

const STAGE = { model: "penguins", stage: "production", requestedBy: PERSONS.ada };

async function twoVersions() {
  const { host, origin } = await forge({ "slipway.yaml": policyYaml(0) });
  const ports = await host();
  for (let version = 1; version <= 2; version += 1) await register(ports.registry);
  const promote = (version: number, about: Partial<Ports> = {}) =>
    promoteVersion({ ...ports, ...about }, { ...STAGE, version });
  const back = (about: Partial<Ports> = {}) => rollBack({ ...ports, ...about }, STAGE);
  const findings = async () => (await verifyRegistry({ folder: origin })).findings.map(({ message }) => message);
  return { ports, origin, promote, back, findings };
}

const empty = async (about = {}) => ({ store: openFolderStore(await temporaryFolder(), "file:empty", about) });

it("promotes nothing out of an empty store, and keeps what was found", async () => {
  const { promote, findings } = await twoVersions();
  expect(await promote(1, await empty())).toMatchObject({
    outcome: "refused",
    decision: { artifact_check: { outcome: "missing" }, refusals: [{ code: "ARTIFACT_NOT_STORED" }] },
  });
  expect(await findings()).toEqual([]);
});

it("promotes nothing whose files are shorter than they were", async () => {
  const { promote, ports } = await twoVersions();
  const { store } = ports;
  const cut = { ...store, has: (object: Parameters<typeof store.has>[0]) => store.has({ ...object, size: 2 }) };
  expect(await promote(1, { store: cut })).toMatchObject({ decision: { refusals: [{ code: "ARTIFACT_NOT_STORED" }] } });
});

it("rolls nothing back that is not there any more, and does where it is", async () => {
  const { promote, back } = await twoVersions();
  await promote(1);
  await promote(2);
  expect(await back(await empty())).toMatchObject({ outcome: "refused", refusals: [{ code: "ARTIFACT_NOT_STORED" }] });
  expect(await back()).toMatchObject({ outcome: "rolled-back", decision: { artifact_check: { outcome: "present" } } });
});

it.each([
  ["that is not mounted", { reach: "shared", trusted: "/nowhere/at/all" }],
  ["of another clone", { reach: "each" }],
] as const)("says in the record that it could not look into a store %s", async (_, about) => {
  const { promote, back, findings } = await twoVersions();
  const unseen = { outcome: "unreachable", reason: expect.stringContaining("[STORE_UNREACHABLE]") };
  await promote(1);
  expect(await promote(2, await empty(about))).toMatchObject({
    outcome: "promoted",
    decision: { artifact_check: unseen },
  });
  expect(await back(await empty(about))).toMatchObject({
    outcome: "rolled-back",
    decision: { artifact_check: unseen },
  });
  expect(await findings()).toEqual([]);
});

it("decides nothing where it is interrupted while it looks", async () => {
  const { promote, origin } = await twoVersions();
  const before = await gitIn(origin, "rev-parse", "registry");
  await expect(promote(1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(await gitIn(origin, "rev-parse", "registry")).toBe(before);
});

it("is found out where a promotion says that it saw no bytes", async () => {
  const { promote, origin } = await twoVersions();
  const result = await promote(1);
  if (!("decision" in result)) throw new Error("nothing was decided");
  const path = `models/f9/penguins/promotions/${result.decision.id}.json`;
  await rewriteTip(origin, { [path]: (text) => text.replace('"outcome": "present"', '"outcome": "missing"') });
  const { findings } = await verifyRegistry({ folder: origin, decide: decideAgain });
  expect(findings.map(({ message }) => message).join("\n")).toContain("leads to another end");
});
