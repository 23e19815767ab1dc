import { type Cell, isBroken, widthRatio } from "./measure.ts";

/** One line a cell, as Markdown. Misses in percent: the true value below the lower bound / above the upper one. */
export function table(cells: readonly Cell[]): string {
  const share = (count: number, of: number) => ((100 * count) / of).toFixed(count / of < 0.01 ? 2 : 1);
  const lines = cells.map((cell) => {
    const { world, unit, size, metric, tries, levels } = cell;
    const columns = levels.flatMap((level) => {
      const { given, below, above } = level;
      const broken = isBroken(level, tries) ? " **over**" : "";
      const known = given === tries ? "" : ` (given in ${share(given, tries)})`;
      return given === 0
        ? ["none", ""]
        : [`${share(below, tries)} / ${share(above, tries)}${broken}${known}`, level.width.toPrecision(2)];
    });
    const ratio = widthRatio(cell)?.toFixed(2) ?? "";
    return `| ${[world, `${size} ${unit === "group" ? "groups" : "rows"}`, metric, ...columns, ratio].join(" | ")} |`;
  });
  const head = cells[0]?.levels.flatMap(({ level }) => [`misses at ${100 * level} %`, "width"]) ?? [];
  const titles = ["world", "size", "metric", ...head, "to the best known"];
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...lines].join("\n");
}

/**
 * A line a metric and unit, as docs/metrics.md shows it: the side that missed most often in any cell, in percent; the fewest
 * rows of a cell that always had an interval; and how wide intervals are beside the best known one, where that holds too: the
 * median over cells, and the most.
 */
export function summary(cells: readonly Cell[]): string {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const name = `${cell.paired ? "difference of " : ""}${cell.metric} | ${cell.unit}`;
    groups.set(name, [...(groups.get(name) ?? []), cell]);
  }
  const lines = [...groups].map(([name, same]) => {
    const columns = (same[0]?.levels ?? []).flatMap((_level, at) => {
      const levels = same.map((cell) => ({ ...(cell.levels[at] as Cell["levels"][number]), cell }));
      const worst = Math.max(...levels.map(({ below, above, cell }) => (100 * Math.max(below, above)) / cell.tries));
      const over = levels.some(({ cell, ...level }) => isBroken(level, cell.tries)) ? " **over**" : "";
      const whole = (size: number) =>
        levels.every(({ cell, given }) => cell.size !== size || given >= 0.99 * cell.tries);
      const from = [...new Set(same.map(({ size }) => size))].sort((a, b) => a - b).find(whole);
      return [`${worst.toFixed(worst < 1 ? 2 : 1)}${over}`, from === undefined ? "none" : String(from)];
    });
    const ratios = same.flatMap((cell) => widthRatio(cell) ?? []).sort((a, b) => a - b);
    const [median, most] = [ratios[ratios.length >> 1], ratios.at(-1)];
    const widths = median === undefined || most === undefined ? "" : `${median.toFixed(2)}, ${most.toFixed(2)}`;
    return `| ${[name, ...columns, widths].join(" | ")} |`;
  });
  const head = cells[0]?.levels.flatMap(({ level }) => [`misses at ${100 * level} %`, "always there from"]) ?? [];
  const titles = ["metric", "unit", ...head, "width to the best known: median, most"];
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...lines].join("\n");
}
