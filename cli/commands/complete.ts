import type { CommandOutcome, Session } from "../command.ts";
import { completions } from "../complete.ts";

/** What the scripts of `slipway completion` ask at a TAB. */
export async function run(session: Session, args: { words?: string[] }): Promise<CommandOutcome> {
  const lines = await completions(args.words ?? [], session.commands, session.folder);
  return { result: lines, text: "", raw: lines.map((line) => `${line}\n`).join("") };
}
