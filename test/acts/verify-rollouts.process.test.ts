import { expect, it } from "vitest";
import { decideAgain } from "../../core/acts/decide-again.ts";
import { holdModel } from "../../core/acts/hold.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { stepRollout } from "../../core/acts/step-rollout.ts";
import { completedPromotion } from "../../core/promotion/complete-rollout.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { decisionChange, rolloutChange } from "../../core/registry/records.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { figuresOf, sumFigures } from "../../core/rollout/figures.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { RolloutRecord } from "../../schemas/rollout.ts";
import { gitIn } from "../registry/repositories.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { comment, forge, PERSONS } from "./hosts.ts";
import { registerTip } from "./runs.ts";

const MODEL = "models/f9/penguins/model.json";
const { ada, grace } = PERSONS;
const PRODUCTION = { model: "penguins", stage: "production" };
const POLICY = `slipway: 1
rollout:
  production:
    steps: [{ shadow: 1h }, { share: 0.5, for: 1h }, { share: 1 }]
    abort: [{ metric: error_rate, at-most: 0.1, min-requests: 2 }]
`;
const START = "2026-03-01T09:00:00.000Z";
const LATER = "2026-03-01T10:00:00.000Z";
const counted = (requests: number, errors = 0) =>
  sumFigures(Array.from({ length: requests }, (_, at) => figuresOf({ ms: 5, failed: at < errors })));

/** Version 2 is on its way into production beside version 1. */
async function rolling() {
  const repository = await forge({ "slipway.yaml": POLICY });
  const host = await repository.host();
  for (const version of [1, 2]) {
    await repository.merge({ "models/penguins/README.md": `version ${version}` });
    await registerTip(host);
    await promoteVersion(host, { ...PRODUCTION, version, requestedBy: ada, source: comment() });
  }
  return { ...repository, host };
}

/** A record of the rollout as somebody writes it who has a hand on the registry and Slipway's own writer. */
async function write(host: Ports, about: Partial<RolloutRecord>): Promise<void> {
  await publishWithRetry(host.registry, async (snapshot) => {
    const record = (await snapshot.model("penguins")) as ModelRecord;
    const { decision, n, version, step } = record.rollouts?.["production"] ?? {
      decision: "",
      n: 0,
      version: 2,
      step: 0,
    };
    const made: RolloutRecord = {
      ...{ slipway: 1, decision, n: n + 1, act: "advance", ...PRODUCTION, version, step: step + 1, cause: "figures" },
      ...{ figures: counted(9), until: LATER, reason: "because", by: grace, at: LATER, host: "cli" },
      ...about,
    };
    if (made.act !== "complete") return rolloutChange({ rollout: made, record });
    const began = await snapshot.read({ kind: "decision", model: "penguins", id: decision });
    const found = await snapshot.manifest("penguins", version);
    if (began === undefined || found === undefined) throw new Error("nothing rolls out");
    const decided = completedPromotion({
      ...{ began, record, versionTaggedAt: found.manifest.tagged_at, at: made.at, host: "cli" },
      artifactCheck: { outcome: "present" },
    });
    return decisionChange({ decision: decided, record, rollout: { ...made, completes: decided.id } });
  });
}

async function found({ origin }: { origin: string }) {
  const { findings } = await verifyRegistry({ folder: origin, decide: decideAgain });
  return findings.map(({ code, expected = "", message }) => `${code} ${message} ${expected}`);
}

it("finds nothing where the figures lead to the step", async () => {
  const repository = await rolling();
  await write(repository.host, {});
  expect(await found(repository)).toEqual([]);
});

it.each<[string, Partial<RolloutRecord>, RegExp]>([
  ["a step before its time", { at: START, until: START }, /ROLLOUT_WRONG .*lead to something else.* wait/],
  ["a step that skips one", { step: 2 }, /ROLLOUT_WRONG .*lead to something else/],
  ["a step on errors", { figures: counted(9, 9) }, /ROLLOUT_WRONG .*abort: error_rate is 1/],
  ["a step on too few requests", { figures: counted(1) }, /ROLLOUT_WRONG .*pause: error_rate needs 2/],
  ["a step without figures", { figures: undefined }, /ROLLOUT_WRONG .*wait: nothing is counted/],
  ["an end that no rule asks for", { act: "abort", step: 0 }, /ROLLOUT_WRONG .*advance/],
  ["a person's step", { cause: "person" }, /ROLLOUT_WRONG .*a person cannot advance it/],
  ["an end by an act that never was", { act: "abort", step: 0, cause: "superseded" }, /ROLLOUT_WRONG/],
  ["the last step out of turn", { act: "complete", step: 2 }, /ROLLOUT_WRONG .*advance/],
])("finds %s", async (_, about, finding) => {
  const repository = await rolling();
  await write(repository.host, about);
  expect(await found(repository)).toEqual([expect.stringMatching(finding)]);
});

it("finds a step while the model was on hold", async () => {
  const repository = await rolling();
  await holdModel(repository.host, { model: "penguins", hold: true, by: grace, source: comment() });
  await write(repository.host, {});
  expect(await found(repository)).toEqual([expect.stringMatching(/ROLLOUT_WRONG .*on hold/)]);
});

it("takes no step of a rollout that somebody wrote into model.json, and finds it", async () => {
  const repository = await rolling();
  await rewriteTip(repository.origin, {
    "models/f9/penguins/model.json": (text) => text.replace('"step": 0', '"step": 1'),
  });
  const look = stepRollout(repository.host, { ...PRODUCTION, by: grace, observe: async () => undefined });
  await expect(look).rejects.toMatchObject({ code: "RECORD_FORGED" });
  expect(await found(repository)).toEqual([expect.stringMatching(/^ACT_WRONG/)]);
});

it.each(["an ended rollout", "a step that began before its time", "a pause that a person did not end"])(
  "takes no step of %s that somebody wrote back into model.json",
  async (which) => {
    const repository = await rolling();
    const asked = which === "an ended rollout" ? "abort" : "pause";
    const before = await gitIn(repository.origin, "show", `registry:${MODEL}`);
    const ask = { ...PRODUCTION, by: grace, source: comment(), observe: async () => undefined };
    await stepRollout(repository.host, { ...ask, asked });
    const earlier = (text: string) => text.replace(/"since": "2026-03-01/, '"since": "2026-02-01');
    await rewriteTip(repository.origin, {
      [MODEL]: which.startsWith("a step") ? earlier : () => `${before}\n`,
    });
    const look = stepRollout(repository.host, { ...ask, source: comment() });
    await expect(look).rejects.toMatchObject({ code: "RECORD_FORGED" });
  },
);
