import type { Gate } from "../../schemas/gate.ts";

/**
 * With fewer test rows than this no gate decides that does not say how many are enough. A model that is right on half of all
 * rows has ten of ten right once in 1,024 tries, and one of one every second time; ten right of ten leave a share of right
 * ones from 0.69 on possible (Clopper and Pearson, 95 %).
 */
const FEWEST_ROWS = 10;

/** How many test rows it takes for the gate to decide. */
export function minRows(gate: Gate): number {
  return gate["min-rows"] ?? FEWEST_ROWS;
}
