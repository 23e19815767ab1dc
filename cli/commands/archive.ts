import { takingOut } from "../editing.ts";

/** `slipway archive <model>@<version>`: the version leaves its stages. A promotion can bring it back. */
export const run = takingOut("archive", "archived");
