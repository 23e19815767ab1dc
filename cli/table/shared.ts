import type { OptionDefinition } from "../command.ts";

// What several commands take, in the same words.

export const REMOTE_OPTION: OptionDefinition = {
  flags: "--remote <name>",
  summary: "use the registry of this Git remote, not the local one",
};
export const FRESH_OPTION: OptionDefinition = { flags: "--fresh", summary: "train again, even if nothing changed" };
export const HERE_OPTION: OptionDefinition = {
  flags: "--here",
  summary: "run here even if the model asks for another machine (runs-on)",
};
/** How a version is written, as an argument. */
export const VERSION = "<model>@<version>, @<alias> or @<stage>; <model> alone: its latest version";
