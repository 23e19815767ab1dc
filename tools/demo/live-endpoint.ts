import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** `slipway serve`, as a demo shows it. */
export interface LiveEndpoint {
  url: string;
  /** What it printed when it began to answer. */
  printed: string;
  /** Resolves once that version of penguins is live. */
  untilLive(version: number): Promise<void>;
  stop(): Promise<void>;
}

/** How long a switch may take in a demo, in milliseconds. */
const PATIENCE = 30_000;
const PER_SECOND = 100;

/** Starts `slipway serve` in a folder; rejects with what it printed if it ends before it answers. */
export async function serveIn(
  folder: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
): Promise<LiveEndpoint> {
  const child = spawn("slipway", ["serve", "penguins", "--port", "0", ...args], { cwd: folder, env });
  let [stdout, stderr] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const [, found] = /(http:\S+)\/-\/status/.exec(stdout) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("error", reject).once("close", () => reject(new Error(`slipway serve ended:\n${stdout}${stderr}`)));
  });
  return {
    ...{ url, printed: stdout },
    async untilLive(version) {
      const end = Date.now() + PATIENCE;
      while (Date.now() < end) {
        const status = (await (await fetch(`${url}/-/status`)).json()) as {
          endpoints: { live?: { version: number } }[];
        };
        if (status.endpoints[0]?.live?.version === version) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`version ${version} was not live within ${PATIENCE / 1_000} s:\n${stderr}`);
    },
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

/** What became of the requests. */
export interface Traffic {
  asked: number;
  /** Why requests were not answered. */
  failed: string[];
  /** How many each version answered. */
  answered: ReadonlyMap<string, number>;
}

/** Asks an endpoint for the species of a penguin, a hundred times a second, until it is stopped. */
export function trafficOn({ url }: LiveEndpoint): { stop(): Promise<Traffic> } {
  const failed: string[] = [];
  const answered = new Map<string, number>();
  const asked: Promise<void>[] = [];
  const headers = { "content-type": "application/json" };
  const penguin = { island: "Dream", sex: "male", bill_length_mm: 49.2, bill_depth_mm: 18.2 };
  const rows = [{ ...penguin, flipper_length_mm: 195, body_mass_g: 4400 }];
  const ask = async () => {
    try {
      const body = JSON.stringify({ instances: rows });
      const response = await fetch(`${url}/v1/models/penguins:predict`, { method: "POST", headers, body });
      const text = await response.text();
      const version = response.headers.get("x-slipway-version") ?? "";
      if (response.ok) answered.set(version, (answered.get(version) ?? 0) + 1);
      else failed.push(`${response.status} ${text}`);
    } catch (error) {
      failed.push(String(error));
    }
  };
  const timer = setInterval(() => asked.push(ask()), 1_000 / PER_SECOND);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(asked);
      return { asked: asked.length, failed, answered };
    },
  };
}

/** One sentence: `812 requests, none failed: 402 by penguins@2, 410 by penguins@1.` */
export function trafficWords({ asked, failed, answered }: Traffic): string {
  const by = [...answered].map(([version, count]) => `${count} by ${version}`).join(", ");
  return `${asked} requests, ${failed.length === 0 ? "none failed" : `${failed.length} FAILED (${failed[0]})`}: ${by}.`;
}
