import { z } from "zod";
import { reviewRequest } from "../../../core/acts/review.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import type { Review } from "../../../schemas/review.ts";
import { type ActOutcome, type FormRequest, formAct } from "../request/form.ts";
import { Model, NeededReason, Reason, Request } from "./fields.ts";
import { denied } from "./refused.ts";
import { stageOutcome } from "./stage-outcome.ts";

const Approval = z.object({ model: Model, request: Request, reason: Reason });
const Rejection = z.object({ model: Model, request: Request, reason: NeededReason });

/** A second person's yes: the gates decide again, and may bring it about. */
export const approve = formAct<z.infer<typeof Approval>>({
  fields: Approval,
  act: (request, fields) => review(request, "approve", fields),
});

/** A person's no, with why. */
export const reject = formAct<z.infer<typeof Rejection>>({
  fields: Rejection,
  act: (request, fields) => review(request, "reject", fields),
});

async function review(
  { host, visitor, source }: FormRequest,
  verdict: "approve" | "reject",
  { model, request, reason }: z.infer<typeof Approval>,
): Promise<ActOutcome> {
  const { person, authorize, mayApprove } = visitor;
  const result = await reviewRequest(host.ports, {
    ...{ verdict, model, request, reason, source, by: person, mayApprove },
    authorize: authorize?.(verdict),
    comparesElsewhere: host.compare !== undefined,
  });
  switch (result.outcome) {
    case "denied":
      return denied(result.refusal);
    case "rejected": {
      const { version, stage } = result.request;
      return verdict === "reject"
        ? { outcome: "done", said: `${model} version ${version} is rejected for ${stage}. Nothing was changed.` }
        : rejected(model, result);
    }
    case "closed": {
      const { version, stage } = result.request;
      return { outcome: "done", said: `Nobody waits for ${model} version ${version} in ${stage} any more.` };
    }
    default: {
      const { stage } = "request" in result ? result.request : result.decision;
      return stageOutcome(host, { model, stage }, result);
    }
  }
}

/** What was asked for, and somebody has said no to. */
export function rejected(model: string, about: { request: PromotionRequest; review: Review }): ActOutcome {
  const { version, stage } = about.request;
  const { by, reason } = about.review;
  return {
    outcome: "refused",
    code: "NOT_ALLOWED",
    title: `${by.name} rejected ${model} version ${version} for ${stage}`,
    said: [...(reason === undefined ? [] : [reason]), "Nothing was changed. It can be asked for again."],
    status: 409,
  };
}
