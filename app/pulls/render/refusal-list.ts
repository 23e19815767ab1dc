import type { Refusal } from "../../../schemas/decision.ts";
import { fitLines } from "./fit-lines.ts";
import { prose } from "./prose.ts";

/**
 * The reasons of a refusal as a list, one on a line: what was expected and found, what to do, and the code that the
 * docs explain.
 */
export function refusalList(refusals: readonly Refusal[], most: number): string {
  const lines = refusals.map((refusal) => `- ${refusalLine(refusal)}`);
  return fitLines(lines, most, (left) => `- … and ${left} more`).join("\n");
}

function refusalLine({ code, message, hint }: Refusal): string {
  const end = hint === undefined || /[.!?]$/.test(message) ? "" : ".";
  const what = hint === undefined ? "" : ` ${prose(hint, 200)}`;
  return `${prose(message, 300)}${end}${what} \`${code.replace(/[^A-Z_]/g, "")}\``;
}
