/** Why a host lets nobody in. */
export type WhyNot =
  /** Nobody is known: a page sends them to `to`; without it, and for anything else, 401 with `hint`. */
  | { why: "signed-out"; to?: string; hint?: string }
  /** There is no such repository, or not for this person: which of the two is never said. */
  | { why: "not-found" }
  /** The request is another site's, or asks by a name that is not this server's. */
  | { why: "foreign"; message: string }
  /** Whoever knows the answer did not answer. */
  | { why: "unavailable"; message: string };

/** A host's answer in place of a page. */
export class PortalRefusal extends Error {
  override readonly name = "PortalRefusal";
  readonly refusal: WhyNot;

  constructor(refusal: WhyNot) {
    super("message" in refusal ? refusal.message : refusal.why);
    this.refusal = refusal;
  }
}
