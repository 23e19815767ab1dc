import type { Refusal } from "../../schemas/decision.ts";
import type { Person } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";

/**
 * May the person who asks do this? Asked in every attempt with the policy of the default branch's tip: undefined, or
 * why not. The decision is `mayAct` of core/promotion/decide-authority.ts; a host hands in what it knows of the person.
 */
export type Authorize = (policy: Policy) => Promise<Refusal | undefined>;

/** May somebody who approved before still approve? Their role may be gone by the time that the set is complete. */
export type AuthorizeApprover = (person: Person) => Authorize;
