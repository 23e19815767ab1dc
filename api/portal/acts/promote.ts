import { z } from "zod";
import { promoteVersion } from "../../../core/acts/promote.ts";
import { formAct } from "../request/form.ts";
import { Model, Reason, Stage, Version } from "./fields.ts";
import { denied } from "./refused.ts";
import { rejected } from "./review.ts";
import { stageOutcome } from "./stage-outcome.ts";

const Fields = z.object({ model: Model, version: Version, stage: Stage, reason: Reason });

/** Asks for a stage: the gates decide, as they do for everybody. */
export const promote = formAct<z.infer<typeof Fields>>({
  fields: Fields,
  async act({ host, visitor, source }, { model, version, stage, reason }) {
    const { person, authorize, mayApprove } = visitor;
    const result = await promoteVersion(host.ports, {
      ...{ model, version, stage, reason, source, requestedBy: person, mayApprove },
      authorize: authorize?.("promote"),
      comparesElsewhere: host.compare !== undefined,
    });
    if (result.outcome === "denied") return denied(result.refusal);
    if (result.outcome === "rejected") return rejected(model, result);
    return stageOutcome(host, { model, stage }, result);
  },
});
