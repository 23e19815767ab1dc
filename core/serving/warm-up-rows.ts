import type { ColumnProfile, DataProfile } from "../../schemas/data-record.ts";
import type { Signature } from "../../schemas/manifest.ts";
import type { Row, Scalar } from "../runtime/answering/answering.ts";

/** Places in a profile's eleven quantiles: a row each. */
const QUANTILES = [5, 2, 8] as const;

/**
 * Rows to warm a version up with, before anybody asks it: as the kept profile of its training data has them, medians and
 * frequent values. A profile has no label and no value of a sensitive column; where it says nothing of a column, the row has
 * null if the column may be null, otherwise a plain value of its type.
 */
export function warmUpRows({ inputs }: Signature, profile: DataProfile | undefined): Row[] {
  return QUANTILES.map((quantile, at) =>
    Object.fromEntries(
      inputs.map(({ name, type, optional }) => {
        const usual = usualValue(type, profile?.columns[name], quantile, at);
        return [name, usual ?? (optional ? null : plainValue(type))];
      }),
    ),
  );
}

type Type = Signature["inputs"][number]["type"];

function usualValue(type: Type, profile: ColumnProfile | undefined, quantile: number, at: number): Scalar | undefined {
  if (profile === undefined) return undefined;
  const { quantiles, top } = profile;
  if (type === "long" || type === "double") {
    const value = quantiles?.[quantile];
    return value === undefined || !Number.isFinite(value) ? undefined : type === "long" ? Math.round(value) : value;
  }
  const value = top?.[at % Math.max(top.length, 1)]?.value;
  if (type === "boolean") return value === undefined ? undefined : /^(true|t|1|yes)$/i.test(value);
  return type === "string" ? value : undefined;
}

function plainValue(type: Type): Scalar {
  if (type === "long" || type === "double") return 0;
  if (type === "boolean") return false;
  return type === "datetime" ? "2000-01-01T00:00:00.000Z" : "";
}
