import { openRequests } from "../../../core/acts/open-requests.ts";
import { reviewRequest } from "../../../core/acts/review.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { actId } from "../../../core/promotion/act-id.ts";
import { samePerson } from "../../../core/promotion/approvals.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import type { Person } from "../../../schemas/names.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import { registryOf } from "../../repositories/read-mirror.ts";
import type { TargetReference } from "../grammar/argument-parser.ts";
import { type Command, formatCommand } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import { authorizeApprover, type CommandContext, typed } from "./command-context.ts";
import { comparing } from "./comparing.ts";
import { decided, rejected, waiting } from "./decision.ts";

/** `/approve` and `/reject`: a person's word on the one request that waits here, or on the one that is named. */
export async function review(
  commandContext: CommandContext,
  { name: verdict, ...given }: Extract<Command, { name: "approve" | "reject" }>,
): Promise<Answer> {
  const { reason, ...named }: TargetReference & { reason?: string } = given;
  const { context, requester, source } = commandContext;
  const { model, request } = await findRequest(commandContext, verdict, named);
  const result = await reviewRequest(context.ports, {
    ...{ verdict, model, request, reason, source },
    by: requester.person,
    authorize: requester.authorize(verdict),
    mayApprove: authorizeApprover(commandContext),
    comparesElsewhere: true,
  });
  switch (result.outcome) {
    case "promoted":
    case "rolling-out":
    case "refused":
      return decided(commandContext, result.decision);
    case "waiting":
      return waiting(commandContext, result);
    case "comparing":
      return comparing(context, result);
    case "rejected":
      return rejected(result.request, result.review);
    case "closed":
      return closed(commandContext, result.request);
    case "denied":
      return deniedAnswer(result.refusal);
  }
}

function closed(commandContext: CommandContext, { model, version, stage }: PromotionRequest): Answer {
  const status = typed(commandContext, { name: "status", model });
  return {
    sign: "note",
    title: `Nobody waits for ${model} version ${version} in ${stage} any more`,
    next: `It was decided or rejected before: \`${status}\` tells how things stand.`,
  };
}

/** Rejects with REQUEST_UNKNOWN, or with USAGE if several wait: the reply lists them. */
async function findRequest(
  { context, requester, thread, known, source }: CommandContext,
  verdict: "approve" | "reject",
  named: TargetReference,
): Promise<{ model: string; request: string }> {
  const snapshot = await registryOf(context);
  const models = named.model === undefined ? await snapshot.models() : [resolveModel(named.model, thread, known)];
  // The same comment again is about the request that it was about, though nothing waits any more.
  const said = await firstOf(models, (model) => snapshot.read({ kind: "review", model, id: actId(source) }));
  if (said?.request !== undefined) return { model: said.model, request: said.request };

  const here = await waitingHere(snapshot, models, thread.number);
  const fitting = here.filter(
    ({ version, stage }) => (named.version ?? version) === version && (named.stage ?? stage) === stage,
  );
  const different = distinct(fitting, requester.person);
  const [only, ...others] = different;
  if (only === undefined) throw nothingWaits(here, named);
  if (others.length === 0) return { model: only.model, request: only.id };
  const lines = different.map((request) => `\`${written(verdict, request, different)}\``);
  throw new SlipwayError("USAGE", `${different.length} requests wait here: say which.`, {
    hint: lines.slice(0, 10).join(", "),
  });
}

/**
 * One of those that ask for the same: the oldest, so that approvals come together; of somebody else's before one's own,
 * which one cannot approve. Once it is promoted the others are overtaken.
 */
function distinct(requests: readonly PromotionRequest[], person: Person): PromotionRequest[] {
  const others = requests.filter(({ requested_by: by }) => !samePerson(by, person));
  const chosen = new Map<string, PromotionRequest>();
  for (const request of [...others, ...requests]) {
    const key = `${request.model}@${request.version}#${request.stage}`;
    if (!chosen.has(key)) chosen.set(key, request);
  }
  return [...chosen.values()];
}

function nothingWaits(here: readonly PromotionRequest[], { model }: TargetReference): SlipwayError {
  const others = here.map(({ model: name, version, stage }) => `${name} version ${version} for ${stage}`);
  const what = model === undefined ? "No request waits here" : `No such request of \`${model}\` waits here`;
  return new SlipwayError("REQUEST_UNKNOWN", `${what}.`, {
    hint:
      others.length > 0
        ? `Waiting: ${others.slice(0, 5).join(", ")}.`
        : "A promotion that needs approvals is asked for with `/promote`, and answered where it was asked for.",
  });
}

/** The shortest way to name a request among others. */
function written(
  name: "approve" | "reject",
  { model, version, stage }: PromotionRequest,
  all: readonly PromotionRequest[],
): string {
  const same = all.filter((each) => each.model === model);
  const sameStage = same.filter((each) => each.stage === stage);
  const reference = same.length === 1 ? { model } : sameStage.length === 1 ? { model, stage } : { model, version };
  return name === "approve"
    ? formatCommand({ name, ...reference })
    : formatCommand({ name, ...reference, reason: "reason" });
}

async function waitingHere(
  snapshot: RegistrySnapshot,
  models: readonly string[],
  issue: number,
): Promise<PromotionRequest[]> {
  const found = await Promise.all(models.map((model) => openRequests(snapshot, { model, issue })));
  return found.flat().sort((a, b) => (a.requested_at < b.requested_at ? -1 : 1));
}

async function firstOf<T>(
  models: readonly string[],
  read: (model: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  return (await Promise.all(models.map(read))).find((found) => found !== undefined);
}
