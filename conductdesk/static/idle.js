// Says in time that the session will end, and leaves the page when it has ended.
const WARN_BEFORE = 5 * 60 * 1000;
const LOOK_EVERY = 10 * 1000;

export function watchIdle(notice) {
  const limit = Number(notice.dataset.seconds) * 1000;
  let ends = 0;

  function begin() {
    ends = Date.now() + limit;
    notice.hidden = true;
  }

  function look() {
    const left = ends - Date.now();
    if (left <= 0) location.replace(notice.dataset.after);
    else notice.hidden = left > WARN_BEFORE;
  }

  async function stay() {
    const answer = await fetch(notice.dataset.stay, { cache: "no-store" });
    if (answer.ok) begin();
    else location.replace(notice.dataset.after);
  }

  notice.querySelector("button").addEventListener("click", stay);
  document.addEventListener("htmx:afterRequest", begin);
  begin();
  setInterval(look, LOOK_EVERY);
}
