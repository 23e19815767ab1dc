import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type AppProcess, startAppProcess, until } from "../../../test/helpers/app-process.ts";
import type { HostedProcess } from "../../../test/helpers/hosted-app.ts";

/** The App as people run it, in the form that hosted-app.ts asks for; it has caught up with GitHub when this resolves. */
export async function startBundledApp(environment: Readonly<Record<string, string>>): Promise<HostedProcess> {
  const app = await startAppProcess({ ...environment, LOG_LEVEL: "info" }, { folder: tmpdir() });
  await until(() => app.printed().includes('"caught up with GitHub"'));
  return {
    url: app.url,
    idle: () => untilIdle(app),
    close: async () => void (await app.end("SIGTERM")),
    catchUp: () => Promise.reject(new Error("a process catches up when it wants to")),
  };
}

/** Asks `/readyz`, which costs the App next to nothing. */
export async function untilIdle({ url }: Pick<AppProcess, "url">): Promise<void> {
  const deliveries = async () => ((await (await fetch(`${url}/readyz`)).json()) as { deliveries: number }).deliveries;
  while ((await deliveries()) > 0) await sleep(50);
}

/** What `/metrics` says now. */
export async function readMetrics({ url }: Pick<AppProcess, "url">) {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
  return {
    /** Of every series of that name whose labels hold `text`. */
    sum(name: string, text = ""): number {
      const found = lines.filter((line) => new RegExp(`^${name}[{ ]`).test(line) && line.includes(text));
      return found.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0);
    },
  };
}
