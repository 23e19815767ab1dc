import { toCsv } from "./csv.ts";
import type { LoggedAct } from "./registry-reports.ts";

/** An act with all that is exported of it. */
interface ExportedAct extends LoggedAct {
  act?: string;
  outcome?: string;
  model?: string;
  version?: number;
  stage?: string;
  asked_by?: Person;
  approved_by?: readonly Person[];
  url?: string;
  host?: string;
  decision?: string;
  request?: string;
  review?: string;
  change?: string;
  source?: string;
}

interface Person {
  name: string;
  id: string;
  account?: string | undefined;
}

const COLUMNS: Readonly<Record<string, (act: ExportedAct) => string | number | undefined>> = {
  at: ({ at }) => at,
  who: ({ actor }) => actor.name,
  who_id: ({ actor }) => actor.id,
  who_account: ({ actor }) => actor.account,
  act: ({ act }) => act,
  outcome: ({ outcome }) => outcome,
  model: ({ model }) => model,
  version: ({ version }) => version,
  stage: ({ stage }) => stage,
  what: ({ subject }) => subject,
  why: ({ reason }) => reason,
  refusals: ({ refusals = [], unreadable = [] }) => [refusals, unreadable].flat().join("\n"),
  asked_by: ({ asked_by }) => asked_by && idOf(asked_by),
  approved_by: ({ approved_by }) => approved_by?.map(idOf).join("\n"),
  url: ({ url }) => url,
  host: ({ host }) => host,
  bytes: ({ bytes }) => bytes,
  source: ({ source }) => source,
  decision: ({ decision }) => decision,
  request: ({ request }) => request,
  review: ({ review }) => review,
  change: ({ change }) => change,
  commit: ({ commit }) => commit,
};

/** The audit log for a spreadsheet: a line an act, always with the same columns. */
export function logCsv(acts: readonly ExportedAct[]): string {
  const columns = Object.values(COLUMNS);
  return toCsv(
    Object.keys(COLUMNS),
    acts.map((act) => columns.map((column) => String(column(act) ?? ""))),
  );
}

/** The audit log for a program: a JSON object a line, with every control character escaped. */
export function logLines(acts: readonly ExportedAct[]): string {
  return acts.map((act) => `${escaped(JSON.stringify(act))}\n`).join("");
}

function escaped(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function idOf({ id }: Person): string {
  return id;
}
