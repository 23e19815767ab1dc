import type { Answer } from "./call.ts";

/** Cuts the page that the query asks for, and links to the others as GitHub does. */
export function cutPage(url: URL, answer: Answer): { body: unknown; headers: Record<string, string> } {
  const { list = [], show = (item) => item, wrap = (page) => page } = answer;
  const perPage = clamp(url.searchParams.get("per_page"), 30, 100);
  const page = clamp(url.searchParams.get("page"), 1, 1_000_000);
  const last = Math.max(1, Math.ceil(list.length / perPage));
  const items = list.slice((page - 1) * perPage, page * perPage).map((item) => show(item as never));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set("page", String(to));
    return `<${target}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  return { body: wrap(items, list.length), headers: links.length === 0 ? {} : { link: links.join(", ") } };
}

function clamp(text: string | null, normal: number, most: number): number {
  const value = Number(text ?? normal);
  return Number.isInteger(value) && value >= 1 ? Math.min(value, most) : normal;
}
