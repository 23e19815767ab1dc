import { isNumber } from "../../../core/gates/gate-evidence.ts";
import { valueWords } from "../../../core/report/metric-words.ts";
import { scalarMetrics } from "../../../core/report/scalar-metrics.ts";
import type { Verdict } from "../../../schemas/gate.ts";
import { decidingMetrics } from "./deciding-metrics.ts";
import type { ListedVersion } from "./listed-version.ts";

const LONGEST_DESCRIPTION = 200;

/** What the list of all models shows of a model's newest version: little, since each model's is in memory. */
export interface NewestVersion {
  version: number;
  registeredAt: string;
  registeredBy: string;
  /** Its beginning. */
  description: string | undefined;
  metrics: ReadonlyMap<string, number>;
  deciding: { name: string; value: string } | undefined;
  /** What its register gates came to; undefined if none was asked. */
  verdict: Verdict | undefined;
  gates: number;
  isImported: boolean;
}

export function newestVersion(shown: ListedVersion): NewestVersion {
  const { version, registered_at, registered_by, description, evaluation, gates, imported } = shown;
  const scalars = scalarMetrics(evaluation.metrics);
  const byName = new Map(scalars);
  const names = scalars.map(([name]) => name);
  const [name] = decidingMetrics(gates, names, 1);
  return {
    ...{ version, registeredAt: registered_at, registeredBy: registered_by.name },
    description: description?.slice(0, LONGEST_DESCRIPTION),
    metrics: new Map(scalars.flatMap(([each, { value }]) => (isNumber(value) ? [[each, value] as const] : []))),
    deciding: name === undefined ? undefined : { name, value: valueWords(name, byName.get(name)) },
    verdict: worst(gates.map((gate) => gate.verdict)),
    ...{ gates: gates.length, isImported: imported !== undefined },
  };
}

function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return (["fail", "inconclusive", "pass"] as const).find((each) => verdicts.includes(each));
}
