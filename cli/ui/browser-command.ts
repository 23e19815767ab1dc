export interface BrowserPlace {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** Somebody sits at the terminal. */
  isWatched: boolean;
}

/**
 * The program that opens an address in a browser here, with its arguments; undefined where there is none, or nobody to look: in
 * CI, without a terminal, on another machine's screen. `BROWSER` names another one, or `none`.
 */
export function browserCommand(url: string, { env, platform, isWatched }: BrowserPlace): string[] | undefined {
  if (!isWatched || (env["CI"] ?? "") !== "") return undefined;
  const [named = ""] = (env["BROWSER"] ?? "").split(":");
  if (/^(?:none|false)$/i.test(named)) return undefined;
  if (named.trim() !== "") {
    const words = named.trim().split(/\s+/);
    return words.includes("%s") ? words.map((word) => (word === "%s" ? url : word)) : [...words, url];
  }
  if (platform === "darwin") return env["SSH_CONNECTION"] ? undefined : ["open", url];
  const hasScreen = Boolean(env["DISPLAY"] || env["WAYLAND_DISPLAY"]);
  return platform === "linux" && hasScreen ? ["xdg-open", url] : undefined;
}
