import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, expect } from "vitest";

/** Set up before every unit test: it fails where it starts a program, even if its code does without one. */
const started: string[] = [];
const refuse = (name: string) => (program: unknown) => {
  started.push(`${name} ${String(program)}`);
  throw new Error("A unit test starts no program: end the file's name in .process.test.ts");
};
const STARTS = ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"] as const;
Object.assign(childProcess, Object.fromEntries(STARTS.map((name) => [name, refuse(name)])));
syncBuiltinESMExports();

afterEach(() => expect(started.splice(0)).toEqual([]));
