import { takingOut } from "../editing.ts";

/** `slipway withdraw <model>@<version>`: nobody is to use it any more. Its records stay, its number is never used again. */
export const run = takingOut("withdraw", "withdrawn");
