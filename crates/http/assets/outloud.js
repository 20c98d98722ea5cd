// What the pages do better with a script. Without it everything works as well, with a page load more.
const body = document.body;

// A deed with a post: the button changes where it stands, and the page stays.
document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.matches(".deed[aria-pressed]")) return;
  event.preventDefault();
  if (button.dataset.busy) return;
  button.dataset.busy = "1";
  const form = new URLSearchParams(new FormData(event.target));
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: form, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = button.getAttribute("aria-pressed") !== "true";
    const [path, deed] = button.getAttribute("formaction").match(/^(.*\/)(\w+)$/).slice(1);
    button.setAttribute("aria-pressed", String(now));
    button.setAttribute("formaction", path + (deed.startsWith("un") ? deed.slice(2) : `un${deed}`));
    count(button, now ? 1 : -1);
  } catch {
    // The page says what went wrong.
    button.dataset.busy = "";
    const plain = document.createElement("form");
    plain.method = "post";
    plain.action = button.formAction;
    for (const [name, value] of form) plain.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    body.append(plain);
    plain.submit();
  } finally {
    delete button.dataset.busy;
  }
});

function count(button, by) {
  let shown = button.querySelector(".n");
  const number = Number(shown?.textContent || 0) + by;
  if (!shown) {
    shown = Object.assign(document.createElement("span"), { className: "n" });
    button.append(" ", shown);
  }
  shown.textContent = number > 0 ? String(number) : "";
}

// A menu closes when something else is chosen, or with Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
