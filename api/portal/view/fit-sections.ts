import { type Cell, cellText, type Section } from "../../../core/report/report.ts";

/** Bytes of markup around a cell, and around a row. */
const AROUND_CELL = 24;
const AROUND_ROW = 10;

/**
 * Sections with as many rows as fit into so many bytes of page, no section more than half of them: what is long is cut, and
 * says so. `more` says where the rest is.
 */
export function fitSections(sections: readonly Section[], bytes: number, more = ""): Section[] {
  let left = bytes;
  return sections.map((section) => {
    const { table, text } = section;
    if (table === undefined) return section;
    let mine = Math.min(left, bytes / 2);
    const kept: Cell[][] = [];
    for (const row of table.rows) {
      const size = row.reduce((sum, cell) => sum + Math.min(cellText(cell).length, 1_000) + AROUND_CELL, AROUND_ROW);
      if (size > mine) break;
      mine -= size;
      left -= size;
      kept.push(row);
    }
    const cut = table.rows.length - kept.length;
    if (cut === 0) return section;
    const { folds } = table;
    return {
      ...section,
      text: [...text, `${cut} of ${table.rows.length} rows are not shown here.${more === "" ? "" : ` ${more}`}`],
      table: {
        columns: table.columns,
        rows: kept,
        ...(folds === undefined || folds.from >= kept.length ? {} : { folds }),
      },
    };
  });
}
