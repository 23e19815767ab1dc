import { z } from "zod";
import { decidingBranch } from "../../../core/acts/binding.ts";
import { readPolicy } from "../../../core/acts/policy.ts";
import { formAct } from "../request/form.ts";
import { Model, Reason } from "./fields.ts";
import { denied } from "./refused.ts";

const Fields = z.object({ model: Model, reason: Reason });

/** Has somebody look whether a model's data moved, and propose the new pins. Twice is harmless: what is open is found. */
export const retrain = formAct<z.infer<typeof Fields>>({
  fields: Fields,
  async act({ host, visitor, catalog }, { model, reason }) {
    if (host.retrain === undefined)
      return {
        outcome: "refused",
        code: "UNSUPPORTED",
        title: "Nobody can look here whether data moved",
        said: ["`slipway retrain` looks from a terminal, on a clone of the repository."],
      };
    const { commit } = await decidingBranch(host.ports);
    const refusal = await visitor.authorize?.("retrain")(await readPolicy(host.ports, commit));
    if (refusal) return denied(refusal);
    const known = (await catalog()).find(model);
    return {
      outcome: "done",
      ...(await host.retrain({ model: known?.displayName ?? model, reason, by: visitor.person })),
    };
  },
});
