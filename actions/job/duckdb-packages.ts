import lock from "../../package-lock.json" with { type: "json" };

/** A package of the npm registry, pinned. */
export interface PinnedPackage {
  name: string;
  version: string;
  /** As package-lock.json has it: `sha512-<base64>`. */
  integrity: string;
}

interface Locked {
  version?: string;
  integrity?: string;
}

/**
 * DuckDB's packages for one kind of machine, as package-lock.json pins them: its API, its bindings, and what tells
 * the C library.
 */
export function duckdbPackages(machine: { platform: string; arch: string; musl: boolean }): PinnedPackage[] {
  const native = `@duckdb/node-bindings-${machine.platform}-${machine.arch}${machine.musl ? "-musl" : ""}`;
  const packages = lock.packages as Record<string, Locked>;
  return ["@duckdb/node-api", "@duckdb/node-bindings", native, "detect-libc"].flatMap((name) => {
    const { version, integrity } = packages[`node_modules/${name}`] ?? {};
    return version === undefined || integrity === undefined ? [] : [{ name, version, integrity }];
  });
}

/** Whether this machine's C library is musl (Alpine), by Node's own report. */
export function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
