import type { Config } from "../config.ts";

/** What the portal needs beside what the App needs. */
export interface PortalSettings {
  clientId: string;
  clientSecret: string;
  /** The address at which browsers reach the App, without a slash at the end. */
  url: string;
}

const NEEDED = ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "SLIPWAY_URL"] as const;

/** The portal's settings, or the variables that are missing: without all of them the portal is off. */
export function portalSettings(
  config: Pick<Config, (typeof NEEDED)[number]>,
): PortalSettings | { missing: readonly string[] } {
  const { GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret, SLIPWAY_URL: url } = config;
  if (clientId === undefined || clientSecret === undefined || url === undefined)
    return { missing: NEEDED.filter((name) => config[name] === undefined) };
  return { clientId, clientSecret, url };
}
