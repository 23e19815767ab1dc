import type { RunResult } from "../../schemas/run-result.ts";
import { formatNumber } from "../gates/number-words.ts";
import { left, right, type Section } from "./report.ts";
import { counted } from "./verdict-words.ts";

const ROWS = 100;
const OWN_WORD =
  "The platform measured none of this: it is what the training program says, through MLflow's client or in TensorBoard's files. No gate reads it.";

/** What a training program logged itself: last values of metrics, params, tags; files are counted. */
export function trackedSection({ tracked }: Pick<RunResult, "tracked">): Section[] {
  if (tracked === undefined) return [];
  const rows = tracked.runs.flatMap(({ name: run, metrics, params, tags }) => [
    ...metrics.map(({ name, last: [, value], count }) => {
      const points = count > 1 ? `, last of ${count}` : "";
      return [run, `metric${points}`, name, formatNumber(value)];
    }),
    ...params.map(({ name, value }) => [run, "param", name, value]),
    ...tags.map(({ name, value }) => [run, "tag", name, value]),
  ]);
  const files = tracked.runs.reduce((sum, { artifacts }) => sum + artifacts.length, 0);
  const kept =
    files === 0 ? [] : [`It logged ${counted(files, "file")}: their names and digests are in the run's record.`];
  const cut = rows.length > ROWS ? [`Of ${rows.length} values the first ${ROWS} are shown.`] : [];
  const columns = [...["Its run", "What", "Name"].map(left), right("Value")];
  return [
    {
      ...{ title: "What the program logged itself", folded: true },
      text: [OWN_WORD, ...kept, ...cut, ...tracked.left_out],
      ...(rows.length === 0 ? {} : { table: { columns, rows: rows.slice(0, ROWS) } }),
    },
  ];
}
