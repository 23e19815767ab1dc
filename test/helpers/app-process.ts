import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The App as people start it: the bundle, in a process of its own. */
export interface AppProcess {
  url: string;
  /** All that it has printed. */
  printed(): string;
  /** Resolves to the exit code; null where a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Resolves when it listens; rejects with what it printed where it ends first. */
export async function startAppProcess(
  environment: Readonly<Record<string, string>>,
  { folder, args = [] }: { folder: string; args?: readonly string[] },
): Promise<AppProcess> {
  const env = { PATH: process.env["PATH"], HOST: "127.0.0.1", PORT: "0", ...environment } as NodeJS.ProcessEnv;
  const argv = [join(process.cwd(), "dist/app.js"), ...args];
  const child: ChildProcess = spawn(process.execPath, argv, { cwd: folder, env });
  let printed = "";
  const url = await new Promise<string>((resolve, reject) => {
    const take = (text: string) => {
      printed += text;
      const listens = /"url":"(http:[^"]+)".*"msg":"listening"/.exec(printed) ?? /Listening on ([^\s"]+)/.exec(printed);
      if (listens?.[1] !== undefined) resolve(listens[1]);
    };
    child.stdout?.setEncoding("utf8").on("data", take);
    child.stderr?.setEncoding("utf8").on("data", take);
    child.once("error", reject).once("close", (code) => reject(new Error(`exit ${code}: ${printed}`)));
  });
  return {
    url,
    printed: () => printed,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const closed = once(child, "close");
      child.kill(signal);
      const [code] = await closed;
      return code;
    },
  };
}

/** Asks until it is so. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
