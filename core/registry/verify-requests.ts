import type { Decision } from "../../schemas/decision.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import { canonicalJson } from "../canonical.ts";
import { actId } from "../promotion/act-id.ts";
import { approvalsOf, samePerson } from "../promotion/approvals.ts";
import { holdingReview } from "../promotion/hold.ts";
import { type Finding, misplaced, wrong } from "./finding.ts";
import type { RecordPath } from "./kinds.ts";
import type { ModelRecords } from "./verify-model.ts";

/** What people asked for and said: each agrees with what it names, and decisions and holds with them. */
export function verifyRequests(records: ModelRecords): Finding[] {
  return [
    ...[...records.requests].flatMap(([id, request]) => verifyRequest(records, id, request)),
    ...[...records.reviews].flatMap(([id, review]) => verifyReview(records, id, review)),
    ...verifyAnswers(records),
    ...verifyHold(records),
  ];
}

function verifyRequest({ model, versions }: ModelRecords, id: string, request: PromotionRequest): Finding[] {
  const path: RecordPath = { kind: "request", model, id };
  if (request.model !== model || request.id !== id)
    return [misplaced(path, `request ${request.id} for ${request.model}`)];
  const found: string[] = [];
  const version = versions.get(request.version);
  if (actId(request.source) !== id) found.push(`Request ${id} has a key that does not follow from its source.`);
  if (version === undefined) found.push(`Request ${id} is for version ${request.version}, which is not there.`);
  else if (request.manifest !== version.blob || request.artifact_sha256 !== version.manifest.artifact.sha256)
    found.push(`Request ${id} was for other bytes than version ${request.version}'s.`);
  return found.map((message) => wrong("REQUEST_WRONG", path, message));
}

const NAMED = ["stage", "version", "manifest", "artifact_sha256"] as const;

function verifyReview({ model, requests }: ModelRecords, id: string, review: Review): Finding[] {
  const path: RecordPath = { kind: "review", model, id };
  if (review.model !== model || review.id !== id) return [misplaced(path, `review ${review.id} of ${review.model}`)];
  const found: string[] = [];
  if (actId(review.source) !== id) found.push(`Review ${id} has a key that does not follow from its source.`);
  if (review.verdict === "hold" || review.verdict === "unhold") {
    if (review.request !== undefined) found.push(`Review ${id} is a ${review.verdict}, and names a request.`);
  } else {
    const request = requests.get(review.request ?? "");
    if (request === undefined) found.push(`Review ${id} is of request ${review.request}, which is not there.`);
    else if (NAMED.some((key) => review[key] !== request[key]))
      found.push(`Review ${id} was of something else than what request ${request.id} asks for.`);
  }
  return found.map((message) => wrong("REVIEW_WRONG", path, message));
}

const TOO_FEW = "promoted with fewer approvals than its policy asks for";

function verifyAnswers({ model, decisions, requests, reviews }: ModelRecords): Finding[] {
  const answered = new Map<string, string>();
  return [...decisions].flatMap(([id, decision]) => {
    const { request: key, source } = decision;
    const found = (source === undefined ? undefined : actId(source)) === key ? [] : ["has a key of another source"];
    if (key !== undefined) {
      const other = answered.get(key);
      if (other !== undefined) found.push(`answers request ${key}, as decision ${other} does`);
      answered.set(key, id);
      if (decision.act === "promote") found.push(...aboutAnswer(decision, requests.get(key), [...reviews.values()]));
    } else if (decision.act === "promote") {
      if (decision.approvals?.length) found.push("counts approvals, and names no request that they are of");
      if (decision.outcome === "promoted" && decision.policy.approvals > 0) found.push(TOO_FEW);
    }
    return found.map((what) => wrong("DECISION_WRONG", { kind: "decision", model, id }, `Decision ${id} ${what}.`));
  });
}

/** What is wrong with a decision as the answer to its request. */
function aboutAnswer(decision: Decision, request: PromotionRequest | undefined, reviews: readonly Review[]): string[] {
  if (request === undefined) return [`answers request ${decision.request}, which is not there`];
  const found: string[] = [];
  const asked = [...NAMED.map((key) => [decision[key], request[key]]), [decision.requested_by, request.requested_by]];
  if (asked.some(([ours, theirs]) => canonicalJson(ours) !== canonicalJson(theirs)))
    found.push(`is about something else than what request ${request.id} asks for`);
  const given = approvalsOf(request, reviews);
  const counted = decision.approvals ?? [];
  const unfounded = counted.find((each) => !given.some((one) => canonicalJson(one) === canonicalJson(each)));
  if (unfounded !== undefined) found.push(`counts an approval by ${unfounded.by.id}, of which there is no review`);
  const people = counted.map(({ by }) => by);
  if (people.some((by, at) => [request.requested_by, ...people.slice(0, at)].some((other) => samePerson(by, other))))
    found.push("counts somebody twice, or who asked");
  if (decision.outcome !== "promoted") return found;
  if (counted.length < decision.policy.approvals) found.push(TOO_FEW);
  if (reviews.some(({ verdict, request: of }) => verdict === "reject" && of === request.id))
    found.push("promoted what had been rejected");
  return found;
}

function verifyHold({ model, record, reviews }: ModelRecords): Finding[] {
  if (record === undefined) return [];
  const review = holdingReview([...reviews.values()]);
  const words = (id: string | undefined, by = "", at = "", reason = "") =>
    id === undefined ? "no hold" : `on hold by review ${id}, ${by}, ${at}, ${reason}`.replace(/[ ,]+$/, "");
  const expected = words(review?.id, review?.by.id, review?.at, review?.reason);
  const found = words(record.hold?.review, record.hold?.by.id, record.hold?.at, record.hold?.reason);
  if (expected === found) return [];
  const message = `${model}'s hold is not what its reviews say.`;
  return [wrong("HOLD_WRONG", { kind: "model", model }, message, { expected, found })];
}
