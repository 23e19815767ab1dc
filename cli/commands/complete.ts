import type { CommandOutcome, Session } from "../command.ts";
import { completions } from "../complete.ts";

/** Answers the scripts of `slipway completion` at a TAB. */
export async function run(session: Session, args: { words?: string[] }): Promise<CommandOutcome> {
  const lines = await completions(args.words ?? [], session.commands, session.folder);
  return { result: lines, text: "", raw: lines.map((line) => `${line}\n`).join("") };
}
