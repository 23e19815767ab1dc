import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PortalPlace } from "./place.ts";

const SLIPWAY = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));

/**
 * `slipway ui` as a person starts it, on a free port, and a browser's cookies that opened the printed address. Rejects with what
 * it printed if it ends before it listens.
 */
export async function startUi(folder: string, options: readonly string[] = []) {
  const argv = [SLIPWAY, "-C", folder, "ui", "--port", "0", ...options];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(said);
        if (found !== null) resolve(found[0]);
      });
    child.once("close", (code) => reject(new Error(`slipway ui ended with ${code}: ${said}`)));
  });
  const { headers } = await fetch(url, { redirect: "manual" });
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  const place: PortalPlace = { origin: new URL(url).origin, base: "", folder, cookies };
  return {
    place,
    async end() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
