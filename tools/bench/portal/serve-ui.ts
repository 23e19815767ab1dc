import { fileURLToPath } from "node:url";
import { type Server, startServer } from "../../server-process.ts";

const SLIPWAY = fileURLToPath(new URL("../../../dist/slipway.js", import.meta.url));

/** `slipway ui --write` on a repository, and the cookie of a browser that it let in, as `name=value`. */
export async function serveUi(folder: string): Promise<Server & { cookie: string }> {
  let printed = "";
  const server = await startServer({
    command: [process.execPath, SLIPWAY, "-C", folder, "ui", "--write", "--port", "0", "--no-open"],
    listening(said) {
      const [address, origin] = /(http:\/\/127\.0\.0\.1:\d+)\/\S*(?=\s)/.exec(said) ?? [];
      printed = address ?? printed;
      return origin;
    },
    first: "/favicon.ico",
  });
  const { headers } = await fetch(printed, { redirect: "manual" });
  const [cookie = ""] = (headers.getSetCookie()[0] ?? "").split(";");
  return { ...server, cookie };
}
