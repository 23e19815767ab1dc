import { z } from "zod";
import { promoteVersion } from "../../../core/acts/promote.ts";
import { gateSection } from "../../../core/report/gate-section.ts";
import { formAct } from "../request/form.ts";

const Fields = z.object({
  model: z.string().min(1).max(200),
  version: z.coerce.number().int().min(1),
  stage: z.string().min(1).max(50),
  reason: z.string().trim().max(1_000).optional(),
});

/** Asks for a stage: the gates decide, as they do for everybody. */
export const promote = formAct<z.infer<typeof Fields>>({
  fields: Fields,
  async act({ host, visitor, source }, { model, version, stage, reason }) {
    const { person, authorize, mayApprove } = visitor;
    const result = await promoteVersion(host.ports, {
      ...{ model, version, stage, reason: reason || undefined, source, requestedBy: person, mayApprove },
      authorize: authorize?.("promote"),
    });
    const what = `${model} version ${version}`;
    switch (result.outcome) {
      case "promoted":
        return { outcome: "done", said: `${what} is in ${stage} now.` };
      case "rolling-out":
        return { outcome: "done", said: `${what} is being rolled out to ${stage}, step by step.` };
      case "unchanged":
        return { outcome: "done", said: `${what} is in ${stage} already.` };
      case "waiting":
        return { outcome: "done", said: `${what} waits for ${result.needed - result.given} approvals for ${stage}.` };
      case "comparing":
        return { outcome: "done", said: `${what} is compared with what is in ${stage} first.` };
      case "rejected":
        return { outcome: "refused", code: "NOT_ALLOWED", title: `${result.review.by.name} rejected this request` };
      case "denied":
        return { outcome: "refused", code: result.refusal.code, title: result.refusal.message };
      case "refused":
        return {
          outcome: "refused",
          code: result.decision.refusals[0]?.code ?? "GATE_FAILED",
          title: `${stage} refuses ${what}`,
          said: result.decision.refusals.map(({ message }) => message),
          sections: gateSection({ [stage]: result.decision.gates }),
          status: 409,
        };
    }
  },
});
