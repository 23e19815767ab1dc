import { describe, expect, it, onTestFinished } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { actId } from "../../core/promotion/act-id.ts";
import { composeChange } from "../../core/registry/compose.ts";
import type { FindingCode } from "../../core/registry/finding.ts";
import type { ModelPath } from "../../core/registry/kinds.ts";
import { readLog } from "../../core/registry/log.ts";
import { formatMessage } from "../../core/registry/message.ts";
import { type ModelRecords, modelRecords } from "../../core/registry/model-records.ts";
import { formatPath } from "../../core/registry/paths.ts";
import { decisionChange, recordChange, reviewChange } from "../../core/registry/records.ts";
import type { RegistryChange } from "../../core/registry/registry-change.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { verifyReferences } from "../../core/registry/verify-references.ts";
import type { Approval, Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import { ADA, commitId, decision, GRACE, hold, promote, register, request, reviewOf, source } from "./builders.ts";
import { bareRepository, registryOf } from "./repositories.ts";
import { rewriteTip } from "./tamper.ts";

/**
 * Two versions. The first was asked for, approved, and promoted with that approval; the second was asked for and
 * rejected; then the model was put on hold.
 */
async function goodRegistry() {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  const publish = async (review: Review) => {
    const snapshot = await registry.snapshot();
    const record = (await snapshot.model("penguins")) as ModelRecord;
    await registry.publish(await registry.draft(reviewChange({ review, record }), snapshot));
  };
  await register(registry);
  const first = await request(registry, 1, source("first"));
  const approval = reviewOf(first, source("yes"));
  await publish(approval);
  const promoted = await promote(registry, 1, {
    ...{ request: first.id, source: first.source },
    policy: { commit: commitId(1), gates: [], approvals: 1 },
    approvals: [{ by: GRACE, manifest: first.manifest, at: approval.at }],
  });
  await register(registry);
  const second = await request(registry, 2, source("second"));
  const rejection = reviewOf(second, source("no"), { verdict: "reject", reason: "not on a Friday" });
  await publish(rejection);
  const held = await hold(registry, "hold", source("stop"));
  return { folder, registry, first, second, approval, rejection, held, promoted };
}

type Good = Awaited<ReturnType<typeof goodRegistry>>;

describe("a registry with requests, reviews and a hold", () => {
  it("is clean", async () => {
    const { folder } = await goodRegistry();
    const { findings, ...seen } = await verifyRegistry({ folder });
    expect(findings).toEqual([]);
    expect(seen).toMatchObject({ versions: 2, decisions: 1, requests: 2, reviews: 3 });
  });

  it("reads them back, oldest first", async () => {
    const { registry, first, second, approval, rejection, held } = await goodRegistry();
    const snapshot = await registry.snapshot();
    expect(await snapshot.read({ kind: "request", model: "penguins", id: first.id })).toEqual(first);
    expect(await snapshot.read({ kind: "review", model: "penguins", id: approval.id })).toEqual(approval);
    expect(new Set(await snapshot.list("request", "penguins"))).toEqual(new Set([first, second]));
    expect(new Set(await snapshot.list("review", "penguins"))).toEqual(new Set([approval, rejection, held]));
    expect((await snapshot.list("review", "penguins")).at(-1)).toEqual(held);
    expect((await snapshot.model("penguins"))?.hold).toEqual({ review: held.id, by: GRACE, at: held.at });
    expect(await snapshot.read({ kind: "request", model: "penguins", id: "../../x" })).toBeUndefined();
    expect(await snapshot.list("review", "absent")).toEqual([]);
  });

  it("tells the acts apart in the log", async () => {
    const { folder, first, second, rejection } = await goodRegistry();
    const log = (await readLog(folder)).map(({ act, actor, request, review }) => ({
      act,
      id: actor.id,
      request,
      review,
    }));
    expect(log.map(({ act }) => act)).toEqual([
      ...["hold", "reject", "request", "register", "promote", "approve", "request", "register"],
    ]);
    expect(log[1]).toEqual({ act: "reject", id: "grace", request: second.id, review: rejection.id });
    expect(log[6]).toEqual({ act: "request", id: ADA.id, request: first.id, review: undefined });
  });

  it("names each record that was tampered with, or written by hand", async () => {
    const good = await goodRegistry();
    const clean = await recordsOf(good);
    expect(verifyReferences(clean)).toEqual([]);
    for (const [what, code, change] of CHANGES(good)) {
      const findings = verifyReferences(change(clean));
      expect(
        findings.map((finding) => finding.code),
        what,
      ).toContain(code);
    }
  });

  it("is verified as it stands on the branch", async () => {
    const { folder, first, held } = await goodRegistry();
    await rewriteTip(folder, {
      [`models/f9/penguins/requests/${first.id}.json`]: (text) => text.replace('"place": 0', '"place": 1'),
      [`models/f9/penguins/reviews/${held.id}.json`]: (text) => text.replace('"hold"', '"unhold"'),
    });
    const codes = (await verifyRegistry({ folder })).findings.map(({ code }) => code);
    expect(codes.sort()).toEqual(["RECORD_CHANGED", "RECORD_CHANGED", "REQUEST_WRONG"]);
  });
});

async function recordsOf({ registry }: Good): Promise<ModelRecords> {
  const snapshot = await registry.snapshot();
  const model = "penguins";
  const held = [];
  for (const version of await snapshot.versions(model)) {
    const found = await snapshot.manifest(model, version);
    if (found) held.push(heldAt({ kind: "version", model, version }, found.manifest, found.blob));
  }
  for (const kind of ["request", "review", "decision"] as const)
    for (const record of await snapshot.list(kind, model)) held.push(heldAt({ kind, model, id: record.id }, record));
  return modelRecords(model, held);
}

function heldAt(at: ModelPath, record: unknown, blob = "0".repeat(40)) {
  return { kind: at.kind, at, record, blob, digest: "0".repeat(64) } as ModelRecords["all"][number];
}

/** The records with one of them another one, or one more. */
function withRecord(records: ModelRecords, at: ModelPath & { id: string }, record: unknown): ModelRecords {
  const path = formatPath(at);
  const others = records.all.filter((each) => formatPath(each.at) !== path);
  return modelRecords(records.model, [...others, heldAt(at, record)]);
}

const EVE = { name: "Eve", id: "eve" };
const KEY = "0".repeat(32);
const OTHER = "00000000000000ff";

/** What somebody with a hand on the branch could write, and what is said of it. */
const CHANGES = ({ first, second, approval, rejection, held, promoted }: Good) => {
  const {
    assignment: _,
    request: __,
    source: ___,
    ...unasked
  } = { ...promoted, id: OTHER, outcome: "refused" as const };
  const model = "penguins";
  const inRequest = (id: string, about: Partial<PromotionRequest>) => (records: ModelRecords) => {
    const at = { kind: "request", model, id } as const;
    return withRecord(records, at, { ...(records.get(at)?.record ?? first), ...about });
  };
  const inReview = (id: string, about: Partial<Review>) => (records: ModelRecords) => {
    const at = { kind: "review", model, id } as const;
    return withRecord(records, at, { ...(records.get(at)?.record ?? approval), ...about });
  };
  const inDecision = (id: string, about: Partial<Decision>) => (records: ModelRecords) => {
    const at = { kind: "decision", model, id } as const;
    return withRecord(records, at, { ...(records.get(at)?.record ?? { ...unasked, id }), ...about });
  };
  const changes: [what: string, code: FindingCode, change: (records: ModelRecords) => ModelRecords][] = [
    ["a request for another version", "REQUEST_WRONG", inRequest(second.id, { version: 1 })],
    ["a request for one that is not there", "REQUEST_WRONG", inRequest(second.id, { version: 9 })],
    ["a request for other bytes", "REQUEST_WRONG", inRequest(second.id, { artifact_sha256: "0".repeat(64) })],
    ["where it was asked", "REQUEST_WRONG", inRequest(first.id, { source: { ...first.source, place: 1 } })],
    ["a request with a key of its own", "REQUEST_WRONG", inRequest(KEY, { id: KEY })],
    ["who asked", "DECISION_WRONG", inRequest(first.id, { requested_by: EVE })],
    ["a review of another request", "REVIEW_WRONG", inReview(approval.id, { request: second.id })],
    ["a review of no request", "REVIEW_WRONG", inReview(approval.id, { request: KEY })],
    ["a review of other bytes", "REVIEW_WRONG", inReview(approval.id, { manifest: second.manifest })],
    [
      "a review of a button",
      "REVIEW_WRONG",
      inReview(rejection.id, { source: { ...rejection.source, kind: "button" } }),
    ],
    ["a hold of a request", "REVIEW_WRONG", inReview(held.id, { request: first.id })],
    ["whose review it is", "DECISION_WRONG", inReview(approval.id, { by: EVE })],
    ["a yes made a no", "DECISION_WRONG", inReview(approval.id, { verdict: "reject" })],
    ["whose decision it is", "DECISION_WRONG", inDecision(promoted.id, { requested_by: EVE })],
    ["a decision's request", "DECISION_WRONG", inDecision(promoted.id, { request: second.id })],
    ["a decision's source", "DECISION_WRONG", inDecision(promoted.id, { source: second.source })],
    ["an approver", "DECISION_WRONG", inDecision(promoted.id, { approvals: [{ ...promotedBy(promoted), by: EVE }] })],
    [
      "who asked as approver",
      "DECISION_WRONG",
      inDecision(promoted.id, { approvals: [{ ...promotedBy(promoted), by: ADA }] }),
    ],
    [
      "somebody twice",
      "DECISION_WRONG",
      inDecision(promoted.id, { approvals: [promotedBy(promoted), promotedBy(promoted)] }),
    ],
    ["how many it took", "DECISION_WRONG", inDecision(promoted.id, { policy: { ...promoted.policy, approvals: 2 } })],
    ["a second answer", "DECISION_WRONG", inDecision(OTHER, { request: first.id, source: first.source })],
    [
      "an answer to no request",
      "DECISION_WRONG",
      inDecision(OTHER, { request: actId(source("x")), source: source("x") }),
    ],
    ["approvals of nothing", "DECISION_WRONG", inDecision(OTHER, {})],
    ["a promotion without its approvals", "DECISION_WRONG", inDecision(OTHER, { outcome: "promoted", approvals: [] })],
    ["a promotion of what was rejected", "DECISION_WRONG", inDecision(OTHER, answer(second))],
  ];
  return changes;
};

function promotedBy({ approvals = [] }: Decision): Approval {
  return approvals[0] as Approval;
}

/** Promotes what a request asked for, where no approval is needed. */
function answer({ id, version, manifest, artifact_sha256, source: from }: PromotionRequest): Partial<Decision> {
  const policy = { commit: commitId(1), gates: [], approvals: 0 };
  return { outcome: "promoted", version, manifest, artifact_sha256, request: id, source: from, policy, approvals: [] };
}

it("never writes a request or a review twice", async () => {
  const { folder, registry, first, approval } = await goodRegistry();
  const objects = await openObjects(folder);
  onTestFinished(() => objects.close());
  const { commit } = await registry.snapshot();
  const record = (await (await registry.snapshot()).model("penguins")) as ModelRecord;
  const changes: RegistryChange[] = [
    recordChange("request", [{ ...first, reason: "again" }]),
    reviewChange({ review: { ...approval, reason: "again" }, record }),
  ];
  for (const change of changes)
    await expect(composeChange(objects, change, commit, "refs/tags/")).rejects.toMatchObject({
      code: "REGISTRY_CORRUPT",
    });
});

it("writes a request, a review and the decision that follows in one commit, in the reviewer's name", async () => {
  const { first, approval, registry } = await goodRegistry();
  const record = (await (await registry.snapshot()).model("penguins")) as ModelRecord;
  const about = decision({
    assignment: 9,
    tagged_at: "2027-01-01T00:00:00Z",
    request: first.id,
    source: first.source,
  });
  const change = decisionChange({ decision: about, record, request: first, review: approval });
  expect(change.files.map(({ path }) => path.split("/").slice(3).join("/"))).toEqual([
    ...[`promotions/${about.id}.json`, `requests/${first.id}.json`, `reviews/${approval.id}.json`, "model.json"],
  ]);
  expect(change.author).toEqual(GRACE);
  // The stage's tag follows from the decision alone.
  expect(change.tags[0]?.tagger).toEqual(ADA);
  expect(formatMessage(change)).toContain(`Slipway-Request: ${first.id}\nSlipway-Review: ${approval.id}`);
});

it("keeps what else a model's record holds, with a hold and after its release", async () => {
  const registry = await registryOf(await bareRepository());
  await register(registry);
  const before = await (await registry.snapshot()).model("penguins");
  await hold(registry, "hold", source(1));
  await hold(registry, "unhold", source(2));
  expect(await (await registry.snapshot()).model("penguins")).toEqual(before);
});
