import { deployProblem } from "../core/acts/check-deploy.ts";
import type { Ports } from "../core/acts/ports.ts";
import type { Session } from "./command.ts";
import { plainLine } from "./plain-text.ts";

/** Says of a stage that moved why the branch deploy could not follow, if it could not. */
export async function noteDeploy(
  { progress }: Session,
  ports: Ports,
  moved: { model: string; stage: string },
): Promise<void> {
  const problem = await deployProblem(ports, moved);
  if (problem === undefined) return;
  const { code, message, hint } = problem;
  progress.note(plainLine(`${moved.stage} has moved, and the branch deploy has not: ${message} (${code})`));
  if (hint !== undefined) progress.note(plainLine(hint));
}
