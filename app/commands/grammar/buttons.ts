import { SlipwayError } from "../../../core/errors.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { Known } from "./argument-parser.ts";
import { type Command, parseCommand } from "./grammar.ts";
import type { ThreadState } from "./resolve-target.ts";

/**
 * The command that a check's button stands for, by the button's identifier, as if a person had typed it on the pull
 * request.
 */
export function commandOf(identifier: string, known: Known): Command | undefined {
  switch (identifier) {
    case "retry":
    case "approve":
    case "status":
      return parseCommand(identifier, "", known);
    case "promote": {
      const target = known.stages.has("production") ? "production" : [...known.stages].at(-1);
      return parseCommand("promote", target ?? "", known);
    }
    default:
      return undefined;
  }
}

/** Reads a pressed button. Throws USAGE if the App has no such button, or if the button belongs to an older commit. */
export function readButton(identifier: string, head: CommitId, known: Known, thread: ThreadState): Command {
  if (thread.kind !== "pull" || thread.head !== head) {
    throw new SlipwayError("USAGE", "This button belongs to an older commit of the pull request.", {
      hint: "Press it on the newest check, or write the command.",
    });
  }
  const command = commandOf(identifier, known);
  if (command !== undefined) return command;
  throw new SlipwayError("USAGE", `There is no button \`${identifier}\`.`);
}
