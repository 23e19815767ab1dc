import type { OptionDefinition } from "../command.ts";

/** Understood by every command, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionDefinition[] = [
  { flags: "-C <folder>", summary: "work as if started in this folder" },
  { flags: "--json", summary: "print one JSON document on stdout" },
  { flags: "--no-color", summary: "no colours (also: NO_COLOR=1)" },
  { flags: "-q, --quiet", summary: "no progress on stderr, and no reports of runs: a line for each model" },
  { flags: "-v, --verbose", summary: "more on stderr, and what caused an error" },
];
