import { describe, expect, it } from "vitest";
import { withAssignment } from "../../core/promotion/assign-stage.ts";
import { decidePromotion, type PromotionInput } from "../../core/promotion/decide-promotion.ts";
import { Decision } from "../../schemas/decision.ts";
import { comparison, evaluation, metric, pair } from "../gates/evidence.ts";
import { ADA, AT, EMPTY_RECORD, History, manifest, manifestBlob, promotion } from "./records.ts";

function decide(about: Partial<PromotionInput> = {}) {
  const result = decidePromotion(promotion(about));
  if (!("decision" in result)) throw new Error("nothing was decided");
  return result;
}

it("puts a version that passes its gates into the stage", () => {
  const { outcome, decision } = decide();
  expect(outcome).toBe("promoted");
  expect(decision).toMatchObject({ version: 1, assignment: 1, refusals: [], requested_by: ADA, decided_at: AT });
  const record = withAssignment(EMPTY_RECORD, decision);
  expect(record.stages["production"]).toEqual({ version: 1, assignment: 1, decision: decision.id, at: AT });
});

it("keeps the decision in the schema's shape", () => {
  const { decision } = decide({ reason: "release week" });
  expect(Decision.parse(decision)).toEqual(decision);
});

it("refuses one that fails, and assigns nothing", () => {
  const weak = manifest(2, { evaluation: evaluation({ accuracy: metric(0.7) }) });
  const { outcome, decision } = decide({ manifest: weak });
  expect(outcome).toBe("refused");
  expect(decision.refusals).toMatchObject([{ code: "GATE_FAILED" }]);
  expect(decision.assignment).toBeUndefined();
});

it("changes nothing where the version is in the stage already", () => {
  const history = new History();
  history.promote(1);
  expect(history.promote(1)).toEqual({ outcome: "unchanged" });
});

it("names the version that it replaces, and the decision that a rollback brings back", () => {
  const history = new History();
  history.promote(1);
  history.promote(2);
  const [first, second] = history.decisions;
  expect(second).toMatchObject({ replaces: 1, previous: first?.id, assignment: 2 });
});

it("counts assignments over all stages of the model, as GTO does", () => {
  const history = new History();
  history.promote(1, { stage: "staging" });
  history.promote(1);
  history.promote(2, { stage: "staging" });
  expect(history.decisions.map(({ assignment }) => assignment)).toEqual([1, 2, 3]);
});

it("tells the true moment, and is tagged later than the last decision on the stage, even where the clock runs backwards", () => {
  const history = new History();
  history.promote(1, { at: "2026-01-31T10:00:00.000Z" });
  history.promote(2, { at: "2026-01-31T09:00:00.500Z" });
  expect(history.decisions[1]).toMatchObject({
    decided_at: "2026-01-31T09:00:00.500Z",
    tagged_at: "2026-01-31T10:00:01Z",
  });
});

it("is tagged no earlier than its version, whatever the clock says", () => {
  const tagged_at = "2026-01-31T11:00:00Z";
  expect(decide({ manifest: manifest(1, { tagged_at }) }).decision.tagged_at).toBe(tagged_at);
});

it("is tagged at its own second, whatever was tagged on other stages", () => {
  const tagged_at = "2026-01-31T12:00:00Z";
  const record = { ...EMPTY_RECORD, tagged_at, stages_tagged_at: { staging: tagged_at } };
  expect(decide({ record }).decision.tagged_at).toBe("2026-01-31T10:00:00Z");
});

it("keeps what a later version of Slipway wrote into the record", () => {
  const record = { ...EMPTY_RECORD, future: { a: 1 }, aliases: { champion: 1 } };
  expect(withAssignment(record, decide({ record }).decision)).toMatchObject({
    future: { a: 1 },
    aliases: { champion: 1 },
  });
});

it("refuses an advisory evaluation", () => {
  const advisory = manifest(1, { evaluation: evaluation({ accuracy: metric(0.9) }, { binding: false }) });
  expect(decide({ manifest: advisory }).decision.refusals).toMatchObject([{ code: "NOT_BINDING" }]);
});

it("throws for a stage that the policy does not know", () => {
  expect(() => decide({ stage: "prod" })).toThrow(expect.objectContaining({ code: "STAGE_UNKNOWN" }));
});

