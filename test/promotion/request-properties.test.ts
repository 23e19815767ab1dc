import fc from "fast-check";
import { expect, it } from "vitest";
import { actId } from "../../core/promotion/act-id.ts";
import { approvalsOf, countingApprovals } from "../../core/promotion/approvals.ts";
import { decidePromotion } from "../../core/promotion/decide-promotion.ts";
import { holdingReview, withHold } from "../../core/promotion/hold.ts";
import { requestState } from "../../core/promotion/request-state.ts";
import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision } from "../../schemas/decision.ts";
import { type ModelRecord, ModelRecord as Schema } from "../../schemas/model-record.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import { ADA, AT, EMPTY_RECORD, manifest, manifestBlob, promotion } from "./records.ts";

const source = (id: string): ActSource => ({ kind: "comment", repository: "acme/models", id, place: 0 });
const person = (id: string) => ({ name: id, id });

function request(version: number, by = ADA): PromotionRequest {
  const from = source(`request-${version}`);
  return {
    ...{
      slipway: 1,
      id: actId(from),
      model: "penguins",
      stage: "production",
      version,
      manifest: manifestBlob(version),
    },
    ...{
      artifact_sha256: "4".repeat(64),
      requested_by: by,
      requested_at: AT,
      after_assignment: 0,
      source: from,
      host: "app",
    },
  };
}

/** Who says what to which of three requests, in any order, who asked among them. */
const said = fc.record({
  verdict: fc.constantFrom("approve" as const, "approve" as const, "reject" as const),
  version: fc.integer({ min: 1, max: 3 }),
  by: fc.constantFrom("grace", "Grace", "alan", "ADA@example.org", "ada@example.org"),
});
const conversation = fc.array(said, { maxLength: 12 }).map((words) =>
  words.map(({ verdict, version, by }, at): Review => {
    const { id, manifest: blob } = request(version);
    const from = source(`review-${at}`);
    return {
      ...{ slipway: 1, id: actId(from), verdict, model: "penguins", request: id, version, manifest: blob },
      ...{ by: person(by), at: AT, source: from, host: "app" },
    };
  }),
);

const decide = (version: number, reviews: readonly Review[], needed: number) => {
  const asked = request(version);
  return decidePromotion(
    promotion({
      ...{ manifest: manifest(version), identifiesUsers: true, source: asked.source, requestedBy: asked.requested_by },
      policy: { ...promotion().policy, approvals: needed },
      approvals: approvalsOf(asked, reviews),
    }),
  );
};

it("promotes exactly where as many others as it takes have said yes to this version", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      conversation,
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      (reviews, needed, version) => {
        const yes = reviews.filter((review) => review.verdict === "approve" && review.version === version);
        const others = new Set(yes.map(({ by }) => by.id.toLowerCase()).filter((id) => id !== ADA.id));
        const result = decide(version, reviews, needed);
        seen.add(result.outcome);
        expect(result.outcome).toBe(others.size >= needed ? "promoted" : "waiting");
        if (result.outcome === "waiting") expect(result).toMatchObject({ needed, given: others.size });
      },
    ),
    { numRuns: 500 },
  );
  expect(seen).toEqual(new Set(["promoted", "waiting"]));
});

it("never counts for one version what was said of another", () => {
  fc.assert(
    fc.property(conversation, (reviews) => {
      const ofTwo = reviews.filter(({ version }) => version === 2);
      expect(approvalsOf(request(3), ofTwo)).toEqual([]);
      // Not even where somebody hands them over as they are.
      const handed = approvalsOf(request(2), ofTwo);
      const about = { approvals: handed, manifestBlob: manifestBlob(3), requestedBy: ADA, identifiesUsers: true };
      expect(countingApprovals(about)).toEqual([]);
    }),
  );
});

it("never counts who asked, whoever that is", () => {
  fc.assert(
    fc.property(conversation, fc.constantFrom("grace", "ALAN", "Ada@Example.org"), (reviews, asker) => {
      const asked = request(1, person(asker));
      const about = { manifestBlob: asked.manifest, requestedBy: asked.requested_by, identifiesUsers: true };
      const counted = countingApprovals({ ...about, approvals: approvalsOf(asked, reviews) });
      expect(counted.map(({ by }) => by.id.toLowerCase())).not.toContain(asker.toLowerCase());
    }),
  );
});

it("keeps a request closed, whatever is said or decided after that", () => {
  const decision = fc
    .record({
      version: fc.integer({ min: 1, max: 3 }),
      outcome: fc.constantFrom("promoted" as const, "refused" as const),
      answers: fc.boolean(),
    })
    .map(({ version, outcome, answers }) => {
      const assigned = outcome === "promoted" ? { assignment: version } : {};
      const about = { version, outcome, stage: "production", decided_at: AT, id: "0".repeat(16), ...assigned };
      return { ...about, ...(answers ? { request: request(version).id } : {}) } as Decision;
    });
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      conversation,
      fc.array(decision, { maxLength: 3 }),
      conversation,
      fc.array(decision),
      (reviews, decisions, later, after) => {
        const before = requestState(request(1), { reviews, decisions });
        seen.add(before.state);
        const state = requestState(request(1), {
          reviews: [...reviews, ...later],
          decisions: [...decisions, ...after],
        });
        if (before.state !== "open") expect(state.state).not.toBe("open");
        if (reviews.some(({ verdict, version }) => verdict === "reject" && version === 1))
          expect(state.state).not.toBe("open");
      },
    ),
    { numRuns: 500 },
  );
  expect(seen).toEqual(new Set(["open", "decided", "rejected", "overtaken"]));
});

it("gives each request an answer of its own, and a command line the one it always had", () => {
  const refused = (from?: ActSource) => {
    const strict = { gates: [{ gate: { metric: "accuracy", "at-least": 0.99 }, origin: "spec" as const }] };
    const result = decidePromotion(promotion({ ...strict, ...(from ? { source: from } : {}) }));
    if (!("decision" in result)) throw new Error("nothing was decided");
    return result.decision.id;
  };
  expect(refused(source("1"))).not.toBe(refused(source("2")));
  expect(refused(source("1"))).toBe(refused(source("1")));
  expect(refused()).toBe(refused());
});

it("promotes nothing of a model on hold, and everything else after its release", () => {
  const review = (verdict: "hold" | "unhold", at: string): Review => ({
    ...{
      slipway: 1,
      id: actId(source(at)),
      verdict,
      model: "penguins",
      by: person("grace"),
      at,
      source: source(at),
      host: "app",
    },
    reason: "odd numbers",
  });
  const events = fc.array(fc.constantFrom("hold" as const, "unhold" as const), { maxLength: 6 });
  fc.assert(
    fc.property(events, (verdicts) => {
      const reviews = verdicts.map((verdict, at) => review(verdict, `2026-01-31T08:00:0${at}.000Z`));
      const record = reviews.reduce<ModelRecord>(withHold, EMPTY_RECORD);
      expect(Schema.parse(record)).toEqual(record);
      expect(record.hold?.review).toBe(holdingReview(reviews)?.id);
      const result = decidePromotion(promotion({ record }));
      const held = verdicts.at(-1) === "hold";
      expect(result.outcome).toBe(held ? "refused" : "promoted");
      if (held) expect(result).toMatchObject({ decision: { refusals: [{ code: "MODEL_ON_HOLD" }] } });
    }),
  );
});
