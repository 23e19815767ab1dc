import { html } from "hono/html";
import type { Html, PageRequest } from "../request/page.ts";

/** A list's address: of a repository, or of the host itself. */
type ListRequest = Pick<PageRequest, "path" | "query"> & { host: Pick<PageRequest["host"], "base"> };

/** Which page of a list is asked for, from 1; anything else is the first. */
export function pageNumber(query: URLSearchParams): number {
  const page = Number(query.get("page") ?? "1");
  return Number.isInteger(page) && page >= 1 && page <= 1_000_000 ? page : 1;
}

/** The address of the same list with other words in its query; undefined takes a word out. */
export function sameList(
  { host, path, query }: ListRequest,
  change: Readonly<Record<string, string | number | undefined>>,
): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, String(value));
  }
  return `${host.base}${path}${next.size === 0 ? "" : `?${next}`}`;
}

/** Links to the page before and after. */
export function pager(request: ListRequest, { page, last }: { page: number; last: number }): Html | "" {
  if (last <= 1) return "";
  const to = (number: number, words: string, rel: string) =>
    number < 1 || number > last
      ? html`<span class="quiet">${words}</span>`
      : html`<a rel="${rel}" href="${sameList(request, { page: number === 1 ? undefined : number })}">${words}</a>`;
  return html`<nav class="pager" aria-label="Pages">${to(page - 1, "Previous", "prev")} <span>Page ${page} of ${last}</span> ${to(page + 1, "Next", "next")}</nav>`;
}

/** A column's title that sorts by it: a second click turns the order. `first` is the first click's order. */
export function sortLink(
  request: ListRequest,
  words: string,
  key: string,
  now: string,
  first: "ascending" | "descending" = "ascending",
): Html {
  const descending = now === `-${key}`;
  const arrow = now === key ? " ▲" : descending ? " ▼" : "";
  const isDown = now === key || (first === "descending" && !descending);
  const next = isDown ? `-${key}` : key;
  return html`<a href="${sameList(request, { sort: next, page: undefined })}">${words}${arrow}</a>`;
}

/** `aria-sort` for such a column's heading. */
export function sortOrder(key: string, now: string): "ascending" | "descending" | "none" {
  return now === key ? "ascending" : now === `-${key}` ? "descending" : "none";
}
