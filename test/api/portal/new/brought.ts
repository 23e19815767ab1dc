/** Rows whose class and number follow from two of their columns. */
export function rows(count: number, line: (at: number, x: number, y: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at, (at * 37) % 100, (at * 61) % 29)).join("\n");
}

const KIND = (x: number, y: number) => (x / 100 + y / 29 > 1 ? "big" : "small");
/** A table that a model can be made of: its kinds follow from its numbers. */
export const FLOWERS = `Petal width (cm),colour,kind\n${rows(200, (at, x, y) => `${x / 10},${at % 3 === 0 ? "red" : "blue"},${KIND(x, y)}`)}\n`;

/** The fields of the form that proposes, as a browser sends them back. */
export function proposedFields(page: string): Record<string, string> {
  const form = page.slice(page.indexOf("/acts/propose-model"));
  const decoded = (text: string) =>
    text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
  const inputs = [...form.matchAll(/<input[^>]* name="([^"]+)" value="([^"]*)"/g)];
  const areas = [...form.matchAll(/<textarea[^>]* name="([^"]+)"[^>]*>([\s\S]*?)<\/textarea>/g)];
  const all = [...inputs, ...areas].map(([, name = "", value = ""]) => [
    decoded(name),
    decoded(value).replaceAll("\n", "\r\n"),
  ]);
  const { token: _, back: __, ...fields } = Object.fromEntries(all);
  return fields;
}
