import type { FormAct } from "../request/form.ts";
import { alias, describe, tag, unalias, untag } from "./edit.ts";
import { hold, unhold } from "./hold.ts";
import { promote } from "./promote.ts";
import { proposeModel } from "./propose-model.ts";
import { proposePolicy } from "./propose-policy.ts";
import { retrain } from "./retrain.ts";
import { approve, reject } from "./review.ts";
import { rollback } from "./rollback.ts";
import { rollout } from "./rollout.ts";
import { adopt, note, star, unstar } from "./runs.ts";
import { snooze } from "./snooze.ts";
import { archive, withdraw } from "./take-out.ts";

/** Every act that a form can ask for, by its name. */
export const ACTS: Readonly<Record<string, FormAct>> = {
  ...{ promote, approve, reject, rollback, rollout, hold, unhold },
  ...{ star, unstar, note, adopt },
  ...{ describe, tag, untag, alias, unalias, archive, withdraw, snooze, retrain },
  "propose-policy": proposePolicy,
  "propose-model": proposeModel,
};
