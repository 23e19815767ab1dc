/** What a test sees of an answer; redirects are followed only if it says so. */
export interface Seen {
  status: number;
  text: string;
  headers: Headers;
  location: string | undefined;
}

/** As much of a browser as signing in takes: cookies of one host, and the headers that say which page asks. */
export interface Browser {
  /** Cookies by name, as a thief would have them. */
  readonly cookies: Map<string, string>;
  get(address: string, headers?: Record<string, string>): Promise<Seen>;
  /** Sends a form as a page of this host does. */
  post(
    path: string,
    fields: Readonly<Record<string, string | File>>,
    headers?: Record<string, string | undefined>,
  ): Promise<Seen>;
  /** Goes to GitHub's page as somebody who is signed in there, and comes back. Resolves to what the App then answers. */
  signIn(login: string, to?: string): Promise<Seen>;
  /** A token of a form on that page. */
  formToken(path: string): Promise<string>;
}

export function openBrowser(home: string): Browser {
  const cookies = new Map<string, string>();
  async function ask(address: string, init: RequestInit): Promise<Seen> {
    const url = new URL(address, home);
    const isHome = url.origin === home;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(isHome && cookie !== "" ? { cookie } : {}), ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of isHome ? response.headers.getSetCookie() : []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location") ?? undefined;
    return { status: response.status, text: await response.text(), headers: response.headers, location };
  }
  const get = (address: string, headers: Record<string, string> = {}) => ask(address, { headers });
  return {
    cookies,
    get,
    post(path, fields, headers = {}) {
      const all = { origin: home, "sec-fetch-site": "same-origin", ...headers };
      const sent = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
      return ask(path, { method: "POST", body: bodyOf(fields), headers: Object.fromEntries(sent) });
    },
    async signIn(login, to) {
      const asked = await get(`/login${to === undefined ? "" : `?${new URLSearchParams({ to })}`}`);
      const back = await get(`${asked.location}&login=${login}`);
      return get(back.location ?? "");
    },
    async formToken(path) {
      const { text } = await get(path);
      return /name="token" value="([^"]+)"/.exec(text)?.[1] ?? "";
    },
  };
}

/** As a browser writes it: with a file in it, in parts. */
function bodyOf(fields: Readonly<Record<string, string | File>>): URLSearchParams | FormData {
  const texts = Object.entries(fields).filter((each): each is [string, string] => typeof each[1] === "string");
  if (texts.length === Object.keys(fields).length) return new URLSearchParams(texts);
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}
