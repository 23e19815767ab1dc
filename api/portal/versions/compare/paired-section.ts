import { differenceWords, readingCell } from "../../../../core/report/metric-words.ts";
import { type Cell, left, right, type Section } from "../../../../core/report/report.ts";
import { scalarPairs } from "../../../../core/report/scalar-metrics.ts";
import type { ShownVersion } from "../load-version.ts";
import { pairOnRecord } from "./pair-on-record.ts";

const NOT_YET = "not compared yet";

/** How each version differs from the first, paired on the same test rows: what is on record, and nothing else. */
export async function pairedSection([base, ...others]: readonly ShownVersion[]): Promise<Section[]> {
  if (base === undefined) return [];
  const pairs = await Promise.all(
    others.map(async (version) => {
      const found = await pairOnRecord(base, version);
      return {
        version,
        found,
        named: new Map(found && scalarPairs(found.metrics, version.manifest.evaluation.metrics)),
      };
    }),
  );
  const title = `Differences from version ${base.version}`;
  const missing = pairs.flatMap(({ version, found }) => (found === undefined ? [version.version] : []));
  const text = [
    ...(missing.length === pairs.length
      ? []
      : ["Measured on the same test rows, paired, with 95 % intervals. Unclear: the interval holds zero."]),
    ...(missing.length === 0
      ? []
      : [
          `${missing.map((number) => `Version ${number}`).join(", ")}: ${NOT_YET}. This page compares nothing, as that would cost a try of the test set: what is asked to go where version ${base.version} is live is compared with it.`,
        ]),
  ];
  const names = [...new Set(pairs.flatMap(({ named }) => [...named.keys()]))];
  if (names.length === 0) return [{ title, folded: false, text }];
  const columns = [left("Metric"), ...pairs.map(({ version }) => right(`Version ${version.version}`))];
  const rows = names.map((name): Cell[] => [
    name,
    ...pairs.map(({ found, named }): Cell => {
      const pair = named.get(name);
      if (pair === undefined) return found === undefined ? NOT_YET : "–";
      const reading = readingCell(name, pair);
      if (typeof reading === "string") return reading;
      return { mark: reading.mark, text: `${differenceWords(pair.difference)} ${reading.text}` };
    }),
  ]);
  return [{ title, folded: false, text, table: { columns, rows } }];
}
