import { join } from "node:path";
import { expect, it } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { verifyAll } from "../../core/acts/verify-all.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { versionReport } from "../../core/report/registry-reports.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import type { StoredFile } from "../../schemas/manifest.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { temporaryFolder } from "../registry/repositories.ts";
import { forge, PERSONS } from "./hosts.ts";
import { essays, runOfTip } from "./runs.ts";

const STORE = "oci://ghcr.io/acme/models";
/** As the host has it. */
const NOW = "2026-03-01T09:00:00Z";
const APP = { name: "slipway[bot]", id: "slipway[bot]" };

/** A result whose bytes went into `store`, and a host whose store answers with `code`. */
async function finished(policy = STORE, code: ReasonCode = "STORE_DENIED", uri = ociUri) {
  const files = essays(join(await temporaryFolder(), "log"), "models/essays");
  const repository = await forge({ ...files, "slipway.yaml": `slipway: 1\nartifacts: { store: "${policy}" }\n` });
  const ports = await repository.host();
  const made = await runOfTip(ports, "essays");
  const at = <File extends StoredFile>(file: File): File => ({ ...file, uri: uri(file) });
  const { artifact, predictions, predictions_profile: predicted, data } = made;
  if (!artifact || !predictions || !predicted || !data) throw new Error("the run is not whole");
  const profile = data.profile && { profile: at(data.profile) };
  const run: RunResult = {
    ...made,
    ...{ artifact: at(artifact), predictions: at(predictions), data: { ...data, ...profile } },
    predictions_profile: at(predicted),
    stored: { store: STORE, at: "2026-03-01T08:00:00Z" },
  };
  const refuse = () => Promise.reject(new SlipwayError(code, "ghcr.io does not let this host read acme/models"));
  const denied: Ports = { ...ports, store: { ...ports.store, verify: refuse, has: refuse } };
  return { ...repository, ports, denied, run };
}

function ociUri({ sha256 }: StoredFile): string {
  return `${STORE}@sha256:${sha256}`;
}

const take = (ports: Ports, run: RunResult) => registerResult(ports, { run, requestedBy: APP });

it.each(["STORE_DENIED", "STORE_NO_CREDENTIALS"] as const)(
  "registers by the word of the run where the store answers %s, and says by whose",
  async (code) => {
    const { denied, run } = await finished(STORE, code);
    expect(await take(denied, run)).toMatchObject({
      outcome: "registered",
      manifest: { version: 1, bytes: { outcome: "attested", run: run.run } },
    });
  },
);

it("says that it read the bytes where it did", async () => {
  const { ports, run } = await finished();
  expect(await take(ports, run)).toMatchObject({ manifest: { bytes: { outcome: "checked", by: ports.name } } });
});

it("takes nobody's word where the server is away: it asks again later", async () => {
  const { denied, run, ports } = await finished(STORE, "STORE_UNREACHABLE");
  await expect(take(denied, run)).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
  expect(await (await ports.registry.snapshot()).versions("essays")).toEqual([]);
});

it.each<[string, (run: RunResult) => RunResult]>([
  ["does not say where it stored", ({ stored: _, ...run }) => run],
  ["stored somewhere else", (run) => ({ ...run, stored: { store: "oci://ghcr.io/mallory/models", at: NOW } })],
  [
    "stored at another server",
    (run) => ({ ...run, stored: { store: STORE, endpoint: "https://evil.example", at: NOW } }),
  ],
  [
    "names bytes somewhere else",
    (run) => ({
      ...run,
      predictions: { ...(run.predictions as StoredFile), uri: `oci://ghcr.io/acme/models-2@sha256:${"0".repeat(64)}` },
    }),
  ],
])("refuses a run that %s", async (_, forged) => {
  const { denied, run } = await finished();
  expect(await take(denied, forged(run))).toMatchObject({
    outcome: "refused",
    refusals: [{ code: "ARTIFACT_ELSEWHERE", message: expect.stringContaining(`expected ${STORE}, found`) }],
  });
});

it.each([
  ["a day ago", "2026-02-28T09:00:00Z", { outcome: "registered" }],
  [
    "longer than a day ago",
    "2026-02-28T08:59:59Z",
    {
      outcome: "refused",
      refusals: [{ code: "ATTESTATION_EXPIRED", hint: expect.stringContaining("Run all jobs of the workflow") }],
    },
  ],
  ["by a clock that is an hour ahead", "2026-03-01T10:00:00Z", { outcome: "registered" }],
  [
    "by a clock that is further ahead",
    "2026-03-01T10:00:01Z",
    { outcome: "refused", refusals: [{ code: "ATTESTATION_EXPIRED" }] },
  ],
])("takes the word of a run that stored %s, or not", async (_, at, expected) => {
  const { denied, run } = await finished();
  expect(await take(denied, { ...run, stored: { store: STORE, at } })).toMatchObject(expected);
});

it("takes no run's word that says no moment", async () => {
  const { denied, run } = await finished();
  const timeless = { ...run, stored: { store: STORE } } as RunResult;
  expect(await take(denied, timeless)).toMatchObject({
    outcome: "refused",
    refusals: [{ code: "ATTESTATION_EXPIRED" }],
  });
});

it("takes nobody's word on a folder", async () => {
  const { denied, run } = await finished("file:/mnt/slipway/1");
  expect(await take(denied, run)).toMatchObject({ outcome: "refused", refusals: [{ code: "STORE_DENIED" }] });
});

it("promotes by that word, records it, and verifies again by it", async () => {
  const { denied, run } = await finished();
  await take(denied, run);
  const promoted = await promoteVersion(denied, { model: "essays", stage: "staging", requestedBy: PERSONS.ada });
  const check = { outcome: "attested", run: run.run, reason: expect.stringContaining("[STORE_DENIED]") };
  expect(promoted).toMatchObject({ outcome: "promoted", decision: { artifact_check: check } });
  const { findings } = await verifyAll(denied);
  expect(findings.filter(({ code }) => code !== "ARTIFACT_UNREACHABLE")).toEqual([]);
});

it("reads all of the bytes where it can, whoever attested them", async () => {
  const { denied, ports, run } = await finished();
  await take(denied, run);
  expect((await verifyAll(ports, { artifacts: true })).findings).toEqual([]);
});

it("shows by whose word the bytes are stored", async () => {
  const { denied, run, ports } = await finished();
  await take(denied, run);
  const snapshot = await ports.registry.snapshot();
  const [record, found] = [await snapshot.model("essays"), await snapshot.manifest("essays", 1)];
  if (!record || !found) throw new Error("nothing is registered");
  const lineage = { commit: "1", artifact: { sha256: "2", from: "trained" }, data: {}, replaced: [] };
  const report = versionReport(record, found.manifest, lineage as never);
  expect(toMarkdown(report)).toContain(`attested by run ${run.run}`);
});
