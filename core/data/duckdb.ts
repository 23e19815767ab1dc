/** DuckDB as its package has it. */
export type DuckDB = typeof import("@duckdb/node-api");

let load: () => Promise<DuckDB> = () => import("@duckdb/node-api");

/** Loads DuckDB when a database is first opened: that takes longer than most commands, and a promotion seldom needs it. */
export function loadDuckDB(): Promise<DuckDB> {
  return load();
}

/** For a host that is no installed package: says where DuckDB is, before a database is opened. */
export function bringDuckDB(from: () => Promise<DuckDB>): void {
  let found: Promise<DuckDB> | undefined;
  load = () => {
    found ??= from();
    return found;
  };
}
