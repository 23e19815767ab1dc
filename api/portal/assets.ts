import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Hono } from "hono";
import { SECURITY_HEADERS } from "./headers.ts";

const FILES = {
  "/assets/portal.css": ["portal.css", "text/css; charset=utf-8"],
  "/assets/portal.js": ["portal.js", "text/javascript; charset=utf-8"],
  "/favicon.ico": ["favicon.svg", "image/svg+xml"],
} as const;

/** Style, script and icon: the same for everybody. `folder` is api/portal/assets, wherever that lies. */
export function portalAssets(folder: string): Hono {
  const app = new Hono();
  for (const [path, [name, type]] of Object.entries(FILES)) {
    let kept: Promise<string> | undefined;
    app.get(path, async () => {
      kept ??= readFile(join(folder, name), "utf8");
      return new Response(await kept, {
        headers: { ...SECURITY_HEADERS, "content-type": type, "cache-control": "public, max-age=300" },
      });
    });
  }
  return app;
}
