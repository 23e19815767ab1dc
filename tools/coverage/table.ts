import { type Cell, isBroken } from "./measure.ts";

/** One line a cell, as Markdown. Misses in percent: the true value below the lower bound / above the upper one. */
export function table(cells: readonly Cell[]): string {
  const share = (count: number, of: number) => ((100 * count) / of).toFixed(count / of < 0.01 ? 2 : 1);
  const lines = cells.map((cell) => {
    const { world, unit, size, metric, tries, levels, beside } = cell;
    const columns = levels.flatMap((level) => {
      const { given, below, above } = level;
      const broken = isBroken(level, tries) ? " **over**" : "";
      const known = given === tries ? "" : ` (given in ${share(given, tries)})`;
      return given === 0
        ? ["none", ""]
        : [`${share(below, tries)} / ${share(above, tries)}${broken}${known}`, level.width.toPrecision(2)];
    });
    const ratio = beside ? (beside.ours / beside.best).toFixed(2) : "";
    return `| ${[world, `${size} ${unit === "group" ? "groups" : "rows"}`, metric, ...columns, ratio].join(" | ")} |`;
  });
  const head = cells[0]?.levels.flatMap(({ level }) => [`misses at ${100 * level} %`, "width"]) ?? [];
  const titles = ["world", "size", "metric", ...head, "to the best known"];
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...lines].join("\n");
}
