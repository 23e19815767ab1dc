import { left } from "../../../core/report/report.ts";
import { COMMAND_NAMES, GRAMMAR } from "../grammar/grammar.ts";
import { MOST_COMMANDS } from "../grammar/read-comment.ts";
import type { Answer } from "./answer.ts";

/** `/help`: the commands, as the grammar has them. */
export function help(): Answer {
  const rows = COMMAND_NAMES.map((name) => [GRAMMAR[name].form, plain(GRAMMAR[name].says)]);
  return {
    sign: "note",
    title: "What you can ask for",
    said: [
      `A command stands on a line of its own, at the line's start; a comment may hold ${MOST_COMMANDS}. What is in brackets may be left out if the pull request says it.`,
      "Quotations, code and edited comments never count. The policy on the default branch says who may do what.",
    ],
    sections: [
      { title: "Commands", folded: false, text: [], table: { columns: ["Command", "What it does"].map(left), rows } },
    ],
  };
}

/** A table's cells are plain text. */
function plain(words: string): string {
  return words.replaceAll("`", "");
}
