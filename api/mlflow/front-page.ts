const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Slipway</title><meta name="color-scheme" content="light dark"></head>
<body>
<h1>This address answers MLflow's clients</h1>
<p>Pages for people are elsewhere: run <code>slipway ui</code> in the repository, and open the address that it prints.</p>
<p>With <code>slipway serve-registry --ui &lt;that address&gt;</code> this page leads there, and links to MLflow's pages
(<code>/#/models/…</code>) do.</p>
</body>
</html>
`;

/**
 * What a browser gets that opens the API's address, where MLflow has its pages. It is sent to `pages` where there are any: it
 * takes the part of its address after `#` along, which no server sees, and the portal's script knows what MLflow means by it.
 */
export function frontPage(pages: string | undefined): Response {
  if (pages !== undefined) return new Response(null, { status: 302, headers: { location: pages } });
  return new Response(PAGE, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
    },
  });
}
