import { takingOut } from "../editing.ts";

/** `slipway archive <model>@<version>`: it leaves its stages, and can come back by a promotion. */
export const run = takingOut("archive", "archived");
