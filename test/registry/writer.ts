import { openRegistry } from "../../core/registry/open.ts";
import { register } from "./builders.ts";

/** Registers one version after another, and says each number once it is published. Bundled and killed by interrupted.process.test.ts. */
export async function writeForever(folder: string, versions: number): Promise<void> {
  const registry = await openRegistry({ folder });
  process.stdout.write("ready\n");
  for (let done = 0; done < versions; done += 1)
    process.stdout.write(`${await register(registry, "penguins", randomCommit())}\n`);
  await registry.close();
}

function randomCommit(): string {
  return Array.from({ length: 40 }, () => Math.floor(Math.random() * 16).toString(16)).join("");
}
