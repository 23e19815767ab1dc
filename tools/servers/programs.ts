import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where tools/build/servers.mjs puts what it brings. */
export const toolsFolder = (): string => process.env["SLIPWAY_TOOLS"] || join(tmpdir(), "slipway-tools");

/** A program that tools/build/servers.mjs brings. Throws with what to do where it is not there. */
export function program(name: "act" | "actionlint" | "docker-registry" | "oras" | "versitygw" | "node24"): string {
  const file = name === "node24" ? "node24/node_modules/.bin/node" : `bin/${name}`;
  const found = join(toolsFolder(), file);
  if (existsSync(found)) return found;
  throw new Error(`${name} is not in ${toolsFolder()}. Bring it with: node tools/build/servers.mjs`);
}
