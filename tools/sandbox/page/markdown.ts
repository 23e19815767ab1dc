import { Marked } from "marked";
import sanitize from "sanitize-html";

const TAGS = `a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6
  hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strike strong sub summary sup table tbody
  td tfoot th thead time tr tt ul var wbr`;

/** What GitHub lets through of the HTML in a comment: no style, no class, no script, no frame, no form. */
const ALLOWED: sanitize.IOptions = {
  allowedTags: TAGS.split(/\s+/),
  allowedAttributes: {
    "*": ["align", "title", "width", "height", "dir", "lang", "colspan", "rowspan", "start", "open", "valign"],
    a: ["href"],
    img: ["src", "alt"],
    source: ["srcset", "media"],
  },
  allowedSchemes: ["http", "https", "mailto"],
  allowedSchemesByTag: { img: ["http", "https"] },
  allowProtocolRelative: false,
};

const comments = new Marked({ gfm: true, breaks: true });

/** Markdown as GitHub shows it in a comment: a line's end breaks the line, and its HTML passes GitHub's allowlist. */
export function renderMarkdown(text: string): string {
  return sanitize(comments.parse(text, { async: false }), ALLOWED);
}
