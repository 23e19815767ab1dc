import { DuckDBInstance } from "@duckdb/node-api";
import { assert, asyncProperty, string } from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Database } from "../../core/data/database.ts";
import { identifier, literal } from "../../core/data/sql.ts";
import { temporaryFolder, write } from "./setting.ts";

const instance = DuckDBInstance.create(":memory:", { threads: "1" });
const connection = instance.then((database) => database.connect());
beforeAll(() => connection);
afterAll(async () => {
  (await connection).closeSync();
  (await instance).closeSync();
});

describe("quoting", () => {
  it("makes an identifier of any name but an empty one", async () => {
    const db = await connection;
    await assert(
      asyncProperty(
        string({ unit: "grapheme", minLength: 1 }).filter((name) => !name.includes("\0")),
        async (name) => {
          const result = await db.runAndReadAll(`SELECT 1 AS ${identifier(name)}`);
          expect(result.columnNames()).toEqual([name]);
        },
      ),
      { numRuns: 100 },
    );
    const names = ['a"b; DROP TABLE x; --', '"', '""', "select", "'", "\\", "ü\n"];
    for (const name of names)
      expect((await db.runAndReadAll(`SELECT 1 AS ${identifier(name)}`)).columnNames()).toEqual([name]);
  });

  it("makes a literal of any text", async () => {
    const db = await connection;
    await assert(
      asyncProperty(string({ unit: "binary" }), async (text) => {
        expect((await db.runAndReadAll(`SELECT ${literal(text)}`)).getRowsJS()).toEqual([[text]]);
      }),
      { numRuns: 100 },
    );
    for (const text of ["'", "''; DROP TABLE x; --", "a\0b", "\\'"])
      expect((await db.runAndReadAll(`SELECT ${literal(text)}`)).getRowsJS()).toEqual([[text]]);
  });

  it("refuses a name that SQL cannot write", () => {
    expect(() => identifier("")).toThrow(TypeError);
    expect(() => identifier("a\0")).toThrow(TypeError);
  });
});

describe("the database", () => {
  async function opened() {
    const folder = await temporaryFolder();
    await write(folder, { "in/a.csv": "x\n1\n", "other/b.csv": "x\n1\n", "own/.keep": "", "out/.keep": "" });
    const db = await Database.open({ folder: `${folder}/own`, read: [`${folder}/in/a.csv`], write: [`${folder}/out`] });
    return { db, folder };
  }

  it("reads the files that it was opened for and no others", async () => {
    const { db, folder } = await opened();
    expect(await db.count(`SELECT count(*) FROM read_csv('${folder}/in/a.csv')`)).toBe(1);
    await expect(db.count(`SELECT count(*) FROM read_csv('${folder}/other/b.csv')`)).rejects.toThrow(
      /Permission Error/,
    );
    await db.close();
  });

  it("writes to the folders that it was opened for and to no others", async () => {
    const { db, folder } = await opened();
    await db.run(`COPY (SELECT 1) TO '${folder}/out/x.csv'`);
    await expect(db.run(`COPY (SELECT 1) TO '${folder}/other/x.csv'`)).rejects.toThrow(/Permission Error/);
    await expect(db.run(`COPY (SELECT 1) TO '${folder}/in/a.csv'`)).rejects.toThrow(/Permission Error/);
    await db.close();
  });

  it.each(["SET enable_external_access = true", "SET memory_limit = '1TB'", "INSTALL httpfs", "LOAD httpfs"])(
    "does not obey %s",
    async (sql) => {
      const { db } = await opened();
      await expect(db.run(sql)).rejects.toThrow();
      await db.close();
    },
  );

  it("stops when asked to", async () => {
    const folder = await temporaryFolder();
    const stop = new AbortController();
    const db = await Database.open({ folder, read: [], write: [], signal: stop.signal });
    const query = db.count("SELECT count(*) FROM range(10000000000) a, range(1000) b");
    stop.abort();
    await expect(query).rejects.toMatchObject({ name: "AbortError" });
    await db.close();
  });
});
