import type { Readable } from "node:stream";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Catalog } from "../../../core/registry/catalog.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { PortalHost, Visitor } from "./host.ts";

/** What `html` makes: every value in it is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const TABS = ["models", "experiments", "inbox", "timeline", "lineage", "new", "policy"] as const;
export type Tab = (typeof TABS)[number];

/** A question of a browser, in one repository, from somebody who may see it. */
export interface PageRequest {
  host: PortalHost;
  visitor: Visitor;
  /** Parts of the path, decoded. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Below the host's base: `/m/penguins`. */
  path: string;
  /** What the browser calls this server: `https://slipway.example.org`. */
  origin: string;
  /** Every model, at the registry's newest commit that this host knows. One request sees one commit. */
  catalog(): Promise<Catalog>;
  now: Date;
}

export interface Page {
  title: string;
  tab?: Tab | undefined;
  body: Html;
  status?: 200 | 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 503;
  /** Of a refusal, for clients that ask for JSON. */
  problem?: Problem | undefined;
  /** Seconds until a browser without scripts asks again: of something that is still going on. */
  refresh?: number | undefined;
}

/** Bytes to keep: always a download, whatever they are. */
export interface Download {
  name: string;
  type: string;
  body: string | Buffer | Readable;
  size?: number | undefined;
}

/** A picture for an `<img>`, drawn by us. */
export interface Svg {
  svg: string;
}

/** To another page below the base. */
export interface Redirect {
  to: string;
}

export type Answer = Page | Download | Svg | Redirect;
export type PageHandler = (request: PageRequest) => Promise<Answer>;
