import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { SlipwayError } from "../errors.ts";
import type { PreparedData } from "./data/prepare.ts";

/** Rejects data that breaks its spec's rules, with DATA_INVALID and each rule that it breaks. */
export function refuseInvalidData({ violations }: Pick<PreparedData, "violations">): void {
  if (violations.length === 0) return;
  const lines = violations.map(({ set, column, check, count, rows, expected, found }) => {
    const where = `${set}${column === undefined ? "" : `.${column}`}`;
    const ids = rows.length === 0 ? "" : ` in rows ${rows.join(", ")}${count > rows.length ? " …" : ""}`;
    return `${where}: ${check}: expected ${expected}, found ${found}${ids}`;
  });
  throw new SlipwayError("DATA_INVALID", `The data breaks ${lines.length} of the rules that its spec declares`, {
    found: lines.join("\n"),
    hint: violations.every(({ found }) => found.startsWith("no such column"))
      ? "Name the column under `data` as the file's header spells it, or mend the header."
      : "Mend the data, or change the rule under `data.columns` where it is the rule that is wrong.",
  });
}

/** MLflow's model signature: the features' columns, and the predicted column in the label's declared type. */
export function signatureOf(
  spec: ModelSpec,
  { signature }: Pick<PreparedData, "signature">,
): NonNullable<RunResult["signature"]> {
  const { label } = spec.data;
  const column = typeof label === "object" ? label.column : label;
  const declared = column === undefined ? undefined : spec.data.columns?.[column]?.type;
  const type = spec.task === "regression" ? "double" : (declared ?? "string");
  return { inputs: signature.inputs, outputs: [{ name: "prediction", type }] };
}
