/**
 * What every answer says to the browser. Nothing of another site is loaded, nothing inline runs, no other site may show it in
 * a frame, and what one person saw no cache keeps. `same-origin`: with no referrer at all, browsers would send a form's origin
 * as `null`. Source: Content Security Policy Level 3; Fetch Metadata.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "private, no-store",
};

/** A picture of ours is a document when it is opened by itself: it may style itself, and nothing else. */
export const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** Whatever somebody uploaded, no browser is to show it as this server's page. */
export function attachment(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 150) || "file";
  // Half of a character that two units make has no address.
  const whole = Buffer.from(name.slice(0, 200)).toString();
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(whole).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}
