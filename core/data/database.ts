import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { SlipwayError } from "../errors.ts";
import { loadDuckDB } from "./duckdb.ts";
import { asPattern } from "./readers.ts";
import { literals } from "./sql.ts";

interface DatabaseOptions {
  /** Existing folder for the database and for what does not fit into memory. Emptied of both on close. */
  folder: string;
  /** The only files outside `write` that SQL may read. */
  read: readonly string[];
  /** The only folders that SQL may write to (and read from). */
  write: readonly string[];
  signal?: AbortSignal | undefined;
  /** What it may hold in memory, in MB, before it uses the disk. Default 1000. */
  memory?: number | undefined;
}

/**
 * DuckDB with everything shut that is not needed: no network, no extensions, no files but those named, and a
 * configuration that SQL cannot change back. One thread, so that the same rows give the same bytes and the same
 * sums; models run side by side instead.
 */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    folder: string,
    signal: AbortSignal | undefined,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#folder = folder;
    this.#signal = signal;
  }

  static async open({ folder, read, write, signal, memory = 1_000 }: DatabaseOptions): Promise<Database> {
    const own = join(folder, "duckdb");
    await mkdir(own, { recursive: true });
    const { DuckDBInstance } = await loadDuckDB();
    // DuckDB takes what follows a ? for a query, and would keep its log elsewhere.
    const instance = await DuckDBInstance.create(own.includes("?") ? ":memory:" : join(own, "rows.duckdb"), {
      threads: "1",
      memory_limit: `${memory}MB`,
      temp_directory: join(own, "spill"),
      max_temp_directory_size: "64GB",
      preserve_insertion_order: "true",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
    });
    const connection = await instance.connect();
    for (const statement of [
      "SET TimeZone = 'UTC'",
      "PRAGMA disable_checkpoint_on_shutdown",
      `SET allowed_paths = ${literals(read.flatMap((file) => [file, asPattern(file)]))}`,
      `SET allowed_directories = ${literals([...write, own])}`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ])
      await connection.run(statement);
    return new Database(instance, connection, own, signal);
  }

  /** Runs one statement for its effect. */
  async run(sql: string): Promise<void> {
    await this.#guarded(() => this.#connection.run(sql));
  }

  /** All rows of a small result, as objects. BIGINT comes as bigint. */
  async rows(sql: string): Promise<Record<string, DuckDBValue>[]> {
    return this.#guarded(async () => (await this.#connection.runAndReadAll(sql)).getRowObjects());
  }

  /** The one row of an aggregate. */
  async row(sql: string): Promise<Record<string, DuckDBValue>> {
    const [first] = await this.rows(sql);
    if (!first) throw new Error(`no row: ${sql.slice(0, 200)}`);
    return first;
  }

  /** A count: the first column of the one row. */
  async count(sql: string): Promise<number> {
    return Number(Object.values(await this.row(sql))[0]);
  }

  /** A result column by column, in the order of the select list. */
  async columns(sql: string): Promise<DuckDBValue[][]> {
    return this.#guarded(async () => (await this.#connection.runAndReadAll(sql)).getColumns());
  }

  /** Gives the files back; safe to call twice. */
  async close(): Promise<void> {
    this.#connection.closeSync();
    this.#instance.closeSync();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #guarded<T>(query: () => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted();
    let again: NodeJS.Timeout | undefined;
    // Again and again: an interrupt that comes before the statement has begun is lost.
    const interrupt = () => {
      again ??= setInterval(() => this.#connection.interrupt(), 20);
    };
    this.#signal?.addEventListener("abort", interrupt);
    try {
      return await query();
    } catch (cause) {
      this.#signal?.throwIfAborted();
      if (cause instanceof Error && /^Out of Memory Error/.test(cause.message))
        throw new SlipwayError("DATA_UNREADABLE", "The data does not fit: DuckDB ran out of memory or disk.", {
          hint: "Use fewer columns or rows, or write the data as Parquet.",
          cause,
        });
      throw cause;
    } finally {
      this.#signal?.removeEventListener("abort", interrupt);
      clearInterval(again);
    }
  }
}
