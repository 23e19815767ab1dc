/**
 * Why a request that writes is not this portal's own form; undefined if it is. Whatever the content type: a browser says with
 * each such request which page sent it, and a page of another site cannot change what it says.
 * Source: Fetch, section 3.2 (the header Origin), and Fetch Metadata (Sec-Fetch-Site).
 */
export function notOwnForm(headers: Headers, origin: string): string | undefined {
  const from = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return "Another site's page sent this form.";
  if (from === null && site === null) return "Nothing says which page sent this form: a browser does.";
  if (from !== null && from !== origin) return "Another site's page sent this form.";
  const type = headers.get("content-type") ?? "";
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(type))
    return "Only forms are taken here.";
  return undefined;
}
