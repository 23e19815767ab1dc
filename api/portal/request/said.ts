/** A sentence at the top of a page, with a page elsewhere that shows more. */
export interface Said {
  said: string;
  link?: { url: string; words: string } | undefined;
}
