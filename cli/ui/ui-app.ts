import { Hono } from "hono";
import { foreignPage, LOOPBACK } from "../../api/known-callers.ts";
import { portalAssets } from "../../api/portal/assets.ts";
import { SECURITY_HEADERS } from "../../api/portal/headers.ts";
import { portal } from "../../api/portal/http.ts";
import { pageResponse } from "../../api/portal/page-response.ts";
import type { PortalHost, Visitor } from "../../api/portal/request/host.ts";
import { PortalRefusal } from "../../api/portal/request/refusal.ts";
import { messagePage } from "../../api/portal/view/error-page.ts";
import type { Door } from "./door.ts";

export interface UiAppParts {
  host: PortalHost;
  visitor: Omit<Visitor, "session">;
  door: Door;
  /** The folder of the portal's style and script. */
  assets: string;
  /** Told once a browser has come in: the next one needs another address. */
  onOpened(): void;
  onError(error: unknown): void;
}

const LOST = "Open the address that the terminal printed last: each lets one browser in.";

/**
 * The portal of a repository on this machine. What another site's page asks is refused before anything else, and so is what
 * comes by a name that is not this machine's own (DNS rebinding).
 */
export function uiApp({ host, visitor, door, assets, onOpened, onError }: UiAppParts): Hono {
  const app = new Hono();
  const known = new Set(LOOPBACK);
  app.use("*", async ({ req }, next) => {
    const foreign = foreignPage(req.raw, known);
    if (foreign === undefined) return next();
    return pageResponse(req.raw, messagePage({ code: "FOREIGN_FORM", message: foreign }, 403), { now: new Date() });
  });
  app.get("/", async ({ req }, next) => {
    const token = req.query("token");
    if (token === undefined) return next();
    const cookie = req.method === "GET" ? door.open(token) : undefined;
    if (cookie !== undefined) onOpened();
    else if (door.session(req.raw) === undefined) {
      const message = "This address was used already, or is none of this server's";
      const page = messagePage({ code: "SIGNED_OUT", message, hint: LOST }, 403);
      return pageResponse(req.raw, page, { now: new Date() });
    }
    // The token stays in no address and in no history.
    const headers = { ...SECURITY_HEADERS, location: "/", ...(cookie && { "set-cookie": cookie }) };
    return new Response(null, { status: 303, headers });
  });
  app.route("/", portalAssets(assets));
  app.route(
    "/",
    portal({
      async enter(request, act) {
        const session = door.session(request);
        if (session === undefined) throw new PortalRefusal({ why: "signed-out", hint: LOST });
        return act(host, { ...visitor, session });
      },
      origin: (request) => `http://${request.headers.get("host")}`,
      onError,
    }),
  );
  return app;
}
