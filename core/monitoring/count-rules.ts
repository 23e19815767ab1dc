import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { BrokenRule } from "../../schemas/monitoring.ts";
import type { Database } from "../data/database.ts";
import { COLUMNS_AT_ONCE } from "../data/rows.ts";
import { columnRules, type Rule } from "../data/rules.ts";
import { isBroken } from "../drift/rules.ts";
import { SlipwayError } from "../errors.ts";
import type { Watched } from "./watched-columns.ts";

/** What a record holds at most. */
const MOST_RULES = 2_000;
const MOST_WORDS = 500;

/**
 * Counts the rows of `from` that break what the spec says of the features: rules that no row breaks are left out. A rule that its
 * column's type cannot have any more (the spec has moved on, the version is an older one's) is no rule of this version.
 */
export async function countRules(
  db: Database,
  from: string,
  { columns, missing }: Watched,
  declared: ModelSpec["data"]["columns"],
  rows: number,
): Promise<BrokenRule[]> {
  const absent = missing.map(
    (column): BrokenRule => ({
      column,
      check: "missing",
      count: rows,
      rows,
      expected: "the column",
      broken: isBroken({ count: rows, rows }),
    }),
  );
  const rules = columns.flatMap(({ name, of, type, raw, value }): Rule[] => {
    if (of !== "feature") return [];
    const own = declared && Object.hasOwn(declared, name) ? declared[name] : undefined;
    const unfit = raw === value ? "false" : `(${raw} IS NOT NULL AND ${value} IS NULL)`;
    // Of a column that the spec says nothing of, the type alone is known: the signature's.
    const about = { name, type, value, unfit, missing: `(${raw} IS NULL)` };
    if (own === undefined || own.type !== type)
      return raw === value ? [] : [{ check: "type", column: name, breach: unfit, allowed: 0, expected: type }];
    return rulesOf(about, own, rows);
  });
  const counted: BrokenRule[] = [];
  for (let at = 0; at < rules.length; at += COLUMNS_AT_ONCE) {
    const some = rules.slice(at, at + COLUMNS_AT_ONCE);
    const select = some.map(({ breach }, index) => `count(*) FILTER (${breach}) AS r${index}`);
    const found = await db.row(`SELECT ${select.join(", ")} FROM ${from}`);
    for (const [index, rule] of some.entries()) {
      const count = Number(found[`r${index}`]);
      if (count > 0) counted.push(toBroken(rule, count, rows, declared));
    }
  }
  return [...absent, ...counted].slice(0, MOST_RULES);
}

type Ruled = Omit<Parameters<typeof columnRules>[0], "declared">;

function rulesOf(
  about: Ruled,
  declared: NonNullable<Parameters<typeof columnRules>[0]["declared"]>,
  count: number,
): Rule[] {
  try {
    return columnRules({ ...about, declared }, { count }).filter(({ breach }) => breach !== "false");
  } catch (error) {
    if (error instanceof SlipwayError) return [];
    throw error;
  }
}

function toBroken(
  { check, column, expected }: Rule,
  count: number,
  rows: number,
  declared: ModelSpec["data"]["columns"],
): BrokenRule {
  const own = column !== undefined && declared && Object.hasOwn(declared, column) ? declared[column] : undefined;
  const allowed = check === "nulls" ? (own?.nulls ?? 0) : 0;
  return {
    ...(column === undefined ? {} : { column }),
    check: check as BrokenRule["check"],
    ...{ count, rows, expected: expected.slice(0, MOST_WORDS) },
    ...(allowed === 0 ? {} : { allowed }),
    broken: isBroken({ count, rows, allowed }),
  };
}
