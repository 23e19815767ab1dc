import type { CommandOutcome, Session } from "../command.ts";
import { editWhat } from "../editing.ts";

/** `slipway describe <model[@version]> <text>`; an empty text takes the description away. */
export async function run(
  session: Session,
  { what, text: description }: { what: string; text: string },
  { remote }: { remote?: string },
): Promise<CommandOutcome> {
  const words = description === "" ? `${what} has no description` : `${what} is described so`;
  return editWhat(session, remote, what, { edit: { act: "describe", description }, words });
}
