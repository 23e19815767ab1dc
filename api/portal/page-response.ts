import { SECURITY_HEADERS } from "./headers.ts";
import type { Page } from "./request/page.ts";
import { type Around, layout } from "./view/layout.ts";

/** A page as an answer; of a refusal its code and words alone, for whoever asked for JSON. */
export async function pageResponse({ headers }: Request, page: Page, around: Around): Promise<Response> {
  const { title, body, tab, status = 200, refresh, problem } = page;
  if (problem !== undefined && /^application\/json\b/.test(headers.get("accept") ?? ""))
    return new Response(JSON.stringify({ error: problem }), {
      status,
      headers: { ...SECURITY_HEADERS, "content-type": "application/json" },
    });
  const text = await layout(title, body, { ...around, tab, refresh });
  return new Response(String(text), {
    status,
    headers: { ...SECURITY_HEADERS, "content-type": "text/html; charset=utf-8" },
  });
}
