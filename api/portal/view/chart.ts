import { html } from "hono/html";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html, Svg } from "../request/page.ts";
import { pathTo } from "./links.ts";

/** A picture takes a third of a second to draw, and weighs up to 100 kB. */
const MAX_DRAWN = 200;
const drawn = new BoundedMap<string, string>(MAX_DRAWN);

/** A picture of the table of charts, by its kind and what it shows. `says` is what it tells whoever cannot see it. */
export function chartPicture(
  host: Pick<PortalHost, "base">,
  kind: string,
  query: Readonly<Record<string, string | number | undefined>>,
  says: string,
  height = 480,
): Html {
  return html`<img class="chart" src="${pathTo(host, ["charts", `${kind}.svg`], query)}" alt="${says}" width="640" height="${height}" loading="lazy">`;
}

/** Draws a picture once for what it shows: the same values are the same bytes. */
export function drawOnce<Values>(kind: string, values: Values, draw: (values: Values) => string): Svg {
  const key = `${kind} ${sha256(canonicalJson(values))}`;
  const known = drawn.get(key);
  if (known !== undefined) return { svg: known };
  const svg = draw(values);
  drawn.set(key, svg);
  return { svg };
}
