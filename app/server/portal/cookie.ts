/**
 * A cookie for this host alone: `__Host-` keeps neighbours of its domain from setting one of that name. Lax: a link on GitHub
 * opens the portal signed in, and no form of another site carries it. Source: RFC 6265bis, section 4.1.3.2.
 */
export interface HostCookie {
  read(request: Request): string | undefined;
  /** The value of `set-cookie`; `life` in seconds. */
  set(value: string, life: number): string;
  clear(): string;
}

export function hostCookie(name: string): HostCookie {
  const full = `__Host-${name}`;
  const attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";
  return {
    read(request) {
      const pairs = (request.headers.get("cookie") ?? "").split(/; */);
      return pairs.find((pair) => pair.startsWith(`${full}=`))?.slice(full.length + 1);
    },
    set: (value, life) => `${full}=${value}; Max-Age=${life}; ${attributes}`,
    clear: () => `${full}=; Max-Age=0; ${attributes}`,
  };
}
