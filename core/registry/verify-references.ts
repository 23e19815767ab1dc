import type { Decision } from "../../schemas/decision.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import { canonicalJson } from "../canonical.ts";
import { actId } from "../promotion/act-id.ts";
import { approvalsOf, samePerson } from "../promotion/approvals.ts";
import { type Finding, type FindingCode, wrong } from "./finding.ts";
import type { RecordPath } from "./kinds.ts";
import type { Held, ModelRecords } from "./model-records.ts";

/** What records say of others that they name: the replay proves what each commit writes, and not that. */
export function verifyReferences(records: ModelRecords): Finding[] {
  return [
    ...records.of("request").flatMap(({ at, record }) => tell("REQUEST_WRONG", at, aboutRequest(records, record))),
    ...records.of("review").flatMap(({ at, record }) => tell("REVIEW_WRONG", at, aboutReview(records, record))),
    ...records.of("comparison").flatMap((held) => tell("COMPARISON_WRONG", held.at, aboutComparison(records, held))),
    ...records.of("evaluation").flatMap((held) => tell("EVALUATION_WRONG", held.at, aboutEvaluation(records, held))),
    ...records.of("rollout").flatMap((held) => tell("ROLLOUT_WRONG", held.at, aboutRollout(records, held))),
    ...verifyAnswers(records),
  ];
}

function tell(code: FindingCode, at: RecordPath, found: readonly string[]): Finding[] {
  return found.map((message) => wrong(code, at, message));
}

function aboutRequest({ model, get }: ModelRecords, request: PromotionRequest): string[] {
  const { id, version: number } = request;
  const found: string[] = [];
  const version = get({ kind: "version", model, version: number });
  if (actId(request.source) !== id) found.push(`Request ${id} has a key that does not follow from its source.`);
  if (version === undefined) found.push(`Request ${id} is for version ${number}, which is not there.`);
  else if (request.manifest !== version.blob || request.artifact_sha256 !== version.record.artifact.sha256)
    found.push(`Request ${id} was for other bytes than version ${number}'s.`);
  return found;
}

const NAMED = ["stage", "version", "manifest", "artifact_sha256"] as const;

function aboutReview({ model, get }: ModelRecords, review: Review): string[] {
  const { id } = review;
  const found: string[] = [];
  if (actId(review.source) !== id) found.push(`Review ${id} has a key that does not follow from its source.`);
  if (review.verdict === "hold" || review.verdict === "unhold") {
    if (review.request !== undefined) found.push(`Review ${id} is a ${review.verdict}, and names a request.`);
  } else {
    const request = get({ kind: "request", model, id: review.request ?? "" })?.record;
    if (request === undefined) found.push(`Review ${id} is of request ${review.request}, which is not there.`);
    else if (NAMED.some((key) => review[key] !== request[key]))
      found.push(`Review ${id} was of something else than what request ${request.id} asks for.`);
  }
  return found;
}

function aboutComparison({ model, get }: ModelRecords, { at, record }: Held<"comparison">): string[] {
  const { version, live } = at;
  if (record.manifest !== get({ kind: "version", model, version })?.blob)
    return [`It compares another manifest than ${model} version ${version}'s.`];
  return get({ kind: "version", model, version: live })
    ? []
    : [`It compares with version ${live}, which is not there.`];
}

/** It is of a version that was imported and of its very files, and binding; numbers have no gap. */
function aboutEvaluation({ model, get }: ModelRecords, { at, record }: Held<"evaluation">): string[] {
  const { version, number } = at;
  const say = (what: string) => [`Evaluation ${number} of version ${version} ${what}.`];
  const { record: manifest, blob } = get({ kind: "version", model, version }) ?? {};
  if (manifest === undefined || record.manifest !== blob) return say("is of another manifest");
  if (!manifest.imported) return say("is of a version that its own run evaluated");
  if (record.artifact_sha256 !== manifest.artifact.sha256) return say("is of other files than the version's");
  if (!record.evaluation.binding) return say("binds nobody: it was not made from the default branch's own commit");
  if (record.evaluation.test.sha256 !== record.data.test.sha256) return say("was made on other test data than it says");
  const follows = number === 1 || get({ kind: "evaluation", model, version, number: number - 1 }) !== undefined;
  return follows ? [] : say(`does not follow evaluation ${number - 1}`);
}

const TOO_FEW = "promoted with fewer approvals than its policy asks for";

function verifyAnswers({ model, get, of }: ModelRecords): Finding[] {
  const answered = new Map<string, string>();
  const reviews = of("review").map(({ record }) => record);
  return of("decision").flatMap(({ at, record: decision }) => {
    const { id, request: key, source } = decision;
    const found = (source === undefined ? undefined : actId(source)) === key ? [] : ["has a key of another source"];
    if (key !== undefined) {
      const other = answered.get(key);
      if (other !== undefined) found.push(`answers request ${key}, as decision ${other} does`);
      answered.set(key, id);
      if (decision.act === "promote")
        found.push(...aboutAnswer(decision, get({ kind: "request", model, id: key })?.record, reviews));
    } else if (decision.completes !== undefined) {
      found.push(...aboutCompletion(decision, get({ kind: "decision", model, id: decision.completes })?.record));
    } else if (decision.act === "promote") {
      if (decision.approvals?.length) found.push("counts approvals, and names no request that they are of");
      if (decision.outcome !== "refused" && decision.policy.approvals > 0) found.push(TOO_FEW);
    }
    return found.map((what) => wrong("DECISION_WRONG", at, `Decision ${id} ${what}.`));
  });
}

/** What is wrong with a decision as the end of the rollout that it names. */
function aboutCompletion(decision: Decision, began: Decision | undefined): string[] {
  if (began?.outcome !== "rolling-out") return [`completes ${decision.completes}, which began no rollout`];
  return NAMED.some((key) => decision[key] !== began[key])
    ? [`is about something else than decision ${began.id}, which it completes`]
    : [];
}

function aboutRollout({ model, get }: ModelRecords, { at, record }: Held<"rollout">): string[] {
  const began = get({ kind: "decision", model, id: at.decision })?.record;
  const say = (what: string) => [`Record ${at.n} of rollout ${at.decision} ${what}.`];
  if (began?.outcome !== "rolling-out") return say("is of a decision that began none");
  return record.version === began.version && record.stage === began.stage
    ? []
    : say("is of another version or stage than its decision");
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
  if (decision.outcome === "refused") return found;
  if (counted.length < decision.policy.approvals) found.push(TOO_FEW);
  if (reviews.some(({ verdict, request: of }) => verdict === "reject" && of === request.id))
    found.push("promoted what had been rejected");
  return found;
}
