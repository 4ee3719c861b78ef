// Runs the countdowns and filters the lists; every page is complete without it.
"use strict";

(() => {
  const words = {{ strings|tojson }};
  const zone = {{ view.time_zone|tojson }};
  const DAY = 86400000;

  /** Today at the seat of the Court, wherever the reader is. */
  function today() {
    const parts = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      timeZone: zone, year: "numeric", month: "numeric", day: "numeric",
    }).formatToParts(new Date());
    const part = (name) => Number(parts.find(({ type }) => type === name).value);
    return Date.UTC(part("year"), part("month") - 1, part("day"));
  }

  function counted(pair, number) {
    const isOne = new Intl.PluralRules(document.documentElement.lang).select(number) === "one";
    return pair[isOne ? 0 : 1].replace("{n}", number);
  }

  function count(now) {
    for (const shown of document.querySelectorAll("[data-due]")) {
      const left = Math.round((Date.parse(shown.dataset.due) - now) / DAY);
      shown.dataset.timing = left > 0 ? "upcoming" : left === 0 ? "due-today" : "passed";
      shown.textContent = left > 0 ? counted(words.left, left)
        : left === 0 ? words.today : counted(words.passed, -left);
    }
    for (const shown of document.querySelectorAll("[data-since]")) {
      shown.textContent = counted(words.age, Math.max(0, Math.round((now - Date.parse(shown.dataset.since)) / DAY)));
    }
    const lang = document.documentElement.lang;
    const day = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
      timeZone: "UTC", dateStyle: "long",
    }).format(now);
    for (const shown of document.querySelectorAll("[data-counted]")) {
      // The day of the page needs no second mention.
      shown.textContent = Date.parse(shown.dataset.day) === now
        ? "" : shown.dataset.counted.replace("{day}", day);
    }
  }

  function filter(form) {
    const items = [...document.getElementById(form.dataset.filter).children];
    const shown = form.querySelector("[data-shown]");
    const text = new Map(items.map((item) =>
      [item, `${item.textContent} ${item.dataset.words || ""}`.toLowerCase()]));
    function apply() {
      const given = new FormData(form);
      const wanted = (given.get("text") || "").toLowerCase().split(/\s+/).filter(Boolean);
      const fields = [...given].filter(([name, value]) => name !== "text" && value);
      let number = 0;
      for (const item of items) {
        const fits = wanted.every((word) => text.get(item).includes(word))
          && fields.every(([name, value]) => item.dataset[name] === value);
        item.hidden = !fits;
        number += fits;
      }
      shown.textContent = shown.dataset.shown
        .replace("{n}", number).replace("{all}", items.length);
    }
    function remember() {
      const query = new URLSearchParams(
        [...new FormData(form)].filter(([, value]) => value)).toString();
      // Without a query, the address of the page itself.
      history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
    }
    form.hidden = false;
    form.addEventListener("input", () => { apply(); remember(); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.reset();
    for (const [name, value] of new URLSearchParams(location.search)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement && field.type === "checkbox") {
        field.checked = field.value === value;
      } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
        field.value = value;
      }
    }
    apply();
  }

  let last;
  function tick() {
    const now = today();
    if (now !== last) count(last = now);
  }
  tick();
  setInterval(tick, 30000);
  document.addEventListener("visibilitychange", tick);
  document.querySelectorAll("form[data-filter]").forEach(filter);

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break; // a page from a disk, or over plain HTTP
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      const status = button.nextElementSibling;
      status.textContent = status.dataset.copied;
    });
  }

  // The site that shows this frame sets the height; see the code to embed.
  if (document.body.dataset.embed && parent !== window) {
    new ResizeObserver(() => parent.postMessage({
      orderwatch: document.body.dataset.embed,
      height: Math.ceil(document.body.getBoundingClientRect().height),
    }, "*")).observe(document.body);
  }

  // On paper nothing can be unfolded.
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("main details:not([open])")) {
      folded.open = true;
      addEventListener("afterprint", () => { folded.open = false; }, { once: true });
    }
  });
})();
