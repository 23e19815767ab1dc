/** The key in the hidden marker that begins each of our replies; undefined if a comment of ours is no reply. */
export function replyKeyOf(body: string): string | undefined {
  return /^<!-- slipway:reply ([A-Za-z0-9-]{1,100}) -->/.exec(body)?.[1];
}
