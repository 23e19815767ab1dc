import { decidingBranch } from "../../core/acts/binding.ts";
import { readPolicy } from "../../core/acts/policy.ts";
import type { Act } from "../../core/promotion/decide-authority.ts";
import { denied } from "./errors.ts";
import type { Caller, MlflowHost } from "./host.ts";
import { refusalWords } from "./look-up.ts";

/** Asks the policy about what is no act on the registry: uploads and runs. Rejects with PERMISSION_DENIED. */
export async function authorizeCaller({ ports }: MlflowHost, { authorize }: Caller, act: Act): Promise<void> {
  if (authorize === undefined) return;
  const { commit } = await decidingBranch(ports);
  const refusal = await authorize(act)(await readPolicy(ports, commit));
  if (refusal) throw denied(refusalWords([refusal]));
}
