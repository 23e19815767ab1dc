import http from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { grants } from "./auth/access.ts";
import type { SandboxServer } from "./server.ts";
import type { State } from "./state.ts";

/**
 * GitHub's container registry, at `containers.` before the stand-in's own name: a real registry at `url` does its work. Its
 * tokens are the token server's, which asks `packageAccess`.
 */
export function servePackages(server: SandboxServer, url: string): void {
  server.all("/v2/*", async (context, next) => {
    const { incoming, outgoing } = context.env;
    if (!incoming.headers.host?.startsWith("containers.")) return next();
    const { method = "GET", headers } = incoming;
    const target = new URL(incoming.url ?? "/", url);
    // Hono answers HEAD by itself, from a whole answer.
    if (method === "HEAD") {
      const { status, headers: found } = await headOf(target, headers);
      return new Response(null, { status, headers: found });
    }
    await new Promise<void>((resolve) => {
      outgoing.once("close", resolve);
      const passed = http.request(target, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on("error", () => outgoing.destroy());
      incoming.pipe(passed);
    });
    return RESPONSE_ALREADY_SENT;
  });
}

function headOf(
  url: URL,
  headers: http.IncomingHttpHeaders,
): Promise<{ status: number; headers: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    http
      .request(url, { method: "HEAD", headers }, (answer) => {
        answer.resume();
        const found = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: answer.statusCode ?? 502, headers: Object.fromEntries(found) });
      })
      .once("error", reject)
      .end();
  });
}

/**
 * What a token may do with a package of its repository's own name: a job's with `packages: read` pulls, with `write` pushes,
 * too. An App's installation may do nothing, as with a private package.
 */
export function packageAccess({ tokens }: Pick<State, "tokens">, password: string, name: string): readonly string[] {
  const token = tokens.get(password);
  if (token?.kind !== "installation" || token.installation !== undefined) return [];
  const inside = [...token.repositories].some(({ fullName }) => name.startsWith(`${fullName.toLowerCase()}/`));
  if (!inside || !grants(token.permissions, "packages:read")) return [];
  return grants(token.permissions, "packages:write") ? ["pull", "push"] : ["pull"];
}
