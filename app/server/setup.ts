import { existsSync } from "node:fs";
import { run } from "probot";
import { SlipwayError } from "../../core/errors.ts";

/**
 * Serves Probot's pages, which register the App on GitHub from app.yml and write its id, key and secret to `.env`,
 * both in the current folder. `address` is the address at which GitHub will reach the App. Only for one's own
 * machine: whoever reaches the pages becomes the App's owner.
 */
export async function serveSetup(address: string | undefined): Promise<void> {
  if (address === undefined || !URL.canParse(address)) {
    throw new SlipwayError("USAGE", "Where will GitHub reach the App?", {
      expected: "node dist/app.js setup https://slipway.example.org",
    });
  }
  // Without its manifest Probot registers an App without permissions that everybody may install.
  if (!existsSync("app.yml"))
    throw new SlipwayError("USAGE", "There is no app.yml in this folder, which says what the App may do", {
      expected: "to be started in the folder of Slipway's repository",
    });
  const { env } = process;
  if (env["APP_ID"]) throw new SlipwayError("USAGE", "The App is set up already: APP_ID is set", { hint: "start it" });
  // What the manifest names as the webhook's address. Probot's default is the address of these pages.
  env["WEBHOOK_PROXY_URL"] = new URL("/api/github/webhooks", address).href;
  // The same name would have Probot listen to a proxy there.
  await run(() => {}, { env: { ...env, WEBHOOK_PROXY_URL: undefined } });
}
