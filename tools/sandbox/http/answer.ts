import type { Repo, State } from "../state.ts";

/** How GitHub shows something of a repository. */
export type View<Kind> = (state: State, repo: Repo, item: Kind) => unknown;

/** An answer that is more than a body with status 200. */
export class Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body?: unknown, headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const created = (body: unknown = {}) => new Answer(201, body);

/** The whole of a list, of which the asker gets a page; with its count below `key` where GitHub wraps it so. */
export class List {
  readonly items: readonly unknown[];
  readonly show: (item: never) => unknown;
  readonly key: string | undefined;

  constructor(items: readonly unknown[], show: (item: never) => unknown, key?: string) {
    this.items = items;
    this.show = show;
    this.key = key;
  }
}

export function list<Kind>(items: Iterable<Kind>, show: (item: Kind) => unknown, key?: string): List {
  return new List([...items], show, key);
}

/** The page that the query asks for, and links to the others as GitHub gives them. */
export function cutPage(url: URL, { items, show, key }: List): Answer {
  const number = (name: string, normal: number) =>
    Math.max(1, Math.floor(Number(url.searchParams.get(name))) || normal);
  const perPage = Math.min(number("per_page", 30), 100);
  const page = number("page", 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set("page", String(to));
    return `<${target}>; rel="${rel}"`;
  };
  const forth = page < last ? [link(page + 1, "next"), link(last, "last")] : [];
  const links = page > 1 ? [link(page - 1, "prev"), ...forth, link(1, "first")] : forth;
  const shown = items.slice((page - 1) * perPage, page * perPage).map((item) => show(item as never));
  const body = key === undefined ? shown : { total_count: items.length, [key]: shown };
  return new Answer(200, body, links.length === 0 ? {} : { link: links.join(", ") });
}
