import type { CommandDefinition } from "../command.ts";
import { DECISIONS } from "./decision-commands.ts";
import { EDITS } from "./edit-commands.ts";
import { READS } from "./read-commands.ts";
import { RUN_COMMANDS } from "./run-commands.ts";
import { SHELL } from "./shell-commands.ts";
import { UPKEEP } from "./upkeep-commands.ts";

// Data alone: `--help`, completion and the docs read the tables, and they must load in no time.

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly CommandDefinition[] = [
  ...RUN_COMMANDS,
  ...DECISIONS,
  ...EDITS,
  ...READS,
  ...UPKEEP,
  ...SHELL,
];
