/** A rule of a ruleset, of the types that the stand-in enforces; another type is refused when it is created. */
export type Rule =
  | { type: "creation" | "deletion" | "non_fast_forward" }
  | { type: "update"; parameters?: { update_allows_fetch_and_merge: boolean } | undefined }
  | {
      type: "required_status_checks";
      parameters: {
        strict_required_status_checks_policy: boolean;
        required_status_checks: { context: string; integration_id?: number | undefined }[];
      };
    };
