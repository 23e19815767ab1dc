import { COMMAND_NAMES, GRAMMAR } from "../../app/commands/grammar/grammar.ts";
import { ROLES } from "../../core/promotion/decide-authority.ts";

const [START, END] = ["<!-- from the grammar: npm run generate -->", "<!-- end -->"];

/** The table of docs/commands.md: what people may write, and who. */
function commandTable(): string {
  const rows = COMMAND_NAMES.map((name) => {
    const { form, says, act } = GRAMMAR[name];
    const role = act === undefined ? undefined : ROLES[act];
    const who = act === undefined ? "everybody" : role === undefined ? "write access" : `role \`${role}\``;
    return `| \`${form}\` | ${says} | ${who} |`;
  });
  return ["| Command | What it does | Who |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The page with the table as the grammar has it. */
export function withCommandTable(page: string): string {
  const [before, after] = [page.indexOf(START), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error("the page has no place for the table");
  return `${page.slice(0, before)}${START}\n\n${commandTable()}\n\n${page.slice(after)}`;
}