describe("the baseline", () => {
  const gates = [{ gate: { metric: "accuracy", versus: "production", "max-regression": 0 }, origin: "spec" as const }];
  const live = new History();
  live.promote(3);
  const compared = (version: number) => comparison({ accuracy: pair(0.9, 0.8) }, { version });

  it("is the version that is in the stage now", () => {
    expect(decide({ manifest: manifest(4), record: live.record, gates, comparisons: [compared(3)] }).outcome).toBe(
      "promoted",
    );
  });

  it("is not one that has been replaced since", () => {
    const { decision } = decide({ manifest: manifest(4), record: live.record, gates, comparisons: [compared(2)] });
    expect(decision.refusals).toMatchObject([{ code: "GATE_INCONCLUSIVE" }]);
    expect(decision.gates[0]).toMatchObject({ reason: "BASELINE_UNAVAILABLE", baseline: { version: 3 } });
  });

  it("is not nothing where something has been promoted since", () => {
    const { decision } = decide({ manifest: manifest(4), record: live.record, gates });
    expect(decision.gates[0]).toMatchObject({ verdict: "inconclusive", reason: "BASELINE_UNAVAILABLE" });
  });
});

describe("approvals", () => {
  const policy = { ...promotion().policy, approvals: 1 };
  const by = (id: string, version = 1) => ({ by: { name: id, id }, manifest: manifestBlob(version), at: AT });
  const codes = (about: Partial<PromotionInput>) => decide({ policy, ...about }).decision.refusals.map((r) => r.code);

  it("are refused where nobody can identify a second person, with what to do", () => {
    const { decision } = decide({ policy, approvals: [by("grace")] });
    expect(decision.refusals).toMatchObject([
      { code: "APPROVALS_UNAVAILABLE", hint: expect.stringContaining("approvals: { production: 0 }") },
    ]);
  });

  it("count when somebody else gave them for this version, and are kept", () => {
    const { outcome, decision } = decide({ policy, identifiesUsers: true, approvals: [by("grace")] });
    expect(outcome).toBe("promoted");
    expect(decision.approvals).toEqual([by("grace")]);
  });

  it.each([
    ["nobody gave one", []],
    ["who asked gave it", [by("ADA@example.org")]],
    ["it was for another version", [by("grace", 2)]],
  ])("do not count where %s", (_, approvals) => {
    expect(codes({ identifiesUsers: true, approvals })).toEqual(["APPROVALS_MISSING"]);
  });

  it("count once a person", () => {
    const two = { ...policy, approvals: 2 };
    expect(codes({ identifiesUsers: true, policy: two, approvals: [by("grace"), by("Grace")] })).toEqual([
      "APPROVALS_MISSING",
    ]);
  });
});

describe("the decision's id", () => {
  it("is the same for the same act, whoever asks and whenever", () => {
    const later = decide({ at: "2027-01-01T00:00:00.000Z", requestedBy: { name: "Bo", id: "bo" }, host: "app" });
    expect(later.decision.id).toBe(decide().decision.id);
  });

  it("does not move with commits that leave policy and spec alone", () => {
    const policy = { ...promotion().policy, commit: "9".repeat(40) };
    expect(decide({ policy }).decision.id).toBe(decide().decision.id);
  });

  it.each<[string, Partial<PromotionInput>]>([
    ["another version", { manifest: manifest(2) }],
    ["another stage", { stage: "staging" }],
    ["another policy", { policy: { ...promotion().policy, blob: "9".repeat(40) } }],
    ["other gates", { gates: [] }],
    ["other evidence", { manifest: manifest(1, { evaluation: evaluation({ accuracy: metric(0.7) }) }) }],
  ])("is another for %s", (_, about) => {
    expect(decide(about).decision.id).not.toBe(decide().decision.id);
  });

  it("is another for the same version once the stage has moved on", () => {
    const history = new History();
    for (const version of [1, 2, 1, 2]) history.promote(version);
    expect(new Set(history.decisions.map(({ id }) => id)).size).toBe(4);
  });
});

it.each(["missing", "corrupt"] as const)("keeps a version out whose artifact is %s, and says so", (outcome) => {
  const decided = decidePromotion(promotion({ artifactCheck: { outcome } }));
  expect(decided).toMatchObject({
    outcome: "refused",
    decision: { artifact_check: { outcome }, refusals: [{ code: "ARTIFACT_NOT_STORED" }] },
  });
});

it("waits for nobody's approval of a version without its bytes", () => {
  const source = { kind: "comment", repository: "acme/models", id: "1", place: 0 } as const;
  const policy = { commit: "6".repeat(40), approvals: 1 };
  const about = { artifactCheck: { outcome: "missing" }, identifiesUsers: true, policy, source } as const;
  expect(decidePromotion(promotion(about)).outcome).toBe("refused");
});

it("says in the record that nobody could see whether the bytes are there", () => {
  const artifactCheck = { outcome: "unreachable", reason: "not mounted" } as const;
  const decided = decidePromotion(promotion({ artifactCheck }));
  expect(decided).toMatchObject({ outcome: "promoted", decision: { artifact_check: artifactCheck } });
});
