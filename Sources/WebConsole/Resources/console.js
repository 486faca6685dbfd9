"use strict";
// The live console. Without it the page works as it came from the server.
(() => {
  const root = document.getElementById("console");
  const token = document.querySelector("meta[name=token]")?.content ?? "";
  applyTheme(localStorage.getItem("theme"));
  if (!root || !window.EventSource) return;

  const samples = 60;
  let state = null;             // what the server told last
  const rows = new Map();       // id -> {process, element, cpu, memory}
  let selected = null;
  let filter = "";

  // ---- small tools

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  function applyTheme(theme) {
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  }

  function bytes(count) {
    const units = ["B", "K", "M", "G", "T"];
    let unit = 0;
    while (count >= 1024 && unit < 4) { count /= 1024; unit += 1; }
    return (unit && count < 10 ? count.toFixed(1) : Math.round(count)) + units[unit];
  }

  function uptime(seconds) {
    seconds = Math.max(0, Math.floor(seconds));
    const days = Math.floor(seconds / 86400);
    const two = n => String(n).padStart(2, "0");
    const time = `${Math.floor(seconds / 3600) % 24}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return days ? `${days} day${days > 1 ? "s" : ""}, ${time}` : time;
  }

  let toastTimer;
  function toast(text, isBad) {
    const box = document.getElementById("toast") ?? document.body.appendChild(make("div", { id: "toast", role: "status" }));
    box.textContent = text;
    box.className = isBad ? "bad" : "";
    box.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { box.hidden = true; }, isBad ? 8000 : 3000);
  }

  async function act(action, processname = "", value = "") {
    try {
      const answer = await fetch("console/action", {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ token, action, processname, value }),
      });
      const { ok, message } = await answer.json();
      toast(message, !ok);
    } catch (error) {
      toast(`not sent: ${error.message}`, true);
    }
  }

  // What stops or empties something is asked first; resolves to true when it is meant.
  function ask(question, label) {
    return new Promise(resolve => {
      const dialog = make("dialog", {}, make("p", {}, question), make("form", { method: "dialog", class: "choice" },
        make("button", { value: "no", autofocus: true }, "Cancel"), make("button", { value: "yes", class: "bad" }, label)));
      dialog.addEventListener("close", () => { resolve(dialog.returnValue === "yes"); dialog.remove(); });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  const questions = {
    stop: name => [`Stop ${name}? It stays down until it is started again.`, "Stop"],
    restart: name => [`Restart ${name}? It is stopped first.`, "Restart"],
    clearlog: name => [`Empty the log files of ${name} on the disk? What is in them is gone.`, "Empty"],
    fewer: name => [`One process fewer of ${name}? + brings it back.`, "One fewer"],
    startall: () => ["Start all processes?", "Start All"],
    restartall: () => ["Restart all processes? They are stopped first.", "Restart All"],
    stopall: () => ["Stop all processes? They stay down until they are started again.", "Stop All"],
  };

  async function actAsked(action, id = "", value = "", name = id) {
    const question = questions[action === "scale" && value === "-1" ? "fewer" : action];
    if (!question || await ask(...question(name))) act(action, id, value);
  }

  // ---- the page

  const clock = { offset: 0 };
  const counts = make("small");
  document.querySelector("h1").append(counts);
  const search = make("input", { type: "search", placeholder: "Filter  /", "aria-label": "Filter processes",
    oninput: () => { filter = search.value.toLowerCase(); applyFilter(); } });
  const theme = make("button", { title: "Light, dark or as the system has it", onclick: () => {
    const next = { "": "dark", dark: "light", light: "" }[document.documentElement.dataset.theme ?? ""];
    next ? localStorage.setItem("theme", next) : localStorage.removeItem("theme");
    applyTheme(next);
    theme.textContent = `Theme: ${next || "auto"}`;
  } }, `Theme: ${document.documentElement.dataset.theme ?? "auto"}`);
  const nav = document.getElementById("all");
  nav.replaceChildren(search,
    make("button", { onclick: () => actAsked("startall") }, "Start All"),
    make("button", { onclick: () => actAsked("restartall") }, "Restart All"),
    make("button", { onclick: () => actAsked("stopall") }, "Stop All"),
    theme, make("button", { title: "Keys", onclick: showHelp }, "?"));
  const offline = make("div", { id: "offline", role: "alert", hidden: true }, "No connection to the daemon; trying again …");
  document.querySelector("header").after(offline);
  const groups = make("div", { id: "groups" });
  const history = make("ol", { "aria-live": "off" });
  const events = make("details", { id: "events", open: true }, make("summary", {}, "Events"), history);
  const message = root.querySelector(".status_msg");
  root.replaceChildren(...(message ? [message] : []), groups, events);

  function draw() {
    clock.offset = state.now - Date.now() / 1000;
    const known = new Map(rows);
    rows.clear();
    const sections = state.groups.map(group => {
      const alone = group.processes.length === 1 && group.processes[0].display === group.name;
      const section = make("section", { class: alone ? "group alone" : "group", "data-group": group.name });
      if (!alone) {
        const tools = make("span", { class: "tools" }, ...scaleButtons(group));
        for (const [action, label] of [["start", "Start"], ["restart", "Restart"], ["stop", "Stop"]])
          tools.append(make("button", { onclick: () => act(action, `${group.name}:*`) }, label));
        section.append(make("h2", {}, group.name, make("span", { class: "kind" }, group.kind), tools));
      }
      for (const process of group.processes) {
        const row = known.get(process.id) ?? { cpu: [], memory: [] };
        row.process = process;
        // A program of one process is scaled from its own row.
        row.group = alone ? group : null;
        row.element = make("div", { class: "row", "data-id": process.id, onclick: () => select(process.id) });
        fill(row);
        rows.set(process.id, row);
        section.append(row.element);
      }
      return section;
    });
    groups.replaceChildren(...(sections.length ? sections : [make("p", { id: "empty" }, "No programs to manage")]));
    history.replaceChildren(...state.events.map(eventLine).reverse());
    if (selected) select(selected);
    applyFilter();
    count();
  }

  function scaleButtons(group) {
    if (!group.scales) return [];
    const scale = (label, title, by) => make("button",
      { title, onclick: event => { event.stopPropagation(); actAsked("scale", `${group.name}:*`, by, group.name); } }, label);
    return [scale("−", `One process fewer of ${group.name}`, "-1"), scale("+", `One process more of ${group.name}`, "1")];
  }

  function fill(row) {
    const process = row.process;
    const id = process.id;
    const isUp = ["RUNNING", "STARTING", "BACKOFF"].includes(process.state);
    const button = (label, action, title) => make("button", { title, onclick: event => { event.stopPropagation(); actAsked(action, id, "", process.display); } }, label);
    const signals = make("select", { "aria-label": `Signal ${process.display}`, disabled: !process.signallable,
      onclick: event => event.stopPropagation(),
      onchange: event => { if (event.target.value) act("signal", id, event.target.value); event.target.value = ""; } },
      make("option", { value: "" }, "Signal"),
      ...["HUP", "INT", "USR1", "USR2", "TERM", "QUIT", "KILL", "STOP", "CONT"].map(name => make("option", { value: name }, name)));
    row.what = make("span", { class: "what" });
    row.cpuMeter = make("span", { class: "meter", title: "Processor use" });
    row.memoryMeter = make("span", { class: "meter", title: "Resident memory" });
    row.element.replaceChildren(
      make("span", { class: "state", "data-state": process.state }, process.state.toLowerCase()),
      // In a group the header has the first part of the name.
      make("span", { class: "name", title: process.display },
        row.group || !process.display.startsWith(`${process.group}:`) ? process.display : process.display.slice(process.group.length + 1), ...(row.group ? [" ", make("span", { class: "kind" }, row.group.kind)] : [])),
      row.what, row.cpuMeter, row.memoryMeter,
      make("span", { class: "actions" },
        ...(isUp ? [button("Restart", "restart"), button("Stop", "stop")] : [make("button",
          { disabled: process.state === "STOPPING", onclick: event => { event.stopPropagation(); act("start", id); } }, "Start")]),
        make("button", { onclick: event => { event.stopPropagation(); openLog(id, "stdout"); } }, "Log"),
        make("button", { title: "Why it is as it is", onclick: event => { event.stopPropagation(); explain(id); } }, "Why"),
        signals, button("Empty", "clearlog", "Empty its log files"),
        make("span", { class: "scale" }, ...(row.group ? scaleButtons(row.group) : []))));
    describe(row);
    meters(row);
  }

  function describe(row) {
    const process = row.process;
    const now = Date.now() / 1000 + clock.offset;
    const facts = [process.state === "RUNNING"
      ? `pid ${process.pid}, uptime ${uptime(now - process.started)}` : process.description];
    if (process.note) facts.push(process.note);
    if (process.restarts) facts.push(`${process.restarts} restart${process.restarts > 1 ? "s" : ""}`
      + (process.lately ? ` (${process.lately} in 10 minutes)` : ""));
    if (process.exit && (process.restarts || process.state !== "RUNNING"))
      facts.push(`last: ${process.exit}, ${uptime(now - process.exited)} ago`);
    const text = facts.filter(fact => fact).join(" · ");
    if (row.what.firstChild?.textContent === text) return;
    row.what.replaceChildren(make("span", {}, text), make("span", { class: "command" }, process.command ?? ""));
  }

  function meters(row) {
    line(row.cpuMeter, row.cpu, value => `${value}%`, 100);
    line(row.memoryMeter, row.memory, bytes, 0);
  }

  function line(place, values, text, least) {
    if (!values.length) return place.replaceChildren();
    const top = Math.max(least, ...values) || 1;
    const points = values.map((value, index) =>
      `${index ? "L" : "M"}${((samples - values.length + index) / (samples - 1) * 100).toFixed(1)} ${(18 - value / top * 16).toFixed(1)}`);
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("viewBox", "0 0 100 20");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(ns, "path");
    path.setAttribute("d", points.join(""));
    svg.append(path);
    place.replaceChildren(svg, make("span", {}, text(values[values.length - 1])));
  }

  function eventLine(event) {
    const time = new Date(event.time * 1000).toLocaleTimeString([], { hour12: false });
    return make("li", { "data-type": event.type }, make("time", {}, time), make("span", {}, event.text));
  }

  function count() {
    const states = {};
    for (const { process } of rows.values()) states[process.state] = (states[process.state] ?? 0) + 1;
    counts.textContent = `${state.host} · ` + (state.stopping ? "stopping · " : "")
      + (Object.entries(states).map(([name, n]) => `${n} ${name.toLowerCase()}`).join(", ") || "no processes");
    const bad = states.FATAL ?? 0;
    document.title = (bad ? `(${bad}!) ` : "") + "Supervisor Status";
  }

  function applyFilter() {
    for (const section of groups.querySelectorAll(".group")) {
      let any = false;
      for (const element of section.querySelectorAll(".row")) {
        const { process } = rows.get(element.dataset.id);
        element.hidden = !`${process.display} ${process.state} ${process.group}`.toLowerCase().includes(filter);
        any ||= !element.hidden;
      }
      section.hidden = !any && filter !== "";
    }
  }

  function select(id) {
    rows.get(selected)?.element.classList.remove("selected");
    selected = rows.has(id) ? id : null;
    rows.get(selected)?.element.classList.add("selected");
  }

  function step(by) {
    const visible = [...groups.querySelectorAll(".row:not([hidden])")].filter(row => !row.parentElement.hidden);
    if (!visible.length) return;
    const index = visible.findIndex(row => row.dataset.id === selected);
    const next = visible[Math.min(visible.length - 1, Math.max(0, index + by))];
    select(next.dataset.id);
    next.scrollIntoView({ block: "nearest" });
  }

  // ---- logs

  const log = { id: null, channel: "stdout", text: "", controller: null, isPaused: false, search: "" };
  const most = 512 * 1024;

  function openLog(id, channel) {
    closeLog();
    log.id = id;
    log.channel = channel;
    log.text = "";
    const pre = make("pre", { tabindex: "0", "aria-label": "Log" });
    const find = make("input", { type: "search", placeholder: "Search", "aria-label": "Search the log",
      oninput: () => { log.search = find.value; showLog(); } });
    const pause = make("button", { onclick: () => {
      log.isPaused = !log.isPaused;
      pause.textContent = log.isPaused ? "Follow" : "Pause";
      showLog();
    } }, "Pause");
    const channels = ["stdout", "stderr"].map(name => make("button",
      { disabled: name === channel, onclick: () => openLog(id, name) }, name));
    document.body.append(make("section", { id: "log", "aria-label": `Log of ${id}` },
      make("div", { class: "bar" }, make("strong", {}, rows.get(id)?.process.display ?? id), ...channels, find, pause,
        make("button", { title: "Empty this view; the file stays", onclick: () => { log.text = ""; showLog(); } }, "Clear"),
        make("button", { onclick: closeLog }, "Close")), pre));
    log.pre = pre;
    follow();
  }

  async function follow() {
    const controller = log.controller = new AbortController();
    try {
      const answer = await fetch(`logtail/${encodeURIComponent(log.id)}/${log.channel}`, { signal: controller.signal });
      if (!answer.ok) {
        log.text = answer.status === 404 ? "no log file" : `error ${answer.status}`;
        return showLog();
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        log.text = (log.text + value).slice(-most);
        if (!log.isPaused) showLog();
      }
    } catch (error) {
      if (!controller.signal.aborted) toast(`log: ${error.message}`, true);
    }
  }

  function showLog() {
    const pre = log.pre;
    const atEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 30;
    const needle = log.search.toLowerCase();
    if (!needle) {
      pre.textContent = log.text;
    } else {
      const parts = [];
      for (const text of log.text.split("\n")) {
        const at = text.toLowerCase().indexOf(needle);
        if (at < 0) { parts.push(make("span", { class: "dim" }, text + "\n")); continue; }
        parts.push(text.slice(0, at), make("mark", {}, text.slice(at, at + needle.length)), text.slice(at + needle.length) + "\n");
      }
      pre.replaceChildren(...parts);
      pre.querySelector("mark:last-of-type")?.scrollIntoView({ block: "nearest" });
      return;
    }
    if (atEnd) pre.scrollTop = pre.scrollHeight;
  }

  function closeLog() {
    log.controller?.abort();
    log.isPaused = false;
    log.search = "";
    document.getElementById("log")?.remove();
  }

  // ---- keys

  const keys = { j: "next process", k: "previous process", s: "start or stop it", r: "restart it", l: "its log", w: "why it is as it is",
    "+ −": "one process more or fewer of its program", "/": "filter", e: "events", Esc: "close", "?": "these keys" };

  // The words of circusctl explain.
  async function explain(id) {
    try {
      const { text } = await (await fetch(`console/explain?processname=${encodeURIComponent(id)}`)).json();
      show(make("pre", {}, text));
    } catch (error) {
      toast(`no answer: ${error.message}`, true);
    }
  }

  function showHelp() {
    const list = make("dl");
    for (const [key, text] of Object.entries(keys)) list.append(make("dt", {}, key), make("dd", {}, text));
    show(list);
  }

  function show(content) {
    const dialog = make("dialog", {}, content, make("form", { method: "dialog" }, make("button", { autofocus: true }, "Close")));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("keydown", event => {
    if (event.key === "Escape") {
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
      else closeLog();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const process = rows.get(selected)?.process;
    const isUp = process && ["RUNNING", "STARTING", "BACKOFF"].includes(process.state);
    switch (event.key) {
      case "j": case "ArrowDown": step(1); break;
      case "k": case "ArrowUp": step(-1); break;
      case "/": search.focus(); break;
      case "e": events.open = !events.open; break;
      case "?": showHelp(); break;
      case "s": if (process) actAsked(isUp ? "stop" : "start", process.id, "", process.display); break;
      case "r": if (process) actAsked("restart", process.id, "", process.display); break;
      case "l": case "Enter": if (process && event.target === document.body) openLog(process.id, "stdout"); break;
      case "w": if (process) explain(process.id); break;
      case "+": if (process) actAsked("scale", process.id, "1", process.display); break;
      case "-": if (process) actAsked("scale", process.id, "-1", process.display); break;
      default: return;
    }
    if (event.key !== "Enter") event.preventDefault();
  });

  // ---- the feed

  async function refresh() {
    state = await (await fetch("console/state")).json();
    draw();
  }

  const feed = new EventSource("console/stream");
  feed.addEventListener("open", () => { offline.hidden = true; });
  feed.addEventListener("error", () => { offline.hidden = false; });
  feed.addEventListener("state", event => { state = JSON.parse(event.data); draw(); });
  feed.addEventListener("rows", event => {
    const changed = JSON.parse(event.data).rows;
    // One more than there were: the table is another.
    if (changed.some(process => !rows.has(process.id))) return refresh();
    for (const process of changed) {
      const row = rows.get(process.id);
      if (row.process.pid !== process.pid) { row.cpu = []; row.memory = []; }
      row.process = process;
      fill(row);
    }
    applyFilter();
    count();
  });
  feed.addEventListener("event", event => {
    history.prepend(eventLine(JSON.parse(event.data)));
    while (history.children.length > 200) history.lastChild.remove();
  });
  feed.addEventListener("figures", event => {
    const { figures } = JSON.parse(event.data);
    for (const [id, row] of rows) {
      const found = figures[id];
      if (!found) { row.cpu = []; row.memory = []; meters(row); continue; }
      row.cpu = [...row.cpu, found[0]].slice(-samples);
      row.memory = [...row.memory, found[1]].slice(-samples);
      meters(row);
    }
  });
  setInterval(() => { for (const row of rows.values()) describe(row); }, 1000);
})();
