import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

interface DemoOptions {
  /** End, and do not wait for a person. */
  once: boolean;
  /** Where what the demo makes is kept: a folder that is empty or not there yet, absolute. */
  dir: string | undefined;
}

/** What the demos understand. Ends the process with 2 and one line where that is something else. */
export function demoOptions(command = "demo"): DemoOptions {
  try {
    const { values } = parseArgs({ options: { once: { type: "boolean", default: false }, dir: { type: "string" } } });
    if (values.dir === "") throw new TypeError("--dir takes a folder");
    const dir = values.dir === undefined ? undefined : resolve(values.dir);
    if (dir !== undefined && existsSync(dir) && readdirSync(dir).length > 0)
      throw new TypeError(`${dir} is not empty: give another folder with --dir`);
    return { once: values.once, dir };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [said = ""] = error.message.split(/\.? To specify|\n/);
    process.stderr.write(
      `${said}. Usage: npm run ${command} -- [--once] [--dir DIR]${command === "demo" ? "; the same for demo:git" : ""}\n`,
    );
    process.exit(2);
  }
}
