import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { SlipwayError } from "../../core/errors.ts";
import { ACTS } from "./acts/acts.ts";
import { CHARTS } from "./charts.ts";
import { notOwnForm } from "./forms/own-origin.ts";
import { readForm } from "./forms/read-form.ts";
import { openForms, sendForm } from "./forms/send-form.ts";
import { attachment, SECURITY_HEADERS, SVG_POLICY } from "./headers.ts";
import { pageResponse } from "./page-response.ts";
import { FORM_PAGES, PAGES } from "./pages.ts";
import type { PortalHost, Visitor } from "./request/host.ts";
import type { Answer, Download, PageRequest } from "./request/page.ts";
import { PortalRefusal } from "./request/refusal.ts";
import { errorPage, messagePage } from "./view/error-page.ts";
import type { Around } from "./view/layout.ts";

export interface PortalOptions {
  /**
   * Finds out who looks, and at which repository, and lets them in for as long as `act` takes. Rejects with PortalRefusal if
   * it does not. A form's act is entered anew: whatever was known of the person before counts no more.
   */
  enter<T>(request: Request, act: (host: PortalHost, visitor: Visitor) => Promise<T>): Promise<T>;
  /** What this server is called by the browser: `https://slipway.example.org`. */
  origin(request: Request): string;
  /** Told of what is nobody's mistake but ours. */
  onError?: ((error: unknown) => void) | undefined;
  now?(): Date;
}

/** The portal of one repository, or of each that `enter` finds, on whichever host serves it. */
export function portal({ enter, origin, onError, now = () => new Date() }: PortalOptions): Hono {
  const app = new Hono();
  const forms = openForms(() => now().getTime());

  const within = (context: Context, answer: (request: PageRequest) => Promise<Answer>) =>
    enter(context.req.raw, async (host, visitor) => {
      const request = pageRequest(context, { host, visitor, origin: origin(context.req.raw), now: now() });
      // Inside of the repository, an error is a page of it.
      const answered = await answer(request).catch((error: unknown) => refused(error, context));
      return respond(context, answered, {
        host,
        visitor,
        flash: () => forms.flash(visitor.session.id),
        now: request.now,
      });
    });

  for (const [row, handler] of Object.entries({ ...PAGES, ...CHARTS }))
    app.get(row.replace(/^GET /, ""), (context) => within(context, handler));

  app.use("*", async (context, next) => {
    if (context.req.method === "GET" || context.req.method === "HEAD") return next();
    const foreign = notOwnForm(context.req.raw.headers, origin(context.req.raw));
    if (foreign === undefined) return next();
    return respond(context, messagePage({ code: "FOREIGN_FORM", message: foreign }, 403), { now: now() });
  });
  for (const [row, handler] of Object.entries(FORM_PAGES))
    app.post(row.replace(/^POST /, ""), (context) => {
      const sent = { read: () => readForm(context.req.raw), changes: false };
      return within(context, (request) => sendForm(forms, request, sent, handler));
    });
  app.post("/acts/:act", (context) => {
    const { act } = context.req.param();
    const row = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
    if (row === undefined) return respond(context, NOT_FOUND(), { now: now() });
    const sent = { read: () => readForm(context.req.raw), changes: true };
    return within(context, (request) => sendForm(forms, request, sent, (asked, form) => forms.act(row, asked, form)));
  });

  // A page of the repository, too: with its navigation.
  app.get("*", (context) => within(context, async () => NOT_FOUND()));
  app.notFound((context) => respond(context, NOT_FOUND(), { now: now() }));
  app.onError((error, context) => respond(context, refused(error, context), { now: now() }));

  function refused(error: unknown, context: Context): Answer {
    if (error instanceof PortalRefusal) return refusalAnswer(error, context.req.raw);
    const page = errorPage(error);
    if (!(error instanceof SlipwayError) && !context.req.raw.signal.aborted) onError?.(error);
    return page;
  }
  return app;
}

const NOT_FOUND = () =>
  messagePage({ code: "NOT_FOUND", message: "There is no such page", hint: "Or you may not see it." }, 404);

function refusalAnswer({ refusal }: PortalRefusal, { method, headers }: Request): Answer {
  switch (refusal.why) {
    case "signed-out":
      // A picture or a script's question has nobody to sign in.
      if (refusal.to !== undefined && method === "GET" && /^(?:document)?$/.test(headers.get("sec-fetch-dest") ?? ""))
        return { to: refusal.to };
      return messagePage(
        { code: "SIGNED_OUT", message: "Sign in first", hint: refusal.hint ?? "Your session has ended." },
        401,
      );
    case "not-found":
      return NOT_FOUND();
    case "foreign":
      return messagePage({ code: "FOREIGN_FORM", message: refusal.message }, 403);
    case "unavailable":
      return messagePage({ code: "REMOTE_FAILED", message: refusal.message }, 503);
  }
}

function pageRequest(context: Context, about: Pick<PageRequest, "host" | "visitor" | "origin" | "now">): PageRequest {
  const { host } = about;
  const { pathname, searchParams } = new URL(context.req.url);
  let catalog: ReturnType<PageRequest["catalog"]> | undefined;
  return {
    ...about,
    params: context.req.param() as Record<string, string>,
    query: searchParams,
    path: pathname.slice(host.base.length) || "/",
    catalog: () => {
      catalog ??= host.tip().then((tip) => host.catalogs.at(tip));
      return catalog;
    },
  };
}

async function respond(context: Context, answer: Answer, around: Around): Promise<Response> {
  const headers = { ...SECURITY_HEADERS };
  if ("to" in answer) return new Response(null, { status: 303, headers: { ...headers, location: answer.to } });
  if ("svg" in answer)
    return new Response(answer.svg, {
      headers: { ...headers, "content-type": "image/svg+xml", "content-security-policy": SVG_POLICY },
    });
  if ("name" in answer) {
    const { name, type, body, size } = answer;
    // Who asks for the headers alone gets no stream that nobody would read to its end.
    return new Response(context.req.method === "HEAD" ? null : streamOf(body), {
      headers: {
        ...headers,
        "content-type": type,
        "content-disposition": attachment(name),
        "content-security-policy": "default-src 'none'; sandbox",
        ...(size === undefined ? {} : { "content-length": String(size) }),
      },
    });
  }
  return pageResponse(context.req.raw, answer, around);
}

function streamOf(body: Download["body"]): string {
  return (body instanceof Readable ? Readable.toWeb(body) : body) as string;
}
