import { type PolicyHere, policyHere } from "../../../core/acts/policy-here.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import type { Policy } from "../../../schemas/policy.ts";
import type { PortalHost } from "./host.ts";

/** The policy as the default branch has it here, and why it cannot be read, if it cannot: then it says nothing. */
export interface PolicyRead {
  policy: Policy;
  unreadable?: string;
}

const readers = new WeakMap<GitObjects, () => Promise<PolicyHere | undefined>>();

/** What the policy says now: read once a commit. Looking brings nothing here from a remote that is here already. */
export async function policyOf({ ports }: PortalHost): Promise<PolicyRead> {
  const { objects, remote } = ports;
  const read = readers.get(objects) ?? policyHere({ objects, remote });
  readers.set(objects, read);
  try {
    return { policy: (await read())?.policy ?? { slipway: 1 } };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { policy: { slipway: 1 }, unreadable: error.message };
  }
}
