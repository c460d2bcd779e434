"use strict";
// The style sheet folds nothing before it knows that this runs; without it the page is one long table.
document.documentElement.classList.add("js");
addEventListener("DOMContentLoaded", () => {
  const FEW = 5; // so many Workspaces are open at first
  const SOME = 30; // so many rows are shown without folding their groups
  const at = (id) => document.getElementById(id);
  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? "" });
  const count = (number) => number.toLocaleString("en-US");
  const amount = (number) => number.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const numbered = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
  const naturally = new Intl.Collator("en", { numeric: true }).compare;

  const open = (target) => {
    for (let folded = target.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  };
  const rest = at("rest");
  if (rest) {
    const button = at("all-changes");
    const fold = (folded) => {
      rest.classList.toggle("folded", folded);
      button.setAttribute("aria-expanded", String(!folded));
      button.textContent = folded ? `Show ${numbered(rest.rows.length, "more change")}` : "Show fewer changes";
    };
    button.addEventListener("click", () => fold(!rest.classList.contains("folded")));
    button.hidden = false;
    fold(true);
  }

  const table = at("overview");
  const follow = () => {
    const target = location.hash.length > 1 && at(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    open(target);
    target.scrollIntoView();
  };
  if (!table) {
    addEventListener("hashchange", follow);
    follow();
    return;
  }

  // --- the rows, as the page was written

  const heads = [...table.tHead.rows[0].cells];
  const team = table.dataset.team;
  const columns = Object.fromEntries(heads.map((head, index) => [head.dataset.key, index]));
  const rows = [...table.querySelectorAll("tr.row")].map((element) => {
    const row = { element, detail: element.nextElementSibling, link: element.querySelector("a"), ...JSON.parse(element.dataset.row) };
    row.search = row.search.toLowerCase();
    row.labels = new Set(row.labels);
    row.link.setAttribute("role", "button");
    const toggle = (event) => {
      event.preventDefault();
      expand(row, !row.open);
    };
    row.link.addEventListener("click", toggle);
    row.link.addEventListener("keydown", (event) => event.key === " " && toggle(event));
    return row;
  });
  const expand = (row, wanted) => {
    row.open = wanted;
    row.element.classList.toggle("open", wanted);
    row.link.setAttribute("aria-expanded", String(wanted));
    row.detail.querySelector("details").open = wanted;
  };
  for (const row of rows) expand(row, rows.length <= FEW);

  // --- what is asked for: controls, and the same in the address

  const form = at("filters");
  const controls = ["search", "strategy", "label", "troubled", "group", "sort"].map(at);
  const first = at("group").querySelector("[data-first]");
  const standard = { group: rows.length > FEW && first ? first.value : "", sort: "name" };
  const get = (control) => (control.type === "checkbox" ? (control.checked ? "yes" : "") : control.value);
  const set = (control, value) => {
    if (control.type === "checkbox") control.checked = value === "yes";
    else control.value = value;
    if (control.tagName === "SELECT" && control.selectedIndex < 0) {
      // A column that the list has not: the heads of the table sort by any, both ways.
      if (control.id === "sort" && value.replace("-", "") in columns) control.add(new Option(heads[columns[value.replace("-", "")]].textContent, value, false, true));
      else control.value = standard[control.id] ?? "";
    }
  };
  const read = () => {
    const asked = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
    for (const control of controls) set(control, asked.get(control.id) ?? standard[control.id] ?? "");
  };
  const write = () => {
    const asked = new URLSearchParams();
    for (const control of controls) if (get(control) !== (standard[control.id] ?? "")) asked.set(control.id, get(control));
    history.replaceState(null, "", asked.size ? `#?${asked}` : location.pathname + location.search);
  };

  // --- sums over rows, as the tiles and the heads of groups say them

  const sum = (some, key, side) => some.reduce((total, row) => total + (row[key] ? row[key][side] : 0), 0);
  const range = (some, key) => {
    const [least, most] = [sum(some, key, 0), sum(some, key, 1)];
    return least === most ? count(most) : `${count(least)} to ${count(most)}`;
  };
  const known = (some, key) => (some.every((row) => row[key]) ? "" : "≥ ") + range(some, key);
  const found = (some) => [0, 1, 2].map((severity) => sum(some, "found", severity));
  const hours = (some) => some.reduce((total, row) => total + (row.hour ?? 0), 0);
  const tiles = [...document.querySelectorAll(".tile")].map((element) => ({
    element, value: element.querySelector("dd"), whole: [...element.querySelector("dd").childNodes], tone: element.className,
  }));
  const said = {
    workspaces: (some) => [count(some.length)],
    nodes: (some) => [range(some, "nodes"), unknown(some, "nodes")],
    gpus: (some) => [range(some, "gpus"), unknown(some, "gpus")],
    month: (some) => {
      const lacking = some.filter((row) => row.unpriced).length;
      return [amount(hours(some) * 730), lacking ? `and ${count(lacking)} without a price` : `${amount(hours(some))} an hour`, lacking ? "warn" : ""];
    },
    found: (some) => {
      const [errors, warnings, notes] = found(some);
      return [count(errors + warnings), notes ? numbered(notes, "note") : "", errors ? "bad" : warnings ? "warn" : "good"];
    },
  };
  const unknown = (some, key) => {
    const number = some.filter((row) => !row[key]).length;
    return number ? `and those of ${count(number)} unknown` : "";
  };
  const showTiles = (shown) => {
    for (const { element, value, whole, tone } of tiles) {
      element.className = tone;
      if (shown.length === rows.length) {
        value.replaceChildren(...whole);
        continue;
      }
      const [text, note, colour] = said[element.dataset.tile](shown);
      element.className = `tile ${colour ?? ""}`;
      value.replaceChildren(text, ...(note ? [make("small", "", note)] : []));
    }
  };

  // --- groups

  const hidden = () => Number([...table.classList].some((name) => name.startsWith("by-") && name.slice(3) in columns));
  const unfolded = new Map(); // by a group's name, where somebody has folded or unfolded it
  const groupRow = (name, some, body) => {
    const [errors, warnings] = found(some);
    const head = make("th");
    head.scope = "rowgroup";
    head.colSpan = columns.nodes - hidden();
    const button = make("button", "fold");
    button.type = "button";
    button.append(make("span", "name", name), " ", make("span", "many", numbered(some.length, "Workspace")));
    button.addEventListener("click", () => {
      unfolded.set(name, body.classList.contains("folded"));
      fold(body, !unfolded.get(name));
    });
    head.append(button);
    const verdict = make("td", "verdict");
    if (errors) verdict.append(make("span", "badge bad", numbered(errors, "error")), " ");
    if (warnings) verdict.append(make("span", "badge warn", numbered(warnings, "warning")));
    if (!errors && !warnings) verdict.append(make("span", "mark good", "no warnings"));
    const row = make("tr", "group");
    row.append(head, make("td", "number nodes", known(some, "nodes")), make("td", "number gpus", known(some, "gpus")));
    if ("hour" in columns) row.append(make("td", "number hour", amount(hours(some))));
    row.append(verdict);
    return row;
  };
  const fold = (body, folded) => {
    body.classList.toggle("folded", folded);
    body.querySelector(".fold").setAttribute("aria-expanded", String(!folded));
    const bodies = [...table.tBodies];
    at("unfold").textContent = bodies.some((one) => one.classList.contains("folded")) ? "Unfold all" : "Fold all";
  };

  // --- sorting: text as people count, and numbers

  const weight = {
    nodes: (some) => sum(some, "nodes", 1),
    gpus: (some) => sum(some, "gpus", 1),
    hour: hours,
    rank: (some) => Math.max(...some.map((row) => row.rank)),
  };
  const order = (sort) => {
    const key = sort.replace("-", "");
    const way = sort.startsWith("-") ? -1 : 1;
    const text = (row) => row.element.cells[columns[key] ?? 0].textContent;
    return {
      rows: (a, b) => way * (weight[key] ? weight[key]([a]) - weight[key]([b]) : naturally(text(a), text(b))),
      groups: ([a, x], [b, y]) => (weight[key] ? way * (weight[key](x) - weight[key](y)) : 0) || naturally(a, b),
    };
  };
  for (const head of heads) {
    const button = make("button", "", head.textContent);
    button.type = "button";
    button.addEventListener("click", () => {
      const [up, down] = [head.dataset.key, `-${head.dataset.key}`];
      const now = at("sort").value;
      set(at("sort"), now === up ? down : now === down ? up : head.dataset.key in weight ? down : up);
      form.dispatchEvent(new Event("input"));
    });
    head.replaceChildren(button);
  }

  // --- all of it

  const draw = () => {
    const asked = Object.fromEntries(controls.map((control) => [control.id, get(control)]));
    const words = asked.search.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = rows.filter(
      (row) =>
        (!asked.strategy || row.by.strategy === asked.strategy) &&
        (!asked.label || row.labels.has(asked.label)) &&
        (!asked.troubled || row.found[0] + row.found[1] > 0) &&
        words.every((word) => row.search.includes(word)),
    );
    const by = order(asked.sort);
    const groups = new Map();
    for (const row of [...shown].sort(by.rows)) {
      const name = asked.group ? row.by[asked.group] || "none" : "";
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(row);
    }
    // What the groups are called need not stand in a column as well.
    table.className = `overview by-${asked.group === team ? "team" : asked.group}${asked.group ? " grouped" : ""}`;
    const bodies = [...groups].sort(by.groups).map(([name, some]) => {
      const body = make("tbody");
      if (asked.group) body.append(groupRow(name, some, body));
      for (const row of some) body.append(row.element, row.detail);
      return body;
    });
    for (const row of rows) row.detail.cells[0].colSpan = heads.length - hidden();
    // What is filtered out stays in the page, so that links lead to it.
    const away = make("tbody");
    away.hidden = true;
    const kept = new Set(shown);
    for (const row of rows) if (!kept.has(row)) away.append(row.element, row.detail);
    for (const body of [...table.tBodies]) body.remove();
    table.append(...bodies, away);
    for (const body of bodies) if (asked.group) fold(body, !(unfolded.get(body.querySelector(".name").textContent) ?? shown.length <= SOME));
    for (const head of heads) {
      const sorted = asked.sort.replace("-", "") === head.dataset.key;
      head.setAttribute("aria-sort", !sorted ? "none" : asked.sort.startsWith("-") ? "descending" : "ascending");
    }
    showTiles(shown);
    at("shown").value = `${count(shown.length)} of ${count(rows.length)} shown`;
    at("clear").hidden = shown.length === rows.length && !words.length;
    at("unfold").hidden = !asked.group;
    at("none").hidden = shown.length > 0;
    table.hidden = shown.length === 0;
  };
  const asked = () => {
    write();
    draw();
  };
  form.addEventListener("input", asked);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const control of controls.slice(0, 4)) set(control, "");
    asked();
    at("search").focus();
  });
  at("search").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    at("search").value = "";
    asked();
  });
  at("unfold").addEventListener("click", () => {
    const wanted = at("unfold").textContent === "Unfold all";
    for (const body of table.querySelectorAll("tbody:not([hidden])")) {
      unfolded.set(body.querySelector(".name").textContent, wanted);
      fold(body, !wanted);
    }
  });

  // A link to a Workspace or a line leads to something folded, or filtered out: show it.
  const reveal = () => {
    if (location.hash.startsWith("#?") || !location.hash) {
      read();
      draw();
      return;
    }
    const target = at(decodeURIComponent(location.hash.slice(1)));
    const row = target && rows.find((one) => one.detail.contains(target));
    if (row) {
      if (row.element.parentElement.hidden) {
        for (const control of controls.slice(0, 4)) set(control, "");
        draw();
      }
      const body = row.element.parentElement;
      if (at("group").value) {
        unfolded.set(body.querySelector(".name").textContent, true);
        fold(body, false);
      }
      expand(row, true);
    }
    follow();
  };
  form.hidden = rows.length < 2;
  read();
  draw();
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
});
