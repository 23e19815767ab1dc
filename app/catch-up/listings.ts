import type { ProbotOctokit } from "probot";

/** Items of a page: GitHub's most. */
const PAGE = 100;
const MOST_PAGES = 10;

/** What is kept of a page, with the tag that GitHub gave it. */
interface Kept {
  etag: string;
  items: unknown[];
}

/**
 * GitHub's lists that are asked for again and again. A page that has not changed costs no call of the rate limit.
 * Only what `keep` makes of each item is remembered.
 */
export class Listings {
  readonly #pages = new Map<string, Kept>();
  readonly #limit: number;

  constructor(limit = 2_000) {
    this.#limit = limit;
  }

  /** All items, at most a thousand. `inside` names the list where it is a part of the answer. */
  async read<Item>(
    octokit: ProbotOctokit,
    route: string,
    parameters: Readonly<Record<string, string | number>>,
    keep: (item: unknown) => Item | undefined,
    inside?: string,
  ): Promise<Item[]> {
    const items: Item[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const asked = { ...parameters, per_page: PAGE, page };
      const { length, kept } = await this.#page(octokit, route, asked, keep, inside);
      items.push(...kept);
      if (length < PAGE) break;
    }
    return items;
  }

  async #page<Item>(
    octokit: ProbotOctokit,
    route: string,
    parameters: Readonly<Record<string, string | number>>,
    keep: (item: unknown) => Item | undefined,
    inside: string | undefined,
  ): Promise<{ length: number; kept: Item[] }> {
    const key = JSON.stringify([route, parameters]);
    const known = this.#pages.get(key);
    const headers = known === undefined ? {} : { "if-none-match": known.etag };
    const answer = await octokit.request(route, { ...parameters, headers }).catch((error: { status?: number }) => {
      if (known !== undefined && error.status === 304) return undefined;
      throw error;
    });
    const list = answer === undefined ? known?.items : inside === undefined ? answer.data : answer.data[inside];
    const items = answer === undefined ? (list as (Item | undefined)[]) : (list as unknown[]).map(keep);
    const etag = answer?.headers.etag;
    if (etag !== undefined) this.#remember(key, { etag, items });
    return { length: items.length, kept: items.filter((item) => item !== undefined) };
  }

  #remember(key: string, page: Kept): void {
    this.#pages.delete(key);
    this.#pages.set(key, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#limit) return;
      this.#pages.delete(oldest);
    }
  }
}
