import { describe, expect, it } from "vitest";
import { changeVersion } from "../../core/acts/change-version.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { SlipwayError } from "../../core/errors.ts";
import { ADA, ARTIFACT as artifact } from "../registry/builders.ts";
import { findings, plainHost } from "./plain-host.ts";

const POLICY = "slipway: 1\nregister: { imported: [staging] }\n";
const imported = { source: "mlflow-artifacts:/0/run/artifacts/model", run_id: "run" };
const ask = { model: "churn", requestedBy: ADA };

async function withChurn(files: Record<string, string> = {}) {
  const host = await plainHost(files);
  await createModel(host, { name: "churn", by: ADA });
  return host;
}

describe("a version that is imported", () => {
  it("is made once where the answer was lost, whatever came after it", async () => {
    const host = await withChurn();
    const hand = (registry = host.registry) =>
      importVersion({ ...host, registry }, { model: "churn", imported, artifact, by: ADA });
    let broken = false;
    const registry: typeof host.registry = {
      ...host.registry,
      snapshot: () => host.registry.snapshot(),
      async publish(drafted) {
        const commit = await host.registry.publish(drafted);
        if (broken) return commit;
        broken = true;
        await hand();
        throw new SlipwayError("REGISTRY_MOVED", "the connection broke after the push");
      },
    };
    expect(await hand(registry)).toMatchObject({ manifest: { version: 1 } });
    expect(await (await host.registry.snapshot()).versions("churn")).toEqual([1, 2]);
  });

  it("has the next number, its words, and no evaluation", async () => {
    const host = await withChurn();
    await importVersion(host, { model: "churn", imported, artifact, by: ADA });
    const made = await importVersion(host, {
      ...{ model: "churn", imported, artifact, by: ADA },
      ...{ description: "second", tags: { a: "b" } },
    });
    expect(made).toMatchObject({
      manifest: { version: 2, description: "second", imported, evaluation: { binding: false } },
    });
    const snapshot = await host.registry.snapshot();
    expect(await snapshot.read({ kind: "metadata", model: "churn", version: 2 })).toMatchObject({ tags: { a: "b" } });
    expect((await snapshot.model("churn"))?.description).toBeUndefined();
    expect(await findings(host)).toEqual([]);
  });

  it("goes to no stage that the policy does not name, and the refusal is recorded", async () => {
    const host = await withChurn();
    await importVersion(host, { model: "churn", imported, artifact, by: ADA });
    const result = await promoteVersion(host, { ...ask, stage: "staging" });
    expect(result).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "NOT_EVALUATED" }] } });
    expect(await (await host.registry.snapshot()).list("decision", "churn")).toHaveLength(1);
    expect(await findings(host)).toEqual([]);
  });

  it("goes to a stage that the policy names, and back from there", async () => {
    const host = await withChurn({ "slipway.yaml": POLICY });
    for (const _ of [1, 2]) await importVersion(host, { model: "churn", imported, artifact, by: ADA });
    for (const version of [1, 2])
      expect(await promoteVersion(host, { ...ask, version, stage: "staging" })).toMatchObject({ outcome: "promoted" });
    expect(await rollBack(host, { ...ask, stage: "staging" })).toMatchObject({ outcome: "rolled-back" });
    expect((await (await host.registry.snapshot()).model("churn"))?.stages["staging"]?.version).toBe(1);
    expect(await findings(host)).toEqual([]);
  });

  it("comes back to a stage that it was taken out of, and each time is a decision of its own", async () => {
    const host = await withChurn({ "slipway.yaml": POLICY });
    await importVersion(host, { model: "churn", imported, artifact, by: ADA });
    for (const turn of [1, 2, 3]) {
      expect(await promoteVersion(host, { ...ask, stage: "staging" })).toMatchObject({ outcome: "promoted" });
      const snapshot = await host.registry.snapshot();
      expect((await snapshot.model("churn"))?.stages).toHaveProperty("staging");
      expect(await snapshot.list("decision", "churn")).toHaveLength(turn);
      await changeVersion(host, { model: "churn", version: 1, act: "archive", by: ADA });
    }
    expect(await findings(host)).toEqual([]);
  });

  it("never goes to production", async () => {
    const host = await withChurn({ "slipway.yaml": POLICY });
    await importVersion(host, { model: "churn", imported, artifact, by: ADA });
    const result = await promoteVersion(host, { ...ask, stage: "production" });
    expect(result).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "NOT_EVALUATED" }] } });
  });

  it("is asked the policy's gates, which nothing answers", async () => {
    const gates =
      "metrics: { accuracy: { metric: accuracy_score } }\ngates: { staging: [{ metric: accuracy, at-least: 0.5 }] }\n";
    const host = await withChurn({ "slipway.yaml": POLICY + gates });
    await importVersion(host, { model: "churn", imported, artifact, by: ADA });
    const result = await promoteVersion(host, { ...ask, stage: "staging" });
    expect(result).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "GATE_INCONCLUSIVE" }] } });
  });

  it("goes nowhere while its files are elsewhere", async () => {
    const host = await withChurn({ "slipway.yaml": POLICY });
    const elsewhere = { source: "s3://bucket/model", download: "s3://bucket/model" };
    await importVersion(host, { model: "churn", imported: elsewhere, by: ADA });
    const result = await promoteVersion(host, { ...ask, stage: "staging" });
    expect(result).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "ARTIFACT_NOT_DURABLE" }] } });
    expect(await findings(host)).toEqual([]);
  });

  it("goes nowhere once it is withdrawn, and is not rolled back to", async () => {
    const host = await withChurn({ "slipway.yaml": POLICY });
    for (const _ of [1, 2, 3]) await importVersion(host, { model: "churn", imported, artifact, by: ADA });
    for (const version of [1, 2, 3]) await promoteVersion(host, { ...ask, version, stage: "staging" });
    await changeVersion(host, { model: "churn", version: 2, act: "withdraw", by: ADA });
    const promoted = await promoteVersion(host, { ...ask, version: 2, stage: "staging" });
    expect(promoted).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "VERSION_WITHDRAWN" }] } });
    const to = await rollBack(host, { ...ask, stage: "staging", to: 2 });
    expect(to).toMatchObject({ outcome: "refused", refusals: [{ code: "VERSION_WITHDRAWN" }] });
    expect(await rollBack(host, { ...ask, stage: "staging" })).toMatchObject({ decision: { version: 1 } });
    expect(await findings(host)).toEqual([]);
  });
});
