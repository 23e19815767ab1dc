import { DEFAULT_TRIES } from "../gates/asked-level.ts";
import type { ModelChoice } from "./guess-model.ts";
import { modelText, TEST_SHARE } from "./model-text.ts";
import type { TableProfile } from "./profile-table.ts";
import { formatTable, type ReadTable } from "./read-table.ts";
import { suggestGates } from "./suggest-gates.ts";

export interface NewModel {
  /** `model.yaml`. */
  spec: string;
  /** What its gates ask for, and why. */
  why: string[];
}

/** A spec for a table, with gates that its test rows can answer. `tries`: the policy's. */
export function newModel(profile: TableProfile, choice: ModelChoice, tries = DEFAULT_TRIES): NewModel {
  const label = profile.columns.find(({ name }) => name === choice.label);
  if (label === undefined) throw new Error(`the table has no column ${choice.label}`);
  const testRows = Math.floor((profile.rows - label.nulls) * TEST_SHARE);
  const gates = suggestGates(choice, label, { rows: profile.rows, testRows, tries });
  return { spec: modelText(profile, choice, gates), why: gates.why };
}

/** The rows that can be learnt from: those with a label. */
export function labelledRows({ names, rows }: ReadTable, label: string, nullTexts: readonly string[]): string {
  const at = names.indexOf(label);
  const isMissing = (text: string | undefined) => text === undefined || text === "" || nullTexts.includes(text);
  return formatTable(
    names,
    rows.filter((row) => !isMissing(row[at])),
  );
}
