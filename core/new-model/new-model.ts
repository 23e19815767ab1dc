import type { Policy } from "../../schemas/policy.ts";
import { DEFAULT_TRIES } from "../gates/asked-level.ts";
import { floorsFor } from "../spec/floors.ts";
import { besideFloors } from "./beside-floors.ts";
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

/** A spec for a table, with gates that its test rows can answer, and that ask for more than the policy does of every model. */
export function newModel(
  profile: TableProfile,
  choice: ModelChoice,
  { name, policy }: { name: string; policy: Policy },
): NewModel {
  const { tries = DEFAULT_TRIES } = policy;
  const label = profile.columns.find(({ name }) => name === choice.label);
  if (label === undefined) throw new Error(`the table has no column ${choice.label}`);
  const testRows = Math.floor((profile.rows - label.nulls) * TEST_SHARE);
  const gates = suggestGates(choice, label, { rows: profile.rows, testRows, tries });
  const beside = (stage: "register" | "production") => {
    const floors = floorsFor(policy, name, stage).flatMap(({ gate, task }) =>
      task === undefined || task === choice.task ? [gate] : [],
    );
    return besideFloors(gates[stage], floors);
  };
  const asked = { register: beside("register"), production: beside("production") };
  const isLess = asked.register.length + asked.production.length < gates.register.length + gates.production.length;
  const why = isLess
    ? [...gates.why, "Where slipway.yaml asks every model for as much or more, that is left to it."]
    : gates.why;
  return { spec: modelText(profile, choice, asked), why };
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
