// Everything works without this. With it: times in the reader's zone, lists that follow what is typed, keys, and pages that
// stay up to date while something runs.
const { body } = document;
const all = (selector) => [...document.querySelectorAll(selector)];

function showTimes() {
  for (const time of all("time:not([data-shown])")) {
    time.textContent = new Date(time.dateTime).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    time.dataset.shown = "";
  }
}

let asked;
async function follow(url, push) {
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(url, { signal: asked.signal });
    if (!answer.ok || answer.redirected) return location.assign(url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of all("[data-live]")) {
      const next = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (next) part.replaceWith(next);
    }
    if (push) history.replaceState(null, "", url);
    if (!page.body.dataset.refresh) body.removeAttribute("data-refresh");
    showTimes();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

let wait;
document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[role=search]");
  if (!form) return;
  clearTimeout(wait);
  wait = setTimeout(() => follow(`${location.pathname}?${new URLSearchParams(new FormData(form))}`, true), 150);
});

const timer = setInterval(
  () => {
    if (!body.dataset.refresh) clearInterval(timer);
    else if (!document.hidden) follow(location.href);
  },
  1000 * (body.dataset.refresh || 1e6),
);

let before;
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea, dialog[open]")) return;
  const rows = all("main tbody tr");
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const tab = before === "g" && all("nav [data-key]").find((link) => link.dataset.key === key);
  before = key;
  if (tab) tab.click();
  else if (key === "/") document.querySelector("[type=search]")?.focus();
  else if (key === "?") document.querySelector("#keys").showModal();
  else if (key === "Enter" && at >= 0 && target === body) rows[at].querySelector("a")?.click();
  else if (key === "j" || key === "k") {
    const next = rows[key === "j" ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0)];
    rows[at]?.classList.remove("at");
    next?.classList.add("at");
    next?.scrollIntoView({ block: "nearest" });
  } else return;
  event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  const copy = target.closest("[data-copy]");
  if (!copy) return;
  navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
  copy.textContent = "Copied";
});

// Links to MLflow's pages lead to this address with a path behind the #: what they show has an address of its own here.
function leaveMlflow() {
  const [, list, name, id] =
    /^#\/(models|experiments)(?:\/([^/?]+)(?:\/(?:versions|runs)\/([^/?]+))?)?/.exec(location.hash) ?? [];
  const { base } = body.dataset;
  if (!list || location.pathname !== `${base}/` || !document.querySelector("nav")) return;
  // The run that a version is told to come from is named for it.
  const [, ofRun, number] = (list === "experiments" && /^(.+)-(\d+)$/.exec(id)) || [];
  const [model, version] = list === "models" ? [name, id] : [ofRun, number];
  const other = list === "models" ? "/" : `/experiments${id ? `/runs/${id}` : ""}`;
  location.replace(base + (model ? `/m/${model}${version ? `/v/${version}` : ""}` : other));
}
addEventListener("hashchange", leaveMlflow);

leaveMlflow();
showTimes();
