// Starts the GOV.UK components, and keeps focus and title right after a part of the page is exchanged.
import { initAll } from "./govuk-frontend-6.3.0.min.js";
import { watchIdle } from "./idle.js";

initAll();

const notice = document.getElementById("idle");
if (notice) watchIdle(notice);

const PROBLEM = "Error: ";

// A change must never leave the focus on the body: errors first, then whatever asks for it.
function settle(part) {
  if (!(part instanceof Element)) return;
  initAll({ scope: part.matches("[data-module]") ? part.parentElement : part });
  const problem = document.querySelector(".govuk-error-summary");
  const target = problem || part.querySelector("[data-focus]") || (part.matches("[data-focus]") ? part : null);
  if (target && !problem) target.focus();
  const wrong = document.querySelector(".govuk-error-summary") !== null;
  const marked = document.title.startsWith(PROBLEM);
  if (wrong && !marked) document.title = PROBLEM + document.title;
  if (!wrong && marked) document.title = document.title.slice(PROBLEM.length);
}

document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt));
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.target.removeAttribute("aria-busy"));
