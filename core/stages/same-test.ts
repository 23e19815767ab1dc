import type { PreparedData } from "../data/prepare.ts";
import { SlipwayError } from "../errors.ts";
import type { Bundle } from "./bundle.ts";
import { made } from "./packed-by.ts";

/** Rejects with DATA_CHANGED where the test rows are not those whose features the jobs with user code were given. */
export function requireSameTest(prepared: Pick<PreparedData, "test">, validated: Bundle<"validate">): void {
  const given = made("validate", validated.record.data).test.sha256;
  if (prepared.test.sha256 === given) return;
  throw new SlipwayError("DATA_CHANGED", "The test data is not what was predicted", {
    expected: `sha256 ${given}`,
    found: `sha256 ${prepared.test.sha256}`,
  });
}
