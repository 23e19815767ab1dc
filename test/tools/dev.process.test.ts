import { spawn } from "node:child_process";
import { once } from "node:events";
import { utimes } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../helpers/app-process.ts";

const TSX = fileURLToPath(import.meta.resolve("tsx/cli"));

it("npm run dev starts App and stand-in from source, starts the App again when a source changes, and ends with Ctrl-C", async () => {
  const argv = [TSX, "watch", "--clear-screen=false", "tools/dev/dev.ts"];
  // A group of its own, as a terminal makes one: Ctrl-C goes to all of it.
  const child = spawn(process.execPath, argv, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  const interrupt = () => process.kill(-(child.pid ?? 0), "SIGINT");
  onTestFinished(() => {
    if (child.exitCode === null) interrupt();
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const starts = () => printed.split('"msg":"listening"').length - 1;
  await until(() => printed.includes("Ctrl-C ends"));
  const [, pages = "", app = ""] = /pull requests +(\S+)[\s\S]*\n +App +(\S+)/.exec(printed) ?? [];
  expect((await fetch(pages)).status).toBe(200);
  expect(starts()).toBe(1);

  await utimes("app/start.ts", new Date(), new Date());
  await until(() => starts() > 1);
  await until(async () => (await fetch(`${app}/readyz`).catch(() => undefined))?.ok === true);

  interrupt();
  await closed;
  for (const url of [pages, app]) await expect(fetch(url)).rejects.toThrow();
});
