export interface Mended {
  rows: string[][];
  notes: string[];
}

type Mend = (text: string) => string;

/** Numbers and dates as every program reads them, where a whole column says how it has them; what may be read in two ways stays. */
export function mendColumns(names: readonly string[], rows: readonly (readonly string[])[], delimiter: string): Mended {
  const notes: string[] = [];
  const mends = names.map((name, at): Mend | undefined => {
    const values = rows.map((row) => row[at] ?? "").filter((text) => text !== "");
    if (values.length === 0) return undefined;
    if (delimiter !== "," && hasDecimalCommas(values)) {
      notes.push(`${name} had decimal commas, and has points now.`);
      return (text) => text.replace(",", ".");
    }
    const date = dateMend(values);
    if (date !== undefined) notes.push(`${name} held dates, which are written as 2024-12-31 now.`);
    return date;
  });
  if (mends.every((mend) => mend === undefined)) return { rows: rows.map((row) => [...row]), notes };
  return { rows: rows.map((row) => row.map((text, at) => (text === "" ? text : (mends[at]?.(text) ?? text)))), notes };
}

function hasDecimalCommas(values: readonly string[]): boolean {
  return values.some((text) => text.includes(",")) && values.every((text) => /^[+-]?\d+(?:,\d+)?$/.test(text));
}

/** Day first where a point parts them, or a day after the twelfth says so; month first where such a day stands second. */
function dateMend(values: readonly string[]): Mend | undefined {
  const form = /^(\d{1,2})([./])(\d{1,2})\2(\d{4})$/;
  const parts = values.map((text) => form.exec(text));
  if (!parts.every((each) => each !== null)) return undefined;
  const firsts = parts.map((each) => Number(each?.[1]));
  const seconds = parts.map((each) => Number(each?.[3]));
  const dayFirst = parts.every((each) => each?.[2] === ".") || firsts.some((day) => day > 12);
  const monthFirst = seconds.some((day) => day > 12);
  if (dayFirst === monthFirst) return undefined;
  return (text) => {
    const [, first = "", , second = "", year = ""] = form.exec(text) ?? [];
    const [day, month] = dayFirst ? [first, second] : [second, first];
    return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  };
}
