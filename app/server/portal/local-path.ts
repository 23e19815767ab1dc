const LONGEST = 2_000;

/**
 * Where to go after signing in: a path of the portal, or `/`. Browsers take `//host`, `/\host` and `/.//host` for another
 * site's address, and leave tabs out; so an address is read as a browser reads it, and only its path and query are kept.
 */
export function localPath(to: string | undefined, origin: string): string {
  if (to === undefined || to.length > LONGEST || !/^\/[\x21-\x7e]*$/.test(to) || to.includes("\\")) return "/";
  if (!URL.canParse(to, origin)) return "/";
  const url = new URL(to, origin);
  const isOurs = url.origin === origin && (url.pathname === "/" || url.pathname.startsWith("/r/"));
  return isOurs ? `${url.pathname}${url.search}` : "/";
}
