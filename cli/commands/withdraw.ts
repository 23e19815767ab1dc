import { takingOut } from "../editing.ts";

/**
 * `slipway withdraw <model>@<version>`: takes a version out of use for good. Its records stay, and its number is
 * never used again.
 */
export const run = takingOut("withdraw", "withdrawn");
